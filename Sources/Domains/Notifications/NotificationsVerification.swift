import Core
package import Storage

/// What is true of notifications at any time.
extension NotificationsService {
    package static var consistencyChecks: [ConsistencyCheck] { [unreadCheck, inboxCheck, actorCheck] }

    private static var unreadCheck: ConsistencyCheck {
        ConsistencyCheck(
            "notification.unread_count",
            """
            SELECT account_id, expected, unread_count
            FROM (
                SELECT account_id, unread_count,
                    (
                        SELECT COUNT(*)
                        FROM notification
                        WHERE notification.account_id = notification_inbox.account_id AND notification.is_read = 0
                            AND \(Notification.isShown)
                    ) AS expected
                FROM notification_inbox
            ) AS counted
            WHERE expected <> unread_count /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Account.self))", expected: "\(row.integer(1)) unread", found: "\(row.integer(2))")
        }
    }

    /// Without an inbox nobody would count it.
    private static var inboxCheck: ConsistencyCheck {
        ConsistencyCheck(
            "notification.inbox",
            """
            SELECT id
            FROM notification
            WHERE NOT EXISTS (
                SELECT 1
                FROM notification_inbox
                WHERE notification_inbox.account_id = notification.account_id) /* scan: verify */
            """
        ) { .init(subject: "\($0.id(0, Notification.self))", expected: "an inbox", found: "none") }
    }

    /// Actors are known once each, and as many as there is room for.
    private static var actorCheck: ConsistencyCheck {
        ConsistencyCheck("notification.actor_count") { db, found in
            try db.forEach("SELECT \(unsafeRaw: Notification.columns) FROM notification /* scan: verify */") { row in
                let item = Notification(row)
                let expected = min(item.actors.count, Int64(NotificationLimits.actorsMax))
                let known = Set(item.actors.newest).count
                if known != item.actors.newest.count || Int64(known) != expected {
                    found(.init(subject: "\(item.id)", expected: "\(expected) actors", found: "\(known)"))
                }
                if item.hiddenCount < 0 || item.hiddenCount > known {
                    found(
                        .init(subject: "\(item.id)", expected: "\(known) hidden at most", found: "\(item.hiddenCount)"))
                }
            }
            return .done
        }
    }
}
