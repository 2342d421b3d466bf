import Core
import Market

/// What the shops of the demonstration are called, sell and say.
enum DemoShopWords {
    struct Product: Sendable {
        let title: String
        let type: String
        /// In cents.
        let price: Int64
        let onHand: Int64
        var sizes: [String] = []
        /// It is sold from two days on.
        var isDrop = false

        func draft(number: Int, _ origin: String, at now: Timestamp) -> ProductDraft {
            var draft = ProductDraft(title: title)
            let picture = DemoPicture(thing: number, palette: number * 3 + 1)
            draft.pictures = [ProductPicture(url: origin + picture.path, alt: picture.alt)]
            draft.body = "<p>Made by hand, one at a time.</p>"
            (draft.type, draft.status, draft.tags) = (type, .active, ["handmade"])
            if isDrop { draft.opensAt = now.advanced(bySeconds: 2 * 86_400) }
            guard !sizes.isEmpty else {
                draft.variants = [variant(price)]
                return draft
            }
            draft.options = ["Size"]
            draft.variants = sizes.enumerated().map { index, size in
                var variant = variant(price + Int64(index) * 900)
                variant.options = [size]
                return variant
            }
            return draft
        }

        private func variant(_ price: Int64) -> VariantDraft {
            var variant = VariantDraft(price: price)
            variant.onHand = onHand
            return variant
        }
    }

    static let shops = [(handle: "the-kiln", name: "The Kiln"), (handle: "loom-and-lamp", name: "Loom & Lamp")]

    static let products: [[Product]] = [
        [
            Product(title: "Speckled bowl", type: "Bowls", price: 1_990, onHand: 24, sizes: ["Small", "Large"]),
            Product(title: "Tall vase", type: "Vases", price: 4_200, onHand: 9),
            Product(title: "Espresso cup", type: "Cups", price: 1_250, onHand: 60, sizes: ["Single", "Double"]),
            Product(title: "Clay lamp", type: "Lamps", price: 8_900, onHand: 0),
            Product(title: "Moon vase, 40 pieces", type: "Vases", price: 7_500, onHand: 40, isDrop: true),
        ],
        [
            Product(title: "Linen cushion", type: "Cushions", price: 3_400, onHand: 30, sizes: ["40 cm", "60 cm"]),
            Product(title: "Dinner plate", type: "Plates", price: 2_100, onHand: 48),
            Product(title: "Market bag", type: "Bags", price: 2_900, onHand: 15, sizes: ["Short", "Long"]),
            Product(title: "Beeswax candle", type: "Candles", price: 950, onHand: 120),
        ],
    ]
    static let captions = [
        "Fresh from the kiln this morning", "The one that took three firings", "For slow mornings",
        "Sold out twice, and back soon", "Forty pieces. Saturday at ten",
    ]
    static let talk = [
        "Is the large one still there?", "Two left. Shall I keep one for you?", "Yes please, I come on Saturday!",
        "It is yours.",
    ]
    static let plans = [
        "Who comes to the market on Saturday?", "I do, with the van.", "I bring coffee.", "Stall 14 again?",
        "Stall 14. See you at seven.",
    ]
}
