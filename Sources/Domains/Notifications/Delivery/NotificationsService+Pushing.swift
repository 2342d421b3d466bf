import Core
import Events
import Realtime
import Storage

/// What is said in people's own channels once a transaction is durable.
extension NotificationsService {
    static let pushShapes =
        [
            PushShape(
                "notification.changed", "A notification, new or with more in it: it moves to the top.",
                ["notification": NotificationsShapes.example]),
            PushShape(
                "notification.removed", "A notification cannot be opened any more: it is not in the list.",
                ["notification": "ntf_0D3PZ7XGQW4K1"]),
            PushShape("notifications.unread", .newest, "How many are not read.", ["count": 3]),
        ]
        + News.orderTypes.sorted().map { type in
            PushShape(
                type, .urgent, "What has become of an order that one has placed.",
                [
                    "order": "ord_0D3PZ7XGQW4K1", "shops": ["shp_0D3PZ7XGQW4K1"],
                    "amount": ["amount": 3_980, "currency": "EUR"],
                ], nullable: ["amount"])
        }

    /// Each group that has changed, whole, and how much is unread now.
    func push(
        _ batch: [Notification], _ actors: [Encounter: ActorCard], _ inboxes: [ID<Account>: Inbox],
        after tx: WriteTransaction
    ) {
        let publisher = publisher
        tx.afterCommit {
            for item in batch {
                let json = item.json { actors[Encounter(account: item.account, actor: $0)] }
                publisher.publish(
                    Push(
                        AccountChannels.channel(of: item.account),
                        ["type": "notification.changed", "notification": json], key: item.activity.description))
            }
        }
        for account in Set(batch.map(\.account)).sorted() {
            push(unread: inboxes[account]?.unread ?? 0, of: account, after: tx)
        }
    }

    func push(removal id: ID<Notification>, of account: ID<Account>, after tx: WriteTransaction) {
        let publisher = publisher
        tx.afterCommit {
            let data: JSON = ["type": "notification.removed", "notification": .string(id.description)]
            publisher.publish(Push(AccountChannels.channel(of: account), data))
        }
    }

    func push(unread: Int64, of account: ID<Account>, after tx: WriteTransaction) {
        let publisher = publisher
        tx.afterCommit {
            let data: JSON = ["type": "notifications.unread", "count": .integer(unread)]
            publisher.publish(Push(AccountChannels.channel(of: account), data, .newest))
        }
    }

    /// What has become of an order, for its buyer's devices: before anything else that waits for them.
    func push(_ event: Event, to buyer: ID<Account>, after tx: WriteTransaction) {
        let publisher = publisher
        tx.afterCommit {
            let data: JSON = [
                "type": .string(event.type), "order": .string(event.subject), "shops": event.data["shops"] ?? [],
                "amount": event.data["amount"] ?? .null,
            ]
            let key = event.id.description
            publisher.publish(Push(AccountChannels.channel(of: buyer), data, .urgent, key: key))
        }
    }
}
