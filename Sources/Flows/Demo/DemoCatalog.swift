import Core
import Market

/// What the shops of the demonstration sell.
enum DemoCatalog {
    struct Shop: Sendable {
        let handle: String
        let name: String
        let products: [Product]
    }

    struct Product: Sendable {
        let title: String
        let thing: String
        /// The first is the one of its picture; more than one is an option.
        let colours: [String]
        let type: String
        /// In cents, of the smallest.
        let price: Int64
        /// In cents, before it was reduced.
        var wasPrice: Int64?
        var sizes: [String] = []
        var onHand: Int64 = 20
        /// Sizes and colours of which nothing is left.
        var soldOut: Set<String> = []
        /// It is sold from two days on.
        var isDrop = false
        /// What its seller posts about it, if anything.
        var caption: String?
        let body: String

        /// Whether the demonstration's people can buy any of it now.
        var isOnSale: Bool { onHand > 0 && !isDrop }

        /// Of its pictures, so that neighbours differ.
        var scene: DemoScene { DemoScene.allCases[title.utf8.count % DemoScene.allCases.count] }

        func picture(_ colour: String, _ scene: DemoScene) -> DemoPicture { DemoPicture(thing, colour, scene) }
    }

    static let shops = [
        Shop(handle: "the-kiln", name: "The Kiln", products: kiln),
        Shop(handle: "loom-and-lamp", name: "Loom & Lamp", products: loom),
        Shop(handle: "green-corner", name: "Green Corner", products: corner),
        Shop(handle: "north-street", name: "North Street", products: street),
    ]

    private static let kiln = [
        Product(
            title: "Everyday bowl", thing: "bowl", colours: ["terracotta", "blue", "olive"], type: "Ceramics",
            price: 1_990, sizes: ["Small", "Large"], onHand: 12, soldOut: ["olive"],
            caption: "Fresh from the kiln this morning. Three glazes, two sizes, still warm.",
            body: "Stoneware, glazed inside and out. Good for soup, and for keys."),
        Product(
            title: "Teapot for two", thing: "teapot", colours: ["teal"], type: "Ceramics", price: 6_400, onHand: 6,
            caption: "The one that took three firings.", body: "Holds 0.8 litres and does not drip. We tried."),
        Product(
            title: "Espresso cup", thing: "cup", colours: ["coral", "golden", "charcoal"], type: "Ceramics",
            price: 1_250, onHand: 60, body: "Thick walls, small handle. Fits under every machine."),
        Product(
            title: "Tall vase", thing: "vase", colours: ["cream"], type: "Ceramics", price: 4_200, wasPrice: 5_600,
            onHand: 9, caption: "For one branch. Two are too many.", body: "Hand-thrown, 32 cm, watertight."),
        Product(
            title: "Dinner plate", thing: "plate", colours: ["blue", "cream"], type: "Ceramics", price: 2_100,
            onHand: 48, body: "27 cm. Stacks, and likes the dishwasher."),
        Product(
            title: "Moon vase, forty pieces", thing: "vase", colours: ["violet"], type: "Ceramics", price: 7_500,
            onHand: 40, isDrop: true, caption: "Forty pieces, numbered. They open the day after tomorrow.",
            body: "A glaze that we will not make again."),
    ]
    private static let loom = [
        Product(
            title: "Linen cushion", thing: "cushion", colours: ["olive", "terracotta", "blue"], type: "Textiles",
            price: 3_400, sizes: ["40 cm", "60 cm"], onHand: 15,
            caption: "The sofa asked for it. New linen, three colours.", body: "Belgian linen, filled with wool."),
        Product(
            title: "Wool blanket", thing: "blanket", colours: ["golden", "charcoal"], type: "Textiles", price: 8_900,
            wasPrice: 11_900, onHand: 11, caption: "Last week's nights were cold. You are welcome.",
            body: "Lambswool from the island, 130 by 180 cm."),
        Product(
            title: "Reading lamp", thing: "lamp", colours: ["golden"], type: "Lighting", price: 12_500, onHand: 0,
            caption: "Sold out twice, and back soon. Stand in line and one is kept for you.",
            body: "Brass and paper. A line of people waits for it."),
        Product(
            title: "Woollen scarf", thing: "scarf", colours: ["coral", "teal"], type: "Clothing", price: 3_900,
            onHand: 25, body: "Woven on the small loom, 180 cm long."),
        Product(
            title: "Felt hat", thing: "hat", colours: ["violet", "walnut"], type: "Clothing", price: 5_200,
            sizes: ["S", "M", "L"], onHand: 7, soldOut: ["L"], body: "Blocked by hand. Survives rain."),
    ]
    private static let corner = [
        Product(
            title: "Young fig", thing: "plant", colours: ["terracotta", "cream"], type: "Plants", price: 2_600,
            onHand: 14, caption: "They doubled in a summer, so we share.", body: "In its pot, about 40 cm."),
        Product(
            title: "Willow basket", thing: "basket", colours: ["walnut"], type: "Home", price: 4_800, onHand: 8,
            caption: "Nine hours of willow.", body: "Carries bread, wool, or a cat."),
        Product(
            title: "Oak stool", thing: "stool", colours: ["walnut", "olive"], type: "Home", price: 9_800,
            onHand: 5, caption: "Sits three legs down on every floor.", body: "Oiled oak with a wool seat, 45 cm."),
        Product(
            title: "Round mirror", thing: "mirror", colours: ["golden"], type: "Home", price: 7_400, onHand: 4,
            body: "Brass rim, 50 cm across."),
        Product(
            title: "Beeswax candle", thing: "candle", colours: ["golden", "teal"], type: "Lighting", price: 950,
            onHand: 120, body: "Burns for thirty hours and smells of summer."),
    ]
    private static let street = [
        Product(
            title: "Canvas sneaker", thing: "sneaker", colours: ["teal", "charcoal"], type: "Clothing", price: 6_900,
            sizes: ["38", "39", "40", "41", "42", "43"], onHand: 9, soldOut: ["41"],
            caption: "Walked the coast in these. New soles, same canvas.", body: "Organic cotton, natural rubber."),
        Product(
            title: "Market bag", thing: "bag", colours: ["charcoal", "coral", "olive"], type: "Bags", price: 2_900,
            onHand: 30, caption: "It fits a pumpkin. We measured.", body: "Waxed canvas, 18 litres."),
        Product(
            title: "Merino sweater", thing: "sweater", colours: ["blue", "terracotta"], type: "Clothing", price: 8_400,
            wasPrice: 10_400, sizes: ["S", "M", "L", "XL"], onHand: 8, soldOut: ["S"],
            caption: "Sweater weather, at last.", body: "Fine merino, knitted in one piece."),
        Product(
            title: "Drop pendant", thing: "pendant", colours: ["violet", "teal"], type: "Jewellery", price: 3_200,
            onHand: 16, body: "Glass on a brass chain, 60 cm."),
        Product(
            title: "Field notebook", thing: "notebook", colours: ["coral", "olive", "blue"], type: "Paper",
            price: 1_400, onHand: 80, body: "144 dotted pages that take ink."),
        Product(
            title: "Olive oil, first press", thing: "bottle", colours: ["olive"], type: "Pantry", price: 1_850,
            onHand: 36, body: "Half a litre, from one hill."),
    ]
}

extension DemoCatalog.Product {
    /// For a post: one picture, or the colours as a square of four.
    var gallery: [DemoPicture] {
        let first = picture(colours[0], scene).elsewhere()
        return colours.count < 3
            ? [first] : [first] + colours.dropFirst().map { picture($0, scene) } + [first.elsewhere()]
    }

    func draft(of vendor: String, _ origin: String, at now: Timestamp) -> ProductDraft {
        var draft = ProductDraft(title: title)
        (draft.body, draft.vendor, draft.type) = ("<p>\(body)</p>", vendor, type)
        (draft.status, draft.tags) = (.active, ["handmade"] + (wasPrice == nil ? [] : ["sale"]))
        draft.pictures = (colours.map { picture($0, scene) } + [picture(colours[0], scene).elsewhere()]).map {
            $0.shown(origin)
        }
        if isDrop { (draft.opensAt, draft.perPersonMax) = (now.advanced(bySeconds: 2 * 86_400), 1) }
        draft.options = (sizes.isEmpty ? [] : ["Size"]) + (colours.count > 1 ? ["Colour"] : [])
        draft.variants = (sizes.isEmpty ? [""] : sizes).enumerated().flatMap { index, size in
            colours.map { colour in variant(size, colour, price: price + Int64(index) * price / 10, origin) }
        }
        return draft
    }

    private func variant(_ size: String, _ colour: String, price: Int64, _ origin: String) -> VariantDraft {
        var variant = VariantDraft(price: price)
        variant.options = (sizes.isEmpty ? [] : [size]) + (colours.count > 1 ? [colour.capitalisedFirst] : [])
        variant.compareAt = wasPrice.map { $0 + price - self.price }
        variant.onHand = soldOut.isDisjoint(with: [size, colour]) ? onHand : 0
        variant.picture = origin + picture(colour, scene).path
        return variant
    }
}

extension DemoPicture {
    /// As a product shows it.
    func shown(_ origin: String) -> ProductPicture { ProductPicture(url: origin + path, alt: alt) }

    /// As a post shows it.
    func media(_ origin: String) -> JSON {
        ["kind": "image", "url": .string(origin + path), "width": 800, "height": 800, "alt": .string(alt)]
    }
}
