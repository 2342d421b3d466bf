package import Core

/// Who has a socket open now. The hub is one.
package protocol OnlineAccounts: Sendable {
    func isOnline(_ account: ID<Account>) -> Bool
}

/// Hears who comes and goes, gathered: once a second at most, each account once, and who came back in between not at all.
package protocol OnlineObserver: Sendable {
    /// Never waits: a slow observer would hold up the hub.
    func accountsChanged(cameOnline: [ID<Account>], wentOffline: [ID<Account>])
}
