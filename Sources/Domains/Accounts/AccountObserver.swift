package import Core
package import Storage

/// What other slices must do in the very transaction that changes an account, such as keeping its public card.
///
/// A throw undoes the change.
package protocol AccountObserver: Sendable {
    func accountCreated(_ profile: Profile, in tx: WriteTransaction) throws
    func profileChanged(_ profile: Profile, in tx: WriteTransaction) throws
    /// Suspended: out of everybody's sight until it is let back in. The profile has the state that it is in from now on.
    func accountStateChanged(_ profile: Profile, in tx: WriteTransaction) throws
    func accountErased(_ id: ID<Account>, in tx: WriteTransaction) throws
}

/// Who is well known: handles that look like theirs are not given to others.
package protocol ProminentAccounts: Sendable {
    /// Whether one of these has many followers or a shop.
    func isAnyProminent(_ accounts: [ID<Account>], in db: some Queryable) throws -> Bool
}
