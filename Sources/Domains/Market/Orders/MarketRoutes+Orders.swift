package import Core
package import HTTP
import HTTPTypes

extension MarketService {
    /// Carts, and orders as they are read. What is done with them moves money too and is `Flows`'s.
    var orderRoutes: [Route] { cartRoutes + orderReadingRoutes }

    private var cartRoutes: [Route] {
        [
            Route(
                .get, "/v1/cart", "One's cart: prices and stock of now, and what has changed", tag: "cart",
                access: .session,
                answers: [.init(.ok, "The cart, by shop", OrderShapes.cart, example: OrderShapes.cartExample)],
                statementsMax: 3
            ) { request in
                let cart = try await cart(of: try request.caller().account)
                return .object { json in cart.write(to: &json) }
            },
            Route(
                .put, "/v1/cart/lines/{variant}", "Put a variant into the cart, or change how many", tag: "cart",
                access: .session,
                body: .init(
                    .object([
                        .required("quantity", OrderShapes.quantity),
                        .required("price", OrderShapes.price, "What a piece costs where it was shown."),
                    ]), example: ["quantity": 2, "price": OrderShapes.priceExample]),
                answers: [
                    .init(.noContent, "It is there"), .problem(.notFound, "variant_not_found"),
                    .problem(.conflict, "cart_full"), .problem(.unprocessableContent, "currencies_differ"),
                ],
                statementsMax: 3
            ) { request in
                try await putInCart(
                    try request.id("variant", of: Variant.self), quantity: request.body["quantity"]?.integer ?? 1,
                    price: try Money(request.body["price"] ?? .null, pointer: "/price"),
                    of: try request.caller().account)
                return .noContent
            },
            Route(
                .delete, "/v1/cart/lines/{variant}", "Take a variant out of the cart", tag: "cart", access: .session,
                answers: [.init(.noContent, "It is not there"), .problem(.notFound, "variant_not_found")],
                statementsMax: 1
            ) { request in
                try await takeOutOfCart(try request.id("variant", of: Variant.self), of: try request.caller().account)
                return .noContent
            },
        ]
    }

    private var orderReadingRoutes: [Route] {
        [
            Route(
                .get, "/v1/orders", "What one has bought, newest first", tag: "orders", access: .session,
                query: Route.Parameter.page,
                answers: [
                    .init(.ok, "A page of orders", .page(of: OrderShapes.listed), example: OrderShapes.pageExample),
                    .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 2
            ) { request in
                .orders(
                    try await orders(
                        of: try request.caller().account, cursor: request.cursor, limit: request.limit))
            },
            Route(
                .get, "/v1/shops/{shop}/orders", "A shop's parts of orders, newest first, for its staff", tag: "orders",
                access: .session,
                query: Route.Parameter.page + [
                    .init("state", OrderShapes.state, "Only parts in this state.", example: "paid")
                ],
                answers: [
                    .init(.ok, "A page of orders", .page(of: OrderShapes.listed), example: OrderShapes.pageExample),
                    .problem(.notFound, "shop_not_found"), .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 2
            ) { request in
                .orders(
                    try await orders(
                        of: try request.id("shop", of: Shop.self),
                        in: request.queryValue("state").flatMap { OrderState(name: $0) },
                        viewer: try request.caller().account, cursor: request.cursor, limit: request.limit))
            },
            Route(
                .get, "/v1/orders/{order}", "An order: all of it for its buyer, their part for its sellers",
                tag: "orders", access: .session,
                answers: [
                    .init(.ok, "The order", OrderShapes.whole, example: OrderShapes.wholeExample),
                    .problem(.notFound, "order_not_found"),
                ],
                statementsMax: 4
            ) { request in
                .json(try await encodedOrder(try request.id("order", of: Order.self), for: try request.orderCaller()))
            },
        ]
    }
}

extension Reply {
    fileprivate static func orders(_ page: Page<OrderView>) -> Reply {
        .page(page.items, next: page.next) { json, order in order.write(to: &json) }
    }
}

extension RouteRequest {
    /// Administrators see and mend every order.
    package func orderCaller() throws -> OrderCaller {
        let caller = try caller()
        return caller.role >= .administrator ? .administrator(caller.account) : .person(caller.account)
    }
}

extension Money {
    /// Reads what a body says, which its schema has checked.
    /// - Throws: a ``Problem`` for a currency that there is not.
    package init(_ json: JSON, pointer: String) throws {
        guard let currency = Currency(json["currency"]?.string ?? "") else {
            throw Problem.invalidField("\(pointer)/currency", "unknown_currency", "must be a currency of ISO 4217")
        }
        self.init(json["amount"]?.integer ?? 0, currency)
    }
}
