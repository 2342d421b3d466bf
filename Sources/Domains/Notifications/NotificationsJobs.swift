import Core
package import Jobs
import Storage

/// Deletes what has been told long ago.
struct PruneNotifications: ArgumentlessJob {
    static let kind = "notifications.prune"
}

/// Looks through what people were told for those who have left, were suspended or have come back.
struct ReviewActors: ArgumentlessJob {
    static let kind = "notifications.review_actors"
}

extension NotificationsService {
    /// Registers what the slice's jobs do.
    package func register(in handlers: inout JobHandlers) {
        handlers.on(PruneNotifications.self, timeoutSeconds: 600) { _, _ in try await prune() }
        handlers.on(ReviewActors.self, timeoutSeconds: 3_600) { _, _ in try await reviewActors() }
    }

    /// Work that recurs.
    package static func schedules() throws -> [JobSchedule] {
        [JobSchedule("notifications.prune", try CronExpression("11 4 * * *"), job: PruneNotifications())]
    }

    func prune() async throws {
        let kept = NotificationLimits.keptSeconds + NotificationLimits.groupSeconds
        let limit = ID<Notification>.last(at: clock.now().advanced(bySeconds: -kept))
        var pruned = NotificationLimits.pruneBatch
        while pruned == NotificationLimits.pruneBatch {
            try Task.checkCancellation()
            pruned = try await database.write { tx in try prune(upTo: limit, in: tx) }
        }
    }

    /// By ids, which are in the order in which groups began: a group lives for a day, so none that was active since is
    /// among them. That saves an index that each notification would have to pay for.
    private func prune(upTo limit: ID<Notification>, in tx: WriteTransaction) throws -> Int {
        var unread: [ID<Account>: Int64] = [:]
        var count = 0
        try tx.forEach(
            """
            DELETE FROM notification
            WHERE id IN (
                SELECT id
                FROM notification
                WHERE id <= \(limit)
                ORDER BY id
                LIMIT \(NotificationLimits.pruneBatch))
            RETURNING account_id, is_read = 0 AND \(Notification.isShown)
            """
        ) { row in
            count += 1
            if row.bool(1) { unread[row.id(0), default: 0] += 1 }
        }
        for (account, count) in unread.sorted(by: { $0.key < $1.key }) {
            try tx.execute(
                "UPDATE notification_inbox SET unread_count = unread_count - \(count) WHERE account_id = \(account)")
        }
        return count
    }
}
