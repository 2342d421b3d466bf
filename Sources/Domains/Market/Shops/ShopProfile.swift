package import Core
import Storage

/// A shop as everybody sees it.
package struct ShopProfile: Sendable, Equatable {
    package let id: ID<Shop>
    package let handle: String
    package let name: String
    package let owner: ID<Account>
    /// Of all its prices; never changes, as wallets and orders have it.
    package let currency: Currency
    package let state: State
    /// Its owner is suspended: nobody but its staff sees it.
    let isSuspended: Bool
    /// An administrator has closed it.
    package let isBarred: Bool

    /// Stored by raw value.
    package enum State: Int64, Sendable {
        case open = 0
        /// Nothing is listed or sold; what was sold is still fulfilled.
        case closed = 1

        package var name: String { self == .open ? "open" : "closed" }

        package init?(name: String) {
            switch name {
            case "open": self = .open
            case "closed": self = .closed
            default: return nil
            }
        }
    }

    /// Columns that ``init(_:)`` reads, in order.
    static let columns =
        "shop.id, shop.handle, shop.name, shop.owner_id, shop.currency, shop.state, shop.is_suspended, shop.is_barred"
    static let columnCount = 8

    init(_ row: Row) throws {
        id = row.id(0)
        handle = row.text(1)
        name = row.text(2)
        owner = row.id(3)
        currency = try row.currency(4)
        state = State(rawValue: row.integer(5)) ?? .closed
        isSuspended = row.bool(6)
        isBarred = row.bool(7)
    }
}

/// What somebody may do in a shop. Each role includes those before it. Stored by raw value.
package enum ShopRole: Int64, Sendable, Comparable, CaseIterable {
    /// Sees drafts and stock, fulfils orders.
    case clerk = 0
    /// Changes the catalog, its prices and its stock.
    case manager = 1
    /// Opens and closes the shop and chooses its staff. There is one.
    case owner = 2

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package var name: String {
        switch self {
        case .clerk: "clerk"
        case .manager: "manager"
        case .owner: "owner"
        }
    }

    package init?(name: String) {
        guard let role = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }
}

/// How a shop is asked for.
package enum ShopName: Sendable, Hashable {
    case id(ID<Shop>)
    case handle(String)
}

extension Row {
    /// - Throws: ``UnknownCurrency``, for a row that a newer version has written.
    func currency(_ column: Int) throws -> Currency {
        guard let currency = Currency(rawValue: text(column)) else { throw UnknownCurrency(code: text(column)) }
        return currency
    }
}

/// The database names a currency that this version does not know.
struct UnknownCurrency: Error {
    let code: String
}
