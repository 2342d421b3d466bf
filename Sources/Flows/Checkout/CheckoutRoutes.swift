import Core
package import HTTP
import HTTPTypes
import Idempotency
import Ledger
import Market
import Social
import Storage

extension Checkout {
    /// Every route that buys or does something with an order. Each is done once, whatever the client sends again.
    package var routes: [Route] {
        [checkoutRoute] + actionRoutes
    }

    /// A hundred lines of a hundred shops: rows are written many at a time, and some products count per person.
    private static let statementsMax = 160

    private var checkoutRoute: Route {
        Route(
            .post, "/v1/checkout", "Buy what is in the cart, or lines", tag: "orders", access: .session,
            body: .init(CheckoutShapes.checkout, example: CheckoutShapes.checkoutExample, bytesMax: 32 * 1_024),
            answers: [
                .init(.created, "The order, by seller", OrderShapes.receipt, example: OrderShapes.receiptExample),
                .problem(.conflict, "price_changed"), .problem(.conflict, "not_sold"),
                .problem(.conflict, "cart_empty"),
                .problem(.conflict, "insufficient_funds"), .problem(.conflict, "payment_failed"),
                .problem(.conflict, "payment_too_small"), .problem(.conflict, "payment_used"),
                .problem(.conflict, "unpaid_orders_held"), .problem(.conflict, "unpaid_pieces_held"),
                .problem(.notFound, "payment_not_found"), .problem(.conflict, "wallet_frozen"),
                .problem(.conflict, "authorisation_too_small"), .problem(.conflict, "authorisation_used"),
                .problem(.conflict, "authorisation_ended"),
                .problem(.unprocessableContent, "currencies_differ"),
                .problem(.unprocessableContent, "total_too_large"),
            ],
            statementsMax: Self.statementsMax, needsIdempotencyKey: true
        ) { request in
            let (buyer, purchase) = (try request.caller().account, try Purchase(request.body))
            return try await database.write { tx in
                try keys.answer(request, in: tx) {
                    let order = try buy(purchase, by: buyer, in: tx)
                    return .receipt(order.id, order.parts, status: .created)
                }
            }
        }
    }

    private var actionRoutes: [Route] {
        [
            action(
                "pay", "Pay an order that was placed to be paid later",
                problems: ["payment_timed_out", "hold_expired", "payment_under_way"]
            ) {
                _ in .pay
            },
            action("ship", "A shop has sent its part") { _ in .ship },
            action("deliver", "A part has arrived") { _ in .deliver },
            action("complete", "All is well: the seller gets the money now") { _ in .complete },
            action(
                "cancel", "Cancel what was not shipped, in whole or by line",
                fields: [CheckoutShapes.lines], problems: ["wallet_frozen"]
            ) { body in .cancel(body["lines"]?.pieces) },
            action(
                "refund", "Give back what was paid, in whole or by line",
                fields: [CheckoutShapes.lines, CheckoutShapes.isRestocked],
                problems: ["seller_funds_short", "wallet_frozen"]
            ) { body in .refund(body["lines"]?.pieces, isRestocked: body["restock"]?.bool ?? false) },
        ]
    }

    private func action(
        _ name: String, _ summary: String, fields: [Schema.Field] = [], problems: [String] = [],
        event: @escaping @Sendable (JSON) -> OrderEvent
    ) -> Route {
        Route(
            .post, "/v1/orders/{order}/\(name)", summary, tag: "orders", access: .session,
            body: .init(
                .object([CheckoutShapes.shop] + fields), example: ["shop": "shp_0D3PZ7XGQW4K1"], bytesMax: 32 * 1_024),
            answers: [
                .init(.ok, "The parts as they are now", OrderShapes.receipt, example: OrderShapes.receiptExample),
                .problem(.notFound, "order_not_found"), .problem(.forbidden, "not_yours_to_do"),
                .problem(.conflict, "wrong_order_state"),
            ] + problems.map { .problem(.conflict, $0) },
            // What comes back is offered to those who wait: three more for each variant.
            statementsMax: Self.statementsMax + 300, needsIdempotencyKey: true
        ) { request in
            let (order, caller) = (try request.id("order", of: Order.self), try request.orderCaller())
            let shop = request.body["shop"]?.string.flatMap { ID<Shop>($0) }
            return try await database.write { tx in
                try keys.answer(request, in: tx) {
                    let parts = try act(event(request.body), on: order, shop: shop, by: caller, in: tx)
                    return .receipt(order, parts)
                }
            }
        }
    }
}

extension Purchase {
    /// - Throws: a ``Problem`` for a currency that there is not.
    fileprivate init(_ body: JSON) throws {
        let lines = try body["lines"]?.array?.enumerated().map { index, line in
            guard let variant = line["variant"]?.string.flatMap({ ID<Variant>($0) }) else {
                throw Problem.invalidField("/lines/\(index)/variant", "invalid_id", "must be an id of a variant")
            }
            return Line(
                variant: variant, quantity: line["quantity"]?.integer ?? 0,
                price: try Money(line["price"] ?? .null, pointer: "/lines/\(index)/price"))
        }
        self.init(
            lines: lines, address: body["address"] ?? [:], payment: try Self.payment(body["payment"]?.string ?? ""),
            capture: body["capture"]?.string.flatMap { Capture(rawValue: $0) } ?? .now,
            sourcePost: body["source_post"]?.string.flatMap { ID($0) })
    }
}

extension Purchase {
    /// Nil is the wallet.
    private static func payment(_ text: String) throws -> ID<Payment>? {
        if text == "wallet" { return nil }
        guard let payment = ID<Payment>(text) else {
            throw Problem.invalidField("/payment", "not_a_payment", "must be wallet or the id of a payment")
        }
        return payment
    }
}

extension Reply {
    fileprivate static func receipt(
        _ order: ID<Order>, _ parts: [OrderPart], status: HTTPResponse.Status = .ok
    ) -> Reply {
        .object(status: status) { json in
            json.member("id", order)
            json.name("parts")
            json.array(parts) { json, part in part.writeReceipt(to: &json) }
        }
    }
}
