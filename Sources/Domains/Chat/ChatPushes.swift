import Core
import Realtime
import Storage

extension ChannelName {
    static func conversation(_ id: ID<Conversation>) -> Self { Self(namespace: "conversation", key: id) }
    static func live(_ id: ID<LiveRoom>) -> Self { Self(namespace: "live", key: id) }
    static func account(_ id: ID<Account>) -> Self { Self(namespace: "account", key: id) }
}

extension ChatService {
    /// Pushes once the write is committed.
    func push(
        _ type: String, _ data: JSON = [:], to channel: ChannelName, _ delivery: Push.Delivery = .ordered,
        after tx: WriteTransaction
    ) {
        let publisher = publisher
        let push = Push(channel, data.typed(type), delivery)
        tx.afterCommit { publisher.publish(push) }
    }

    /// Tells those who are online in how many conversations something waits for them. Others read it when they come.
    func pushUnread(_ inboxes: [(account: ID<Account>, unreadCount: Int64)], after tx: WriteTransaction) {
        guard !inboxes.isEmpty else { return }
        let (publisher, online) = (publisher, online)
        tx.afterCommit {
            for inbox in inboxes where online.isOnline(inbox.account) {
                let data: JSON = ["type": "conversations.unread", "count": .integer(inbox.unreadCount)]
                publisher.publish(Push(.account(inbox.account), data, .newest))
            }
        }
    }

    /// Ends somebody's hearing of a channel once the write is committed, and what it has pushed is on its way.
    func expel(_ account: ID<Account>, from channel: ChannelName, after tx: WriteTransaction) {
        let control = control
        tx.afterCommit { control.expel(account, from: channel) }
    }
}
