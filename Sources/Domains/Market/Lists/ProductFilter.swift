package import Core
import Storage

/// Which products a list shows, and in which order.
package struct ProductFilter: Sendable, Hashable {
    package enum Order: String, Sendable, CaseIterable {
        case trending
        case newest
        /// The cheapest first.
        case price
    }

    package var order = Order.trending
    package var shop: ShopName?
    package var collection: ID<ProductCollection>?
    package var type: String?
    package var vendor: String?
    package var tag: String?
    /// Words that it must have.
    package var query: String?
    /// In minor units of ``currency``, or of the shop's.
    package var priceMin: Int64?
    package var priceMax: Int64?
    package var currency: Currency?

    package init() {}

    /// Names the list for its cursors.
    var name: String {
        // Quoted, so that no value can pass for two.
        let parts: [String?] = [
            order.rawValue, shop.map { "\($0)" }, collection.map { "\($0)" }, type, vendor, tag, query,
            priceMin.map { "\($0)" }, priceMax.map { "\($0)" }, currency?.rawValue,
        ]
        return "products:" + JSON.array(parts.map { $0.map { .string($0) } ?? .null }).text
    }

    var comparesPrices: Bool { order == .price || priceMin != nil || priceMax != nil }

    /// Labels that a product must have.
    var labels: [String] {
        [
            type.map { ProductLabel.type.text($0) }, vendor.map { ProductLabel.vendor.text($0) },
            tag.map { ProductLabel.tag.text($0) },
        ].compactMap(\.self)
    }
}

extension ProductFilter.Order {
    /// The column that leads; the id decides among equals.
    var key: SQL {
        switch self {
        case .trending: "product.score"
        case .newest: "product.id"
        case .price: "product.price_min"
        }
    }

    /// - Parameter position: the key and id of the last row of the page before; nil at the start.
    func after(_ position: [Int64]?) -> SQL {
        switch self {
        case .trending:
            "(product.score, product.id) < (\(position?[0] ?? .max), \(position?[1] ?? .max))"
        case .newest: "product.id < \(position?[1] ?? .max)"
        case .price: "(product.price_min, product.id) > (\(position?[0] ?? -1), \(position?[1] ?? 0))"
        }
    }

    var clause: SQL {
        switch self {
        case .trending: "ORDER BY product.score DESC, product.id DESC"
        case .newest: "ORDER BY product.id DESC"
        case .price: "ORDER BY product.price_min, product.id"
        }
    }
}
