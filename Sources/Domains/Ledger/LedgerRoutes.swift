import Core

package import HTTP
import HTTPTypes
import Idempotency
import Storage

extension LedgerService {
    /// Every route of the slice.
    package var routes: [Route] {
        walletRoutes + paymentRoutes + authorisationRoutes + shopRoutes + [callbackRoute] + administrationRoutes
    }

    /// Does the work of a request that is named by an `Idempotency-Key`, or gives its answer again.
    func once(
        _ request: RouteRequest, _ work: @escaping @Sendable (WriteTransaction) throws -> Reply
    ) async throws -> Reply {
        try await database.write { tx in try keys.answer(request, in: tx) { try work(tx) } }
    }
}

extension RouteRequest {
    /// The member of the body that is an amount, which the schema has checked but for its currency.
    func money(_ name: String) throws -> Money {
        guard let currency = body[name]?["currency"]?.string.flatMap({ Currency($0) }) else {
            throw LedgerError.unknownCurrency(pointer: "/\(name)/currency")
        }
        return Money(body[name]?["amount"]?.integer ?? 0, currency)
    }

    func text(_ name: String) -> String { body[name]?.string ?? "" }

    func callingPerson() throws -> LedgerOwner { .person(try caller().account) }
}

extension [Route.Answer] {
    /// What every route answers that takes money out of a wallet.
    static let ofSpending: [Route.Answer] = [
        .problem(.conflict, "insufficient_funds"), .problem(.conflict, "wallet_frozen"),
    ]
}
