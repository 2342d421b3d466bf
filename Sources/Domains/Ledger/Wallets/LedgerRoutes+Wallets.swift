import Core
import HTTP
import HTTPTypes

extension LedgerService {
    var walletRoutes: [Route] {
        [
            Route(
                .get, "/v1/wallet", "What one has, by currency", tag: "wallet", access: .session,
                answers: [.init(.ok, "The wallet", LedgerShapes.wallet, example: LedgerShapes.walletExample)],
                statementsMax: 1
            ) { request in
                .wallet(try await balances(of: request.callingPerson()))
            },
            Route(
                .get, "/v1/wallet/entries", "What went in and out of one's wallet, newest first", tag: "wallet",
                access: .session,
                query: [.init("currency", .text(3...3), "ISO 4217; EUR unless told.", example: "EUR")]
                    + Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of entries", .page(of: LedgerShapes.entry),
                        example: LedgerShapes.page(of: LedgerShapes.entryExample)),
                    .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 2
            ) { request in
                guard let currency = Currency(request.queryValue("currency") ?? "EUR") else {
                    throw LedgerError.unknownCurrency(pointer: "currency")
                }
                return .entries(
                    try await entries(
                        of: request.callingPerson(), currency: currency, cursor: request.cursor, limit: request.limit))
            },
            Route(
                .post, "/v1/wallet/transfers", "Send money to somebody", tag: "wallet", access: .session,
                body: .init(
                    .object([
                        .required("payee", .id(of: Account.self), "Who gets it."),
                        .required("amount", LedgerShapes.positiveMoney),
                        .optional("note", LedgerShapes.note, "What both sides see in their entries."),
                    ]),
                    example: ["payee": "acc_0D3PZ7XGQW4K1", "amount": LedgerShapes.euros(500), "note": "Thanks!"]),
                answers: [
                    .init(.created, "Sent", LedgerShapes.transfer, example: LedgerShapes.transferExample),
                    .problem(.notFound, "payee_not_found"), .problem(.unprocessableContent, "same_wallet"),
                ] + .ofSpending,
                statementsMax: 16, needsIdempotencyKey: true
            ) { request in
                guard let payee = ID<Account>(request.text("payee")) else { throw LedgerError.payeeNotFound }
                let (payer, amount) = (try request.caller().account, try request.money("amount"))
                return try await once(request) { tx in
                    .transfer(try send(amount, from: payer, to: payee, note: request.text("note"), in: tx))
                }
            },
        ]
    }
}
