package import Core
package import Realtime
import Synchronization

/// A publisher that remembers what is said, and everybody's presence as a test has it.
package final class PushRecorder: ChannelPublisher, OnlineAccounts, ChannelControl {
    private struct State {
        var pushes: [Push] = []
        var all: [Push] = []
        var online: Set<ID<Account>> = []
        var offsets: [ChannelName: Int64] = [:]
        var endings: [String] = []
    }

    private let state = Mutex(State())
    /// Raised with each push.
    package let published = WakeSignal()

    package init() {}

    package func publish(_ push: Push) {
        state.withLock { state in
            state.pushes.append(push)
            state.all.append(push)
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

    package func expel(_ account: ID<Account>, from channel: ChannelName) { note("expel \(account) \(channel)") }
    package func recheck(_ account: ID<Account>) { note("recheck \(account)") }
    package func end(_ channel: ChannelName) { note("end \(channel)") }

    private func note(_ ending: String) { state.withLock { $0.endings.append(ending) } }

    /// What was ended, or is to be looked at again, since the last call.
    package func takeEndings() -> [String] {
        state.withLock { state in
            defer { state.endings = [] }
            return state.endings
        }
    }

    /// Pushes since the last call.
    package func take() -> [Push] {
        state.withLock { state in
            defer { state.pushes = [] }
            return state.pushes
        }
    }
}

extension PushRecorder {
    /// What was ever said otherwise than `/asyncapi.json` says it.
    package func undescribed(by shapes: [String: [PushShape]]) -> Set<String> { all.undescribed(by: shapes) }

    private var all: [Push] { state.withLock(\.all) }
}

extension [Push] {
    /// What is of no type that its channel is said to carry, or looks otherwise.
    /// - Parameter shapes: by namespace.
    package func undescribed(by shapes: [String: [PushShape]]) -> Set<String> {
        Set(
            filter { push in
                shapes[String(push.channel.namespace)]?.contains { $0.describes(push) } != true
            }.map { "\($0.channel.namespace): \($0.delivery) \($0.data)" })
    }
}

extension Push {
    /// What it says it is.
    package var type: String { data["type"]?.string ?? "" }
}
