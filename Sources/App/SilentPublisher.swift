import Core
import Realtime

/// Tells nobody: there is no hub yet.
struct SilentPublisher: ChannelPublisher, OnlineAccounts {
    func publish(_ push: Push) {}

    func position(of channel: ChannelName) -> ChannelPosition {
        ChannelPosition(epoch: "0", offset: 0)
    }

    func isOnline(_ account: ID<Account>) -> Bool { false }
}
