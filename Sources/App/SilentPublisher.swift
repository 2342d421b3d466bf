import Core
import Realtime

/// Stands where the hub will: nobody hears anything, and nobody is online.
struct SilentPublisher: ChannelPublisher, OnlineAccounts, ChannelControl {
    func publish(_ push: Push) {}
    func position(of channel: ChannelName) -> ChannelPosition { ChannelPosition(epoch: "0", offset: 0) }
    func isOnline(_ account: ID<Account>) -> Bool { false }
    func expel(_ account: ID<Account>, from channel: ChannelName) {}
}
