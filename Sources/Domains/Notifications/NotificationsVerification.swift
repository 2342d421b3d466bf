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

    /// Actors are known once each: all of few, and some of many, of whom those may be gone that were remembered.
    private static var actorCheck: ConsistencyCheck {
        ConsistencyCheck("notification.actor_count") { db, found in
            try db.forEach("SELECT \(unsafeRaw: Notification.columns) FROM notification /* scan: verify */") { row in
                let item = Notification(row)
                let known = Int64(Set(item.actors.newest).count)
                let isWhole = item.actors.count >= NotificationLimits.actorsMax || known == item.actors.count
                if known != item.actors.newest.count || known > item.actors.count || !isWhole {
                    found(
                        .init(subject: "\(item.id)", expected: "\(item.actors.count) actors", found: "\(known)"))
                }
                if !(0...known).contains(item.hiddenCount) {
                    found(
                        .init(
                            subject: "\(item.id)", expected: "\(known) hidden at most", found: "\(item.hiddenCount)"))
                }
            }
            return .done
        }
    }
}
