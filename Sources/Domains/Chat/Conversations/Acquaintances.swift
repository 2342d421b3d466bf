package import Core
package import Storage

/// What Chat asks of whoever knows people: it knows them by their ids alone.
package protocol Acquaintances: Sendable {
    /// Those of `accounts` that are there, as `viewer` sees them. One statement.
    func people(
        _ accounts: Set<ID<Account>>, seenBy viewer: ID<Account>, in db: some Queryable
    ) throws -> [ID<Account>: Acquaintance]
}

/// Somebody as a message shows them.
package struct Acquaintance: Sendable {
    /// An object of the shape `PersonShort`.
    let card: JSON
    /// A block lies between them and the viewer, whoever set it.
    let isBarred: Bool

    package init(card: JSON, isBarred: Bool) {
        self.card = card
        self.isBarred = isBarred
    }
}

typealias People = [ID<Account>: Acquaintance]

extension People {
    /// Null for nobody, and for those who have left.
    func card(of account: ID<Account>?) -> JSON {
        account.flatMap { self[$0]?.card } ?? .null
    }

    /// Whether the viewer can reach them: they are there, and no block lies between.
    func canReach(_ account: ID<Account>) -> Bool {
        self[account].map { !$0.isBarred } ?? false
    }
}
