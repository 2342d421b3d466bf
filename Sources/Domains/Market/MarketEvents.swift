import Core
import Events
import Storage

/// What Market tells the rest of the house. Names are stable; data only grows.
package enum MarketEvent {
    package static let shopOpened = "shop.opened"
    package static let shopChanged = "shop.changed"
    package static let productCreated = "product.created"
    package static let productChanged = "product.changed"
    /// Of many at once: `products` lists their ids, the subject is the import.
    package static let productsImported = "products.imported"
    /// `products` lists what was seen.
    package static let productsViewed = "products.viewed"
    /// `sold` lists products and how many pieces `buyer` has paid for, the subject is the order.
    package static let productsSold = "products.sold"
    /// The same when they are given back after that.
    package static let productsReturned = "products.returned"
    /// A piece is kept for each of `accounts`, the first in line first, until `until`. The subject is the variant.
    package static let waitingOffered = "waiting.offered"
    /// There is nothing to wait for any more: the variant is gone, or anybody can have it. `accounts` have waited.
    package static let waitingEnded = "waiting.ended"
}

extension MarketService {
    func tell<Entity>(_ type: String, about subject: ID<Entity>, _ data: JSON, in tx: WriteTransaction) throws {
        try events.append(type, subject: subject.description, data: data, in: tx)
    }
}

extension JSON {
    /// An id in an event's data.
    static func id<Entity>(_ id: ID<Entity>) -> JSON {
        .string(id.description)
    }

    static func ids<Entity>(_ ids: some Sequence<ID<Entity>>) -> JSON {
        .array(ids.map { .id($0) })
    }

    /// A list of ids; what is none is left out.
    func ids<Entity: EntityKind>(of kind: Entity.Type = Entity.self) -> [ID<Entity>] {
        array?.compactMap { $0.string.flatMap { ID<Entity>($0) } } ?? []
    }
}
