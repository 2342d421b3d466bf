import Core
import HTTP
import HTTPTypes
import Storage

extension LedgerService {
    var authorisationRoutes: [Route] {
        [
            Route(
                .post, "/v1/wallet/authorisations",
                "Have money set aside by the payment provider, for a checkout within the hour", tag: "payments",
                access: .session,
                body: .init(
                    .object([
                        .required("amount", LedgerShapes.positiveMoney, "At least what the order will come to."),
                        .required("token", LedgerShapes.token, "What the provider knows your card by."),
                    ]), example: ["amount": LedgerShapes.euros(5_000), "token": "tok_ok"]),
                answers: [
                    .init(.accepted, "Asked for", LedgerShapes.payment, example: LedgerShapes.authorisationExample),
                    .problem(.serviceUnavailable, "payments_unavailable"),
                ],
                statementsMax: 8, needsIdempotencyKey: true
            ) { request in
                let (owner, amount) = (try request.callingPerson(), try request.money("amount"))
                return try await once(request) { tx in
                    .payment(
                        try authorise(amount, for: owner, token: request.text("token"), in: tx), status: .accepted)
                }
            },
            Route(
                .delete, "/v1/wallet/authorisations/{payment}", "Let go of what no order has claimed", tag: "payments",
                access: .session,
                answers: [
                    .init(
                        .accepted, "The provider will hear of it", LedgerShapes.payment,
                        example: LedgerShapes.authorisationExample),
                    .problem(.notFound, "payment_not_found"), .problem(.conflict, "authorisation_used"),
                ],
                statementsMax: 3
            ) { request in
                let (owner, id) = (try request.callingPerson(), try request.id("payment", of: Payment.self))
                return .payment(
                    try await database.write { tx in try letGo(id, of: owner, in: tx) }, status: .accepted)
            },
        ]
    }
}
