package import Core
import Storage

/// A product as those show it who mention it: small, encoded once, with the price and stock of its last commit.
package struct ProductTag: Sendable {
    /// A JSON object without its closing brace. Whether it can be bought depends on the clock: ``isBuyable(at:)``.
    package let json: [UInt8]
    private let isInStock: Bool
    private let opensAt: Timestamp?

    /// - Parameter row: the columns of a card.
    init(_ row: Row) throws {
        let currency = try row.currency(8)
        let (price, compareAt) = (row.integer(9), row.isNull(20) ? 0 : row.integer(20))
        var json = JSONWriter(capacity: 320)
        json.object { json in
            json.member("id", row.id(0, Product.self))
            json.member("title", row.text(3))
            json.member("picture", row.text(7).isEmpty ? nil : row.text(7))
            json.member("price", Money(price, currency))
            json.name("compare_at")
            // What is not dearer is nothing to compare with.
            if compareAt > price { json.value(Money(compareAt, currency)) } else { json.null() }
            json.integer("available", row.isNull(19) ? nil : row.integer(19))
            json.member("opens_at", row.timestampOrNil(11))
        }
        self.json = json.finish().dropLast()
        isInStock = row.isNull(19) || row.integer(19) > 0
        opensAt = row.timestampOrNil(11)
    }

    /// Of what is listed. How many one person may have is not asked.
    package func isBuyable(at now: Timestamp) -> Bool {
        guard let opensAt else { return isInStock }
        return isInStock && now >= opensAt
    }
}
