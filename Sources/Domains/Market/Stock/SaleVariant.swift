package import Core
import Storage

/// A variant as it can be bought at this moment: what a cart shows and a checkout charges.
package struct SaleVariant: Sendable, Equatable {
    package let id: ID<Variant>
    package let product: ID<Product>
    package let shop: ID<Shop>
    /// Of the product; a line of an order keeps it.
    package let title: String
    /// Its option values with slashes between, `Small / Blue`; empty for a product without options.
    package let variantTitle: String
    package let sku: String
    /// An URL, the variant's or else the product's first; nil without pictures.
    package let picture: String?
    package let grams: Int64
    package let price: Money
    package let policy: StockPolicy
    package let onHand: Int64
    package let reserved: Int64
    package let status: ProductStatus
    package let shopState: ShopProfile.State
    package let opensAt: Timestamp?
    package let perPersonMax: Int64?
    /// What the buyer has of this product's limit already; 0 for products without one.
    package let bought: Int64
    package let isDeleted: Bool
    /// The buyer's in the waiting list.
    let place: PlaceInLine?

    /// Pieces that can be bought, with the one that is kept for the buyer; nil is any number.
    package var available: Int64? {
        policy == .counted ? max(0, onHand - reserved) + (place?.isOffered == true ? 1 : 0) : nil
    }

    /// Why nobody can buy `quantity` of it at `now`; nil when they can.
    /// - Parameter ofProduct: what is bought of its product in all, of this and other variants.
    package func refusal(of quantity: Int64, ofProduct: Int64, at now: Timestamp) -> SaleRefusal? {
        if isDeleted || !status.isForSale { return .notForSale }
        if shopState == .closed { return .shopClosed }
        if let opensAt, now < opensAt { return .notOpen(until: opensAt) }
        guard (1...CatalogLimits.lineQuantityMax).contains(quantity) else { return .invalidQuantity }
        if let perPersonMax, bought + ofProduct > perPersonMax {
            return .personLimit(perPersonMax, left: max(0, perPersonMax - bought))
        }
        if let available, quantity > available { return .soldOut(left: available) }
        return nil
    }
}

extension SaleVariant {
    /// Columns as the statement in `+Sale` has them.
    init(_ row: Row) throws {
        id = row.id(0)
        product = row.id(1)
        shop = row.id(2)
        title = row.text(3)
        variantTitle = [row.text(4), row.text(5), row.text(6)].filter { !$0.isEmpty }.joined(separator: " / ")
        sku = row.text(7)
        let pictures = [row.text(8), row.text(9)]
        picture = pictures.first { !$0.isEmpty }
        grams = row.integer(10)
        price = Money(row.integer(11), try row.currency(12))
        policy = StockPolicy(rawValue: row.integer(13)) ?? .counted
        onHand = row.integer(14)
        reserved = row.integer(15)
        status = ProductStatus(rawValue: row.integer(16)) ?? .draft
        shopState = ShopProfile.State(rawValue: row.integer(17)) ?? .closed
        opensAt = row.timestampOrNil(18)
        perPersonMax = row.isNull(19) ? nil : row.integer(19)
        bought = row.integer(20)
        isDeleted = row.bool(21)
        place = row.isNull(22) ? nil : PlaceInLine(id: row.id(22), variant: id, offeredUntil: row.timestampOrNil(23))
    }
}

/// Why something cannot be bought.
package enum SaleRefusal: Sendable, Equatable {
    /// There has never been such a variant.
    case unknown
    /// A draft, archived, or taken out of its product.
    case notForSale
    case shopClosed
    case notOpen(until: Timestamp)
    case invalidQuantity
    case personLimit(Int64, left: Int64)
    case soldOut(left: Int64)
}

/// A line that was refused.
package struct RefusedLine: Sendable, Equatable {
    package let variant: ID<Variant>
    package let refusal: SaleRefusal
}

/// Whether pieces are counted. Stored by raw value.
package enum StockPolicy: Int64, Sendable, CaseIterable {
    /// No more is sold than is there.
    case counted = 0
    /// Nobody counts: services, files, what is made on demand.
    case untracked = 1
    /// Counted, and sold all the same when none is left: it will be made.
    case backorder = 2

    package var name: String {
        switch self {
        case .counted: "counted"
        case .untracked: "untracked"
        case .backorder: "backorder"
        }
    }

    package init?(name: String) {
        guard let policy = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = policy
    }
}

/// Stored by raw value, except for `unlisted`: that is an active product whose `is_unlisted` is 1.
package enum ProductStatus: Int64, Sendable, CaseIterable {
    case draft = 0
    case active = 1
    case archived = 2
    /// For sale to whoever has its link; in no list, feed or search.
    case unlisted = 3

    /// The raw value, from both columns.
    static let column: SQL = "(product.status + 2 * product.is_unlisted)"

    /// What the column `status` holds.
    var stored: Int64 { isForSale ? Self.active.rawValue : rawValue }

    /// Whether it can be bought.
    package var isForSale: Bool { self == .active || self == .unlisted }

    package var name: String {
        switch self {
        case .draft: "draft"
        case .active: "active"
        case .archived: "archived"
        case .unlisted: "unlisted"
        }
    }

    package init?(name: String) {
        guard let status = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = status
    }
}
