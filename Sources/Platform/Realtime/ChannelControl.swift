package import Core

/// Ends what somebody hears. The hub is one.
package protocol ChannelControl: Sendable {
    /// Whoever may no longer hear a channel stops hearing it, and is told so. Say it after the commit that forbids it.
    func expel(_ account: ID<Account>, from channel: ChannelName)
}
