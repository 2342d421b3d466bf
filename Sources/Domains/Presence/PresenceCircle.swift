package import Core
package import Storage

/// Who belongs to whom: what Presence must know of people to say nothing to the wrong ones.
package protocol PresenceCircle: Sendable {
    /// A condition: whether the account in `column` is a friend of `viewer`. As SQL, so that a page of presence is one
    /// statement.
    func isFriend(of viewer: ID<Account>, _ column: StaticString) -> SQL

    /// A condition: whether a block lies between the account in `column` and `viewer`, or it has left.
    func isBarred(from viewer: ID<Account>, _ column: StaticString) -> SQL

    /// Who are friends of these accounts. One statement.
    /// - Returns: by account and friend, both ascending; the first `limit`.
    func friends(
        of accounts: [ID<Account>], limit: Int, in db: ReadTransaction
    ) throws -> [(account: ID<Account>, friend: ID<Account>)]
}
