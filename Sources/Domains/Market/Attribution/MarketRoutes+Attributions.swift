import Core
import HTTP
import HTTPTypes

extension MarketService {
    var attributionRoutes: [Route] {
        [
            Route(
                .get, "/v1/me/attributions", "What others have bought that came from one's posts, newest first",
                tag: "orders", access: .session, query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of lines of orders, and what all of them come to",
                        OrderShapes.attributions, example: OrderShapes.attributionsExample),
                    .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 2
            ) { request in
                let (lines, totals) = try await attributions(
                    of: try request.caller().account, cursor: request.cursor, limit: request.limit)
                return .object { json in
                    json.name("items")
                    json.array(lines.items) { json, line in line.write(to: &json) }
                    json.member("next", lines.next)
                    json.name("totals")
                    json.array(totals) { json, total in total.write(to: &json) }
                }
            }
        ]
    }
}

extension AttributedLine {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("post", post)
            json.member("product", product)
            json.member("title", title)
            json.member("quantity", quantity)
            json.member("given_back", givenBack)
            // They fit: the order's total did.
            json.member("amount", Money(price.amount * quantity, price.currency))
            json.member("state", state.rawValue)
            json.member("bought_at", boughtAt)
        }
    }
}

extension AttributionTotal {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("sold", sold)
            json.member("quantity", quantity)
            json.member("given_back", givenBack)
            json.member("given_back_quantity", givenBackQuantity)
        }
    }
}

extension OrderShapes {
    private static let pieces = MarketShapes.count

    fileprivate static let attributions = Schema.object([
        .required(
            "items",
            .array(
                .object([
                    .required("post", .id(of: Post.self)), .required("product", .id(of: Product.self)),
                    .required("title", .text(0...CatalogLimits.nameLengthMax), "As it was when it was bought."),
                    .required("quantity", quantity),
                    .required("given_back", pieces, "Of the quantity."),
                    .required("amount", MarketShapes.money, "Of the whole quantity."),
                    .required(
                        "state", .choice(AttributedLine.State.allCases.map(\.rawValue)),
                        "placed: not paid yet. cancelled, refunded: all of it was given back, before or after it was sent."
                    ),
                    .required("bought_at", .time),
                ]), count: 0...100)),
        .required("next", .nullable(.text(1...512)), "For the next page; null at the end."),
        .required(
            "totals",
            .array(
                .object([
                    .required("sold", MarketShapes.money), .required("quantity", pieces),
                    .required("given_back", MarketShapes.money, "Of what was sold."),
                    .required("given_back_quantity", pieces),
                ]), count: 0...200),
            "Of all pages, by currency. What is placed and not paid yet counts as sold until it is given back."),
    ])

    fileprivate static let attributionsExample: JSON = [
        "items": [
            [
                "post": "pst_0D3PZ7XGQW4K1", "product": "prd_0D3PZ7XGQW4K1", "title": "Blue bowl", "quantity": 2,
                "given_back": 0, "amount": ["amount": 3_998, "currency": "EUR"], "state": "sold",
                "bought_at": "2026-03-01T12:00:00.000Z",
            ]
        ],
        "next": nil,
        "totals": [
            [
                "sold": ["amount": 3_998, "currency": "EUR"], "quantity": 2,
                "given_back": ["amount": 0, "currency": "EUR"], "given_back_quantity": 0,
            ]
        ],
    ]
}
