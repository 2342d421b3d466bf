import Core
import HTTP
import HTTPTypes
import Storage

/// A shop's money, for those who run it.
extension LedgerService {
    var shopRoutes: [Route] {
        [shopWalletRoute, shopEntriesRoute, shopPayoutRoute, shopPayoutsRoute, shopPaymentRoute]
    }

    private static let refusals: [Route.Answer] = [
        .problem(.notFound, "shop_not_found"), .problem(.forbidden, "shop_role_required"),
    ]

    /// The owner of the books that the path names, for a caller who may see them.
    private func treasury(_ request: RouteRequest) async throws -> (owner: LedgerOwner, currency: Currency) {
        let (shop, account) = (try request.id("shop", of: Shop.self), try request.caller().account)
        let currency = try await database.read { db in
            try shops.currency(of: shop, for: account, to: .see, in: db)
        }
        return (.shop(shop), currency)
    }

    private var shopWalletRoute: Route {
        Route(
            .get, "/v1/shops/{shop}/wallet", "What a shop has, for its managers", tag: "shops", access: .session,
            answers: [.init(.ok, "The wallet", LedgerShapes.wallet, example: LedgerShapes.walletExample)]
                + Self.refusals,
            statementsMax: 3
        ) { request in
            .wallet(try await balances(of: try await treasury(request).owner))
        }
    }

    private var shopEntriesRoute: Route {
        Route(
            .get, "/v1/shops/{shop}/wallet/entries", "What went in and out of a shop's wallet, newest first",
            tag: "shops", access: .session, query: Route.Parameter.page,
            answers: [
                .init(
                    .ok, "A page of entries", .page(of: LedgerShapes.entry),
                    example: LedgerShapes.page(of: LedgerShapes.entryExample)),
                .problem(.badRequest, "invalid_cursor"),
            ] + Self.refusals,
            statementsMax: 4
        ) { request in
            let (owner, currency) = try await treasury(request)
            return .entries(
                try await entries(of: owner, currency: currency, cursor: request.cursor, limit: request.limit))
        }
    }

    private var shopPayoutRoute: Route {
        Route(
            .post, "/v1/shops/{shop}/payouts", "Have a shop's money paid out, for its owner", tag: "shops",
            access: .session,
            body: .init(
                .object([
                    .required("amount", LedgerShapes.positiveMoney),
                    .required("token", LedgerShapes.token, "What the provider knows the shop's bank account by."),
                ]), example: ["amount": LedgerShapes.euros(5_000), "token": "tok_ok"]),
            answers: [
                Self.accepted("On its way"), .problem(.serviceUnavailable, "payments_unavailable"),
                .problem(.unprocessableContent, "currencies_differ"),
            ] + .ofSpending + Self.refusals,
            statementsMax: 18, needsIdempotencyKey: true
        ) { request in
            let (shop, account) = (try request.id("shop", of: Shop.self), try request.caller().account)
            let amount = try request.money("amount")
            return try await once(request) { tx in
                let currency = try shops.currency(of: shop, for: account, to: .payOut, in: tx)
                guard amount.currency == currency else { throw LedgerError.otherCurrency(currency) }
                return .payment(
                    try payOut(amount, of: .shop(shop), token: request.text("token"), in: tx), status: .accepted)
            }
        }
    }

    private var shopPayoutsRoute: Route {
        Route(
            .get, "/v1/shops/{shop}/payouts", "What was paid out to a shop, newest first", tag: "shops",
            access: .session, query: Route.Parameter.page,
            answers: [
                .init(
                    .ok, "A page of payouts", .page(of: LedgerShapes.payment),
                    example: LedgerShapes.page(of: LedgerShapes.paymentExample)),
                .problem(.badRequest, "invalid_cursor"),
            ] + Self.refusals,
            statementsMax: 3
        ) { request in
            .payments(
                try await payments(of: try await treasury(request).owner, cursor: request.cursor, limit: request.limit))
        }
    }

    private var shopPaymentRoute: Route {
        Route(
            .get, "/v1/shops/{shop}/payouts/{payment}", "How a shop's payout stands", tag: "shops", access: .session,
            answers: [
                .init(.ok, "The payout", LedgerShapes.payment, example: LedgerShapes.paymentExample),
                .problem(.notFound, "payment_not_found"),
            ] + Self.refusals,
            statementsMax: 3
        ) { request in
            let owner = try await treasury(request).owner
            return .payment(try await payment(try request.id("payment"), of: owner))
        }
    }
}
