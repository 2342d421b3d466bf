import Core
import HTTP

/// Shapes and examples of what Notifications' routes take and answer.
enum NotificationsShapes {
    static let kind = Schema.choice(NotificationKind.allCases.map(\.name))

    static let notification = Schema.named(
        "Notification",
        .object([
            .required("id", .id(of: Notification.self)),
            .required("kind", kind),
            .required(
                "subject",
                .nullable(
                    .object([
                        .required("type", .choice(NotificationKind.subjectTypes)), .required("id", .text(1...64)),
                    ])), "What it is about; null where that is oneself."),
            .required(
                "actors", .array(.personShort, count: 0...NotificationLimits.actorsShown), "The newest of who did it."),
            .required("actor_count", .integer(0...(.max)), "How many did it; 0 where it is nobody's doing."),
            .required("is_read", .boolean),
            .required("created_at", .time),
            .required("updated_at", .time, "When it happened last; the list's order."),
        ]))

    static let page = Schema.object([
        .required("items", .array(notification, count: 0...100), "The rows, in the list's order."),
        .required("next", .nullable(.text(1...512)), "Hand it back as cursor for the next page; null at the end."),
        .required("realtime", .channelPosition, "Where one's own channel stood before this was read."),
    ])

    static let unread = Schema.object([.required("count", .integer(0...(.max)), "Notifications that are not read.")])

    static let settings = Schema.object([
        .required(
            "off", .array(kind, count: 0...NotificationKind.allCases.count), "Kinds that one is not told of.")
    ])

    // MARK: Examples

    static let example: JSON = [
        "id": "ntf_0D3PZ7XGQW4K1", "kind": "liked", "subject": ["type": "post", "id": "pst_0D3PZ7XGQW4K1"],
        "actors": [Schema.personShortExample], "actor_count": 12, "is_read": false,
        "created_at": "2026-03-01T12:00:00.000Z", "updated_at": "2026-03-01T12:05:00.000Z",
    ]

    static let pageExample: JSON = [
        "items": [example], "next": nil, "realtime": Schema.channelPositionExample("account:acc_0D3PZ7XGQW4K2"),
    ]

    static let unreadExample: JSON = ["count": 3]
    static let settingsExample: JSON = ["off": ["liked"]]
}
