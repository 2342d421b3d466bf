package import Core
package import Realtime
import Synchronization

/// A publisher that remembers what is said, and everybody's presence as a test has it.
package final class PushRecorder: ChannelPublisher, OnlineAccounts {
    private struct State {
        var pushes: [Push] = []
        var online: Set<ID<Account>> = []
        var offsets: [ChannelName: Int64] = [:]
    }

    private let state = Mutex(State())
    /// Raised with each push.
    package let published = WakeSignal()

    package init() {}

    package func publish(_ push: Push) {
        state.withLock { state in
            state.pushes.append(push)
            switch push.delivery {
            case .ordered, .urgent, .sampled: state.offsets[push.channel, default: 0] += 1
            case .newest, .fleeting: break
            }
        }
        published.raise()
    }

    package func position(of channel: ChannelName) -> ChannelPosition {
        ChannelPosition(epoch: "test", offset: state.withLock { $0.offsets[channel] ?? 0 })
    }

    package func isOnline(_ account: ID<Account>) -> Bool {
        state.withLock { $0.online.contains(account) }
    }

    package func set(online accounts: Set<ID<Account>>) {
        state.withLock { $0.online = accounts }
    }

    /// Pushes since the last call.
    package func take() -> [Push] {
        state.withLock { state in
            defer { state.pushes = [] }
            return state.pushes
        }
    }
}

extension Push {
    /// What it says it is.
    package var type: String { data["type"]?.string ?? "" }
}
