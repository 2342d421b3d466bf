package import Core
import Storage

/// A variant as its product's page shows it.
package struct VariantView: Sendable, Equatable {
    package let id: ID<Variant>
    package let product: ID<Product>
    package let position: Int64
    /// A value for each of the product's options; what is beyond them is empty.
    package let options: [String]
    package let sku: String
    package let barcode: String
    package let price: Int64
    package let compareAt: Int64?
    package let grams: Int64
    /// With its fraction, as a file had it; empty where `grams` says it all.
    package let gramsExact: String
    package let weightUnit: String
    package let picture: String
    package let policy: StockPolicy
    package let onHand: Int64
    package let reserved: Int64

    /// Columns that ``init(_:)`` reads, in order.
    static let columns = """
        variant.id, variant.product_id, variant.position, variant.option1, variant.option2, variant.option3,
        variant.sku, variant.barcode, variant.price, variant.compare_at, variant.grams, variant.weight_unit,
        variant.picture, variant.stock_policy, stock.on_hand, stock.reserved, variant.grams_exact
        """

    init(_ row: Row) {
        id = row.id(0)
        product = row.id(1)
        position = row.integer(2)
        options = [row.text(3), row.text(4), row.text(5)]
        sku = row.text(6)
        barcode = row.text(7)
        price = row.integer(8)
        compareAt = row.isNull(9) ? nil : row.integer(9)
        grams = row.integer(10)
        weightUnit = row.text(11)
        picture = row.text(12)
        policy = StockPolicy(rawValue: row.integer(13)) ?? .counted
        onHand = row.integer(14)
        reserved = row.integer(15)
        gramsExact = row.text(16)
    }

    /// Pieces that can be bought; nil is any number.
    var available: Int64? { policy == .counted ? max(0, onHand - reserved) : nil }

    func write(to json: inout JSONWriter, options names: Int, _ currency: Currency) {
        json.object { json in
            json.member("id", id)
            json.name("options")
            json.array(options.prefix(names)) { json, value in json.value(value) }
            json.member("sku", sku)
            json.member("barcode", barcode)
            json.member("price", Money(price, currency))
            json.name("compare_at")
            if let compareAt { json.value(Money(compareAt, currency)) } else { json.null() }
            json.member("grams", grams)
            json.member("weight_unit", weightUnit)
            json.member("picture", picture.isEmpty ? nil : picture)
            json.member("stock_policy", policy.name)
            json.integer("available", available)
        }
    }
}

extension ProductPage {
    /// - Parameters:
    ///   - row: the columns of a card, then body, options, pictures, tags, when it was changed, and the shop's state.
    ///   - postCount: of the posts that tag it.
    init(_ row: Row, variants: [VariantView], postCount: Int64) throws {
        let next = ProductCard.columnCount
        id = row.id(0)
        shop = row.id(1)
        isForEverybody =
            row.bool(16)
            || row.integer(6) == ProductStatus.unlisted.rawValue
                && row.integer(next + 5) == ShopProfile.State.open.rawValue
        isSoldOut = variants.contains { $0.available == 0 }
        let currency = try row.currency(8)
        let names = try JSONParser.parse(row.text(next + 1)).array?.count ?? 0
        var json = JSONWriter(capacity: 1_024 + variants.count * 320)
        try json.object { json in
            try ProductCard.members(row, to: &json)
            json.member("body", row.text(next))
            json.name("options")
            json.raw(row.bytes(next + 1))
            json.name("pictures")
            json.raw(row.bytes(next + 2))
            json.name("tags")
            json.raw(row.bytes(next + 3))
            json.name("variants")
            json.array(variants.sorted { ($0.position, $0.id) < ($1.position, $1.id) }) { json, variant in
                variant.write(to: &json, options: names, currency)
            }
            json.name("posts")
            json.object { json in
                json.member("count", postCount)
                json.member("url", "/v1/products/\(row.id(0, Product.self))/posts")
            }
            json.member("updated_at", row.timestamp(next + 4))
        }
        self.json = json.finish()
    }
}
