package import Core

/// Ends what somebody hears. The hub is one. Say it after the commit that forbids it.
package protocol ChannelControl: Sendable {
    /// Whoever may no longer hear a channel stops hearing it, and is told so.
    func expel(_ account: ID<Account>, from channel: ChannelName)

    /// Asks the owners again about everything that an account hears now, and ends what they refuse.
    func recheck(_ account: ID<Account>)

    /// Ends a channel for all who hear it.
    func end(_ channel: ChannelName)
}
