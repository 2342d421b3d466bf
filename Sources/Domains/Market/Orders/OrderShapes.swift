package import Core
package import HTTP

/// Shapes and examples of what carts, checkouts and orders take and answer.
package enum OrderShapes {
    /// A price that somebody was shown.
    package static let price = Schema.object([
        .required(
            "amount", .integer(0...CatalogLimits.priceMax), "In the currency's minor unit: 1299 EUR are 12.99 €."),
        .required("currency", .text(3...3), "ISO 4217."),
    ])
    package static let priceExample: JSON = ["amount": 1299, "currency": "EUR"]

    package static let quantity = Schema.integer(1...CatalogLimits.lineQuantityMax)

    private static let money = MarketShapes.money
    private static let picture = Schema.nullable(.text(1...CatalogLimits.urlLengthMax))
    private static let title = Schema.text(0...CatalogLimits.nameLengthMax)
    /// The values of a variant's options with slashes between.
    private static let variantTitle = Schema.text(0...CatalogLimits.nameLengthMax * 4)

    // MARK: Carts

    private static let cartLine = Schema.named(
        "CartLine",
        .object([
            .required("variant", .id(of: Variant.self)), .required("product", .id(of: Product.self)),
            .required("title", title), .required("variant_title", variantTitle), .required("picture", picture),
            .required("quantity", quantity),
            .required("price", money, "What a piece costs now."),
            .required("shown_price", money, "What it cost when the line was set: set it anew to agree to another."),
            .required("available", .nullable(.integer(0...(.max))), "Pieces that can be had; null is any number."),
            .required("total", .nullable(money), "At the price of now."),
            .required(
                "changes", .array(.choice(Cart.Line.changeNames), count: 0...2),
                "What keeps the line from being bought as it is; empty when nothing does."),
            .required("added_at", .time),
        ]))

    static let cart = Schema.named(
        "Cart",
        .object([
            .required(
                "shops",
                .array(
                    .object([
                        .required(
                            "shop",
                            .object([
                                .required("id", .id(of: Shop.self)), .required("handle", .text(1...60)),
                                .required("name", .text(1...CatalogLimits.nameLengthMax)),
                                .required("state", .choice(["open", "closed"])),
                            ])),
                        .required("lines", .array(cartLine, count: 1...CartLimits.linesMax)),
                        .required("total", money, "Of the lines that can be had."),
                    ]), count: 0...CartLimits.linesMax)),
            .required("totals", .array(money, count: 0...CartLimits.linesMax), "By currency."),
        ]))

    static let cartExample: JSON = [
        "shops": [
            [
                "shop": ["id": "shp_0D3PZ7XGQW4K1", "handle": "kiln", "name": "The Kiln", "state": "open"],
                "lines": [
                    [
                        "variant": "var_0D3PZ7XGQW4K2", "product": "prd_0D3PZ7XGQW4K1", "title": "Blue bowl",
                        "variant_title": "Small", "picture": nil, "quantity": 2, "price": priceExample,
                        "shown_price": priceExample, "available": 7, "total": ["amount": 2598, "currency": "EUR"],
                        "changes": [], "added_at": "2026-03-01T12:00:00.000Z",
                    ]
                ],
                "total": ["amount": 2598, "currency": "EUR"],
            ]
        ],
        "totals": [["amount": 2598, "currency": "EUR"]],
    ]

    // MARK: Orders

    private static let orderLine = Schema.named(
        "OrderLine",
        .object([
            .required("variant", .id(of: Variant.self)), .required("product", .id(of: Product.self)),
            .required("title", title), .required("variant_title", variantTitle), .required("sku", title),
            .required("picture", picture), .required("price", money), .required("quantity", quantity),
            .required("given_back", .integer(0...CatalogLimits.lineQuantityMax), "Pieces cancelled or refunded."),
            .required("total", money),
        ]))

    package static let state = Schema.choice(OrderState.allCases.map(\.name))

    private static let moneyFields: [Schema.Field] = [
        .required("state", state),
        .required("total", money, "What was ordered."),
        .required("paid", money, "What of it the buyer has paid."),
        .required("refunded", money, "What of that was given back."),
        .required(
            "due_at", .nullable(.time),
            "When a placed part is given up, or a shipped or delivered one counts as completed."),
    ]

    private static func part(_ fields: [Schema.Field]) -> Schema {
        .object(
            [
                .required(
                    "shop",
                    .object([
                        .required("id", .id(of: Shop.self)), .required("handle", .text(1...60)),
                        .required("name", .text(1...CatalogLimits.nameLengthMax)),
                    ])),
                .optional("released", money, "What the shop has got. Only for its staff."),
                .optional("fee", money, "What the platform has got. Only for the shop's staff."),
            ] + moneyFields + fields)
    }

    private static func order(_ part: Schema, _ fields: [Schema.Field]) -> Schema {
        .object(
            [
                .required("id", .id(of: Order.self)), .required("buyer", .id(of: Account.self)),
                .required("total", money, "Of the parts below."),
                .required("placed_at", .time),
                .required(
                    "parts", .array(part, count: 1...CartLimits.linesMax), "One for each seller. A seller sees theirs."),
            ] + fields)
    }

    private static let historyEntry = Schema.object([
        .required("at", .time), .required("shop", .id(of: Shop.self)),
        .required("event", .choice(OrderEvent.Kind.allCases.map(\.name))),
        .required("by", .choice(OrderParty.names)),
        .required("amount", money, "What was paid, given back or released."),
        .required("lines", .array(piece, count: 0...CartLimits.linesMax), "Pieces that were given back."),
    ])

    static let listed = Schema.named("OrderListed", order(.named("OrderPartListed", part([])), []))
    static let whole = Schema.named(
        "Order",
        order(
            .named(
                "OrderPart", part([.required("lines", .array(orderLine, count: 1...CartLimits.linesMax))])),
            [
                .required("address", .anything, "Empty once the buyer's account was erased."),
                .required("history", .array(historyEntry, count: 0...500)),
            ]))

    package static let piece = Schema.object([
        .required("variant", .id(of: Variant.self)), .required("quantity", quantity),
    ])

    /// What a checkout answers, and whatever is done with an order.
    package static let receipt = Schema.named(
        "OrderReceipt",
        .object([
            .required("id", .id(of: Order.self)),
            .required(
                "parts",
                .array(.object([.required("shop", .id(of: Shop.self))] + moneyFields), count: 1...CartLimits.linesMax)),
        ]))

    package static let receiptExample: JSON = [
        "id": "ord_0D3PZ7XGQW4K1", "parts": [["shop": "shp_0D3PZ7XGQW4K1", "state": "paid"] + moneyExample],
    ]

    private static let moneyExample: JSON = [
        "total": ["amount": 2598, "currency": "EUR"], "paid": ["amount": 2598, "currency": "EUR"],
        "refunded": ["amount": 0, "currency": "EUR"], "due_at": nil,
    ]

    private static let shopExample: JSON = ["id": "shp_0D3PZ7XGQW4K1", "handle": "kiln", "name": "The Kiln"]

    private static func orderExample(part: JSON, _ rest: JSON) -> JSON {
        [
            "id": "ord_0D3PZ7XGQW4K1", "buyer": "acc_0D3PZ7XGQW4K1", "total": ["amount": 2598, "currency": "EUR"],
            "placed_at": "2026-03-01T12:00:00.000Z", "parts": [part],
        ] + rest
    }

    static let pageExample: JSON = [
        "items": [orderExample(part: ["shop": shopExample, "state": "paid"] + moneyExample, [:])], "next": nil,
    ]

    static let wholeExample = orderExample(
        part: ["shop": shopExample, "state": "paid"] + moneyExample + [
            "lines": [
                [
                    "variant": "var_0D3PZ7XGQW4K2", "product": "prd_0D3PZ7XGQW4K1", "title": "Blue bowl",
                    "variant_title": "Small", "sku": "BOWL-S", "picture": nil, "price": priceExample, "quantity": 2,
                    "given_back": 0, "total": ["amount": 2598, "currency": "EUR"],
                ]
            ]
        ],
        [
            "address": ["name": "Ann", "street": "Kiln Lane 1", "city": "Delft", "country": "NL"],
            "history": [
                [
                    "at": "2026-03-01T12:00:00.000Z", "shop": "shp_0D3PZ7XGQW4K1", "event": "place", "by": "buyer",
                    "amount": ["amount": 2598, "currency": "EUR"], "lines": [],
                ]
            ],
        ])
}

extension JSON {
    /// One object with the members of both.
    fileprivate static func + (left: JSON, right: JSON) -> JSON {
        guard case .object(let first) = left, case .object(let second) = right else {
            preconditionFailure("only objects have members")
        }
        return .object(first + second)
    }
}
