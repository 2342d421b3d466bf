package import Core
package import Storage

/// Two who may know each other: the one who is told, and the one who did something.
package struct Encounter: Hashable, Sendable {
    package let account: ID<Account>
    package let actor: ID<Account>

    package init(account: ID<Account>, actor: ID<Account>) {
        self.account = account
        self.actor = actor
    }
}

/// What Notifications must know of people, shops and orders. Each function is one statement for a batch.
package protocol NotificationDirectory: Sendable {
    /// What the actors are called. Who has left, or is on the other side of a block, is absent.
    func actors(in encounters: [Encounter], in tx: WriteTransaction) throws -> [Encounter: ActorCard]

    /// The same for a page of one person's.
    func actors(
        _ actors: [ID<Account>], seenBy account: ID<Account>, in db: ReadTransaction
    ) throws -> [ID<Account>: ActorCard]

    /// The people who run these shops.
    func staff(of shops: [ID<Shop>], in tx: WriteTransaction) throws -> [ID<Shop>: [ID<Account>]]

    func buyers(of orders: [ID<Order>], in tx: WriteTransaction) throws -> [ID<Order>: ID<Account>]
}
