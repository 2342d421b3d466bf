import Core
import HTTP
import Market
import Social

/// Shapes of what checkouts and orders' actions take.
enum CheckoutShapes {
    private static let line = Schema.object([
        .required("variant", .id(of: Variant.self)), .required("quantity", OrderShapes.quantity),
        .required("price", OrderShapes.price, "What a piece costs where it was shown: another price is refused."),
    ])

    private static let address = Schema.object([
        .required("name", .text(1...200)), .required("street", .text(1...300, multiline: true)),
        .optional("postal_code", .text(0...20)), .required("city", .text(1...100)),
        .optional("region", .text(0...100)), .required("country", .text(2...2), "ISO 3166-1, two letters."),
        .optional("phone", .text(0...40)),
    ])

    static let checkout = Schema.object([
        .optional(
            "lines", .array(line, count: 1...CartLimits.linesMax), "Without them, everything that is in the cart."),
        .required("address", address, "Whom to send it to; the sellers see it."),
        .required(
            "payment", .text(6...30),
            """
            wallet, or the id of a top-up that may still be under way, of as much or more and for this order alone: the order is \
            paid once it has come. Or that of an \
            authorisation of as much or more: what the order comes to is captured, and the rest let go of.
            """),
        .optional(
            "capture", .choice(Purchase.Capture.allCases.map(\.rawValue)),
            "later sets money of the wallet aside, until the order is paid or half an hour is over. now when absent."),
        .optional(
            "source_post", .id(of: Post.self),
            """
            The post that led to it. What of it that post tags is attributed to its author, if the buyer may see it.
            """),
    ])

    static let checkoutExample: JSON = [
        "lines": [["variant": "var_0D3PZ7XGQW4K2", "quantity": 2, "price": OrderShapes.priceExample]],
        "address": ["name": "Ann", "street": "Kiln Lane 1", "city": "Delft", "country": "NL"], "payment": "wallet",
    ]

    static let shop = Schema.Field.optional(
        "shop", .id(of: Shop.self),
        "Whose part. Needed where an order has several, but to pay it or to cancel all of it.")

    static let lines = Schema.Field.optional(
        "lines", .array(OrderShapes.piece, count: 1...CartLimits.linesMax), "Without them, all that is left.")

    static let isRestocked = Schema.Field.optional(
        "restock", .boolean, "The pieces have come back and can be sold again.")
}
