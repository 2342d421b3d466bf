import Core
import HTTP
import HTTPTypes

extension LedgerService {
    var paymentRoutes: [Route] {
        [topUpRoute, payoutRoute, refundRoute, paymentsRoute, paymentRoute]
    }

    static func accepted(_ about: String) -> Route.Answer {
        .init(.accepted, about, LedgerShapes.payment, example: LedgerShapes.paymentExample)
    }

    private var topUpRoute: Route {
        Route(
            .post, "/v1/wallet/top-ups", "Top one's wallet up through the payment provider", tag: "payments",
            access: .session,
            body: .init(
                .object([
                    .required("amount", LedgerShapes.positiveMoney),
                    .required("token", LedgerShapes.token, "What the provider knows your card by."),
                ]), example: ["amount": LedgerShapes.euros(5_000), "token": "tok_ok"]),
            answers: [Self.accepted("Asked for"), .problem(.serviceUnavailable, "payments_unavailable")],
            statementsMax: 7, needsIdempotencyKey: true
        ) { request in
            let (owner, amount) = (try request.callingPerson(), try request.money("amount"))
            return try await once(request) { tx in
                .payment(try topUp(owner, by: amount, token: request.text("token"), in: tx), status: .accepted)
            }
        }
    }

    private var payoutRoute: Route {
        Route(
            .post, "/v1/wallet/payouts", "Have money paid out from one's wallet", tag: "payments", access: .session,
            body: .init(
                .object([
                    .required("amount", LedgerShapes.positiveMoney),
                    .required("token", LedgerShapes.token, "What the provider knows your bank account by."),
                ]), example: ["amount": LedgerShapes.euros(5_000), "token": "tok_ok"]),
            answers: [Self.accepted("On its way"), .problem(.serviceUnavailable, "payments_unavailable")]
                + .ofSpending,
            statementsMax: 16, needsIdempotencyKey: true
        ) { request in
            let (owner, amount) = (try request.callingPerson(), try request.money("amount"))
            return try await once(request) { tx in
                .payment(try payOut(amount, of: owner, token: request.text("token"), in: tx), status: .accepted)
            }
        }
    }

    private var refundRoute: Route {
        Route(
            .post, "/v1/wallet/top-ups/{payment}/refunds",
            "Give a top-up, or what was captured, back to where it came from",
            tag: "payments", access: .session,
            body: .init(
                .object([
                    .optional(
                        "amount", .integer(1...LedgerService.amountMax),
                        "In the minor unit of the top-up's currency; all that is left unless told.")
                ]), example: ["amount": 2_000]),
            answers: [
                Self.accepted("On its way"), .problem(.notFound, "payment_not_found"),
                .problem(.conflict, "payment_not_completed"), .problem(.conflict, "refund_exceeds_payment"),
            ] + .ofSpending,
            statementsMax: 16, needsIdempotencyKey: true
        ) { request in
            let (owner, id) = (try request.callingPerson(), try request.id("payment", of: Payment.self))
            return try await once(request) { tx in
                .payment(
                    try refund(id, of: owner, amount: request.body["amount"]?.integer, in: tx), status: .accepted)
            }
        }
    }

    private var paymentsRoute: Route {
        Route(
            .get, "/v1/wallet/payments", "One's top-ups, authorisations, payouts and refunds, newest first",
            tag: "payments",
            access: .session, query: Route.Parameter.page,
            answers: [
                .init(
                    .ok, "A page of payments", .page(of: LedgerShapes.payment),
                    example: LedgerShapes.page(of: LedgerShapes.paymentExample)),
                .problem(.badRequest, "invalid_cursor"),
            ],
            statementsMax: 1
        ) { request in
            .payments(
                try await payments(of: request.callingPerson(), cursor: request.cursor, limit: request.limit))
        }
    }

    private var paymentRoute: Route {
        Route(
            .get, "/v1/wallet/payments/{payment}", "How a payment stands", tag: "payments", access: .session,
            answers: [
                .init(.ok, "The payment", LedgerShapes.payment, example: LedgerShapes.paymentExample),
                .problem(.notFound, "payment_not_found"),
            ],
            statementsMax: 1
        ) { request in
            .payment(try await payment(try request.id("payment"), of: request.callingPerson()))
        }
    }

    var callbackRoute: Route {
        Route(
            .post, "/v1/payments/callbacks/{provider}",
            "For payment providers: what has become of a payment, with their signature", tag: "payments",
            access: .anyone,
            body: .init(
                .anything,
                example: [
                    "id": "evt_1", "payment": "pay_0D3PZ7XGQW4K1", "status": "completed", "amount": 5_000,
                    "currency": "EUR",
                ], isSigned: true),
            answers: [
                .init(.noContent, "Heard, now or before"), .problem(.notFound, "provider_not_found"),
                .problem(.notFound, "payment_not_found"), .problem(.forbidden, "invalid_signature"),
                .problem(.badRequest, "signature_expired"), .problem(.badRequest, "unreadable_callback"),
            ],
            // What was captured pays an order of a hundred shops.
            statementsMax: 160
        ) { request in
            try await receiveCallback(
                from: request.parameter("provider"), headers: request.headers, body: request.bytes)
            return .noContent
        }
    }
}
