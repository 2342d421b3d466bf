package import Core

/// What a slice tells the hub about who may hear a channel. The hub is one.
package protocol ChannelControl: Sendable {
    /// Ends the account's subscriptions to the channel, on all of its sockets. Call it once the write that shuts them out
    /// is committed: whoever subscribes after that is refused by the channel's owner. It never waits.
    func expel(_ account: ID<Account>, from channel: ChannelName)
}
