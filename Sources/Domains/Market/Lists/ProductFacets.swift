package import Core
import Storage

/// What the products of a list are, so that it can be narrowed.
package struct ProductFacets: Sendable, Equatable {
    /// Products that are counted: the first of the list.
    static let productsMax = 1_000
    /// Values of a facet: nobody reads more in a menu.
    static let valuesMax = 20

    package struct Value: Sendable, Equatable {
        package let value: String
        package let count: Int64
    }

    package struct PriceRange: Sendable, Equatable {
        package let from: Money
        /// Nil: without an upper end.
        package let below: Money?
        package let count: Int64
    }

    package private(set) var counted: Int64 = 0
    /// The list has no more than were counted.
    package var isComplete: Bool { counted < Self.productsMax }
    package let types: [Value]
    package let vendors: [Value]
    /// Of the list's currency; empty when it has several.
    package let prices: [PriceRange]

    init(of listing: ProductListing, in db: some Queryable) throws {
        var types: [String: Int64] = [:]
        var vendors: [String: Int64] = [:]
        var prices: [Int64] = []
        var currencies: Set<String> = []
        var count: Int64 = 0
        try listing.sample(limit: Self.productsMax, in: db) { row in
            types[row.text(0), default: 0] += 1
            vendors[row.text(1), default: 0] += 1
            prices.append(row.integer(2))
            currencies.insert(row.text(3))
            count += 1
        }
        counted = count
        self.types = Self.values(types)
        self.vendors = Self.values(vendors)
        let currency = currencies.count == 1 ? currencies.first.flatMap { Currency(rawValue: $0) } : nil
        self.prices = currency.map { Self.ranges(of: prices, in: $0) } ?? []
    }

    /// The most frequent first.
    private static func values(_ counts: [String: Int64]) -> [Value] {
        let sorted = counts.filter { !$0.key.isEmpty }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.prefix(valuesMax).map { Value(value: $0.key, count: $0.value) }
    }

    /// Whole units where one range ends and the next begins.
    private static let steps: [Int64] = [0, 10, 25, 50, 100, 250, 500, 1_000]

    private static func ranges(of prices: [Int64], in currency: Currency) -> [PriceRange] {
        let unit = (0..<currency.fractionDigits).reduce(Int64(1)) { unit, _ in unit * 10 }
        return steps.indices.compactMap { index in
            let from = steps[index] * unit
            let below = index + 1 < steps.count ? steps[index + 1] * unit : nil
            let count = prices.count { $0 >= from && $0 < below ?? .max }
            guard count > 0 else { return nil }
            return PriceRange(
                from: Money(from, currency), below: below.map { Money($0, currency) }, count: Int64(count))
        }
    }
}
