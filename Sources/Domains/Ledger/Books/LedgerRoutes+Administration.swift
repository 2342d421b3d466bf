import Core
import HTTP
import HTTPTypes
import LedgerCore

extension LedgerService {
    var administrationRoutes: [Route] {
        [trialBalanceRoute, accountsRoute, freezeRoute, adjustmentRoute, contradictedRoute]
    }

    private static let owner = Schema.text(5...40)

    private var trialBalanceRoute: Route {
        Route(
            .get, "/v1/admin/ledger/trial-balance", "All debits and credits, by currency", tag: "ledger",
            access: .role(.administrator),
            answers: [
                .init(.ok, "The sums", LedgerShapes.trialBalance, example: LedgerShapes.trialBalanceExample)
            ],
            statementsMax: 2, deadlineSeconds: 60
        ) { _ in
            try await trialBalance().reply
        }
    }

    private var accountsRoute: Route {
        Route(
            .get, "/v1/admin/ledger/accounts", "All accounts of an owner", tag: "ledger",
            access: .role(.administrator),
            query: [
                .init(
                    "owner", Self.owner, "A person or shop by id, or platform, which it is unless told.",
                    example: "acc_0D3PZ7XGQW4K1")
            ],
            answers: [
                .init(
                    .ok, "The accounts",
                    .object([.required("items", .array(LedgerShapes.account, count: 0...10_000))]),
                    example: ["items": [LedgerShapes.accountExample]])
            ],
            statementsMax: 1
        ) { request in
            .accounts(try await accounts(of: try LedgerOwner(request.queryValue("owner") ?? "platform", "owner")))
        }
    }

    private var freezeRoute: Route {
        Route(
            .patch, "/v1/admin/ledger/accounts/{ledger_account}",
            "Freeze an account, so that nothing goes in or out, or unfreeze it", tag: "ledger",
            access: .role(.administrator),
            body: .init(.object([.required("is_frozen", .boolean)]), example: ["is_frozen": true]),
            answers: [
                .init(.ok, "As it is now", LedgerShapes.account, example: LedgerShapes.accountExample),
                .problem(.notFound, "ledger_account_not_found"),
            ],
            // Each payment that has waited is one more.
            statementsMax: 100
        ) { request in
            .account(try await freeze(request.id("ledger_account"), request.body["is_frozen"]?.bool ?? true))
        }
    }

    private var adjustmentRoute: Route {
        Route(
            .post, "/v1/admin/ledger/adjustments", "Put a wallet right by hand", tag: "ledger",
            access: .role(.administrator),
            body: .init(
                .object([
                    .required("owner", Self.owner, "A person or shop by id."),
                    .required("direction", .choice(["credit", "debit"]), "credit: the wallet gets it."),
                    .required("amount", LedgerShapes.positiveMoney),
                    .required("reason", .text(3...500), "Its owner sees it."),
                ]),
                example: [
                    "owner": "acc_0D3PZ7XGQW4K1", "direction": "credit", "amount": LedgerShapes.euros(500),
                    "reason": "Charged twice on March 1st",
                ]),
            answers: [
                .init(
                    .created, "Done", .object([.required("id", .id(of: Transfer.self))]),
                    example: ["id": "trf_0D3PZ7XGQW4K1"])
            ] + .ofSpending,
            statementsMax: 14, needsIdempotencyKey: true
        ) { request in
            let owner = try LedgerOwner(request.text("owner"), "/owner")
            guard owner != .platform else { throw LedgerOwner.invalid("/owner") }
            let amount = try request.money("amount")
            let signed = Money(request.text("direction") == "debit" ? -amount.amount : amount.amount, amount.currency)
            let administrator = try request.caller().account
            return try await once(request) { tx in
                let id = try adjust(
                    owner, by: signed, reason: request.text("reason"), administrator: administrator, in: tx)
                return .object(status: .created) { $0.member("id", id) }
            }
        }
    }

    private var contradictedRoute: Route {
        Route(
            .get, "/v1/admin/ledger/contradicted-payments",
            "Payments whose provider has said things that cannot both be true, newest first", tag: "ledger",
            access: .role(.administrator), query: Route.Parameter.page,
            answers: [
                .init(
                    .ok, "A page of payments", .page(of: LedgerShapes.payment),
                    example: LedgerShapes.page(of: LedgerShapes.paymentExample)),
                .problem(.badRequest, "invalid_cursor"),
            ],
            statementsMax: 1
        ) { request in
            .payments(try await contradictedPayments(cursor: request.cursor, limit: request.limit))
        }
    }
}

extension LedgerOwner {
    fileprivate init(_ text: String, _ pointer: String) throws {
        if text == "platform" {
            self = .platform
        } else if let person = ID<Account>(text) {
            self = .person(person)
        } else if let shop = ID<Shop>(text) {
            self = .shop(shop)
        } else {
            throw Self.invalid(pointer)
        }
    }

    fileprivate static func invalid(_ pointer: String) -> Problem {
        .invalidField(pointer, "invalid_id", "must be an id that starts with acc_ or shp_")
    }
}
