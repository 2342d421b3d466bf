package import Core
import Storage

/// A product as lists show it, encoded once: a whole JSON object with the price and stock of its last commit.
package struct ProductCard: Sendable {
    package let id: ID<Product>
    package let shop: ID<Shop>
    /// Whether everybody may see it.
    package let isListed: Bool
    package let json: [UInt8]
    /// The same for those who only mention it.
    package let tag: ProductTag

    /// Bytes that a cached card takes, with its bookkeeping.
    var cost: Int { json.count + tag.json.count + 200 }

    /// Columns that ``init(_:)`` reads, in order. `available` counts pieces, and is null where one variant at least can
    /// always be had.
    static let columns = """
        product.id, product.shop_id, product.handle, product.title, product.vendor, product.type,
        (product.status + 2 * product.is_unlisted),
        product.picture, product.currency, product.price_min, product.price_max, product.opens_at,
        product.per_person_max, product.score, product.sale_count, product.view_count,
        CASE WHEN shop.state = 0 THEN product.is_listed ELSE 0 END,
        shop.handle, shop.name,
        (
            SELECT CASE
                WHEN MAX(variant.stock_policy) > 0 THEN NULL
                ELSE SUM(CASE WHEN stock.on_hand > stock.reserved THEN stock.on_hand - stock.reserved ELSE 0 END)
            END
            FROM variant
            JOIN stock ON stock.variant_id = variant.id
            WHERE variant.product_id = product.id AND variant.is_deleted = 0
        ),
        (
            SELECT MAX(variant.compare_at)
            FROM variant
            WHERE variant.product_id = product.id AND variant.is_deleted = 0 AND variant.price = product.price_min
        )
        """
    static let columnCount = 21

    init(_ row: Row) throws {
        id = row.id(0)
        shop = row.id(1)
        isListed = row.bool(16)
        var json = JSONWriter(capacity: 512)
        try json.object { json in try Self.members(row, to: &json) }
        self.json = json.finish()
        tag = try ProductTag(row)
    }

    static func members(_ row: Row, to json: inout JSONWriter) throws {
        let currency = try row.currency(8)
        json.member("id", row.id(0, Product.self))
        json.name("shop")
        json.object { json in
            json.member("id", row.id(1, Shop.self))
            json.member("handle", row.text(17))
            json.member("name", row.text(18))
        }
        json.member("handle", row.text(2))
        json.member("title", row.text(3))
        json.member("vendor", row.text(4))
        json.member("type", row.text(5))
        json.member("status", (ProductStatus(rawValue: row.integer(6)) ?? .draft).name)
        json.member("picture", row.text(7).isEmpty ? nil : row.text(7))
        json.member("price", Money(row.integer(9), currency))
        json.member("price_max", Money(row.integer(10), currency))
        json.integer("available", row.isNull(19) ? nil : row.integer(19))
        json.member("opens_at", row.timestampOrNil(11))
        json.integer("per_person_max", row.isNull(12) ? nil : row.integer(12))
        json.name("counts")
        json.object { json in
            json.member("sales", row.integer(14))
            json.member("views", row.integer(15))
        }
        json.member("score", row.integer(13))
        json.member("created_at", row.id(0, Product.self).createdAt)
    }
}

/// A product's page, encoded once: everything that everybody sees, with all variants.
package struct ProductPage: Sendable {
    package let id: ID<Product>
    package let shop: ID<Shop>
    package let isForEverybody: Bool
    /// Of a variant at least, so that somebody may stand in line for it.
    let isSoldOut: Bool
    package let json: [UInt8]

    var cost: Int { json.count + 160 }
}

extension JSONWriter {
    mutating func integer(_ name: StaticString, _ value: Int64?) {
        if let value {
            member(name, value)
        } else {
            self.name(name)
            null()
        }
    }
}
