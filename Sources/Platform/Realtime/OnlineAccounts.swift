package import Core

/// Who has a socket open now. The hub is one.
package protocol OnlineAccounts: Sendable {
    func isOnline(_ account: ID<Account>) -> Bool
}

/// How many sockets hear a channel. The hub is one: it counts its own, since it started.
package protocol ChannelAudience: Sendable {
    func subscriberCount(of channel: ChannelName) -> Int

    /// The most at once, as long as the hub knows the channel: some time after the last has gone it does not.
    func subscriberPeak(of channel: ChannelName) -> Int
}

/// Hears who comes and goes, gathered: once a second at most, each account once, and who came back in between not at all.
package protocol OnlineObserver: Sendable {
    /// Never waits: a slow observer would hold up the hub.
    func accountsChanged(cameOnline: [ID<Account>], wentOffline: [ID<Account>])
}
