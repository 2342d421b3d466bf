import Core
import Storage

/// A job that is enqueued again and again, at times in UTC.
///
/// However many instances run, an occurrence is enqueued once; while the last one still waits or runs, none is added.
/// Occurrences that were missed while nothing ran are made up for by one.
package struct JobSchedule: Sendable {
    /// Names its row: never used again for something else.
    package let name: String
    package let cron: CronExpression
    let enqueue: @Sendable (JobQueue, WriteTransaction) throws -> Void

    package init<J: Job>(_ name: String, _ cron: CronExpression, job: J, priority: JobPriority = .low) {
        self.name = name
        self.cron = cron
        enqueue = { queue, tx in
            try queue.enqueue(job, priority: priority, uniqueKey: "schedule:\(name)", in: tx)
        }
    }
}

extension JobQueue {
    /// Makes the schedule's row, or takes over a changed expression.
    func register(_ schedule: JobSchedule, in tx: WriteTransaction) throws {
        guard let next = schedule.cron.next(after: clock.now()) else { return }
        try tx.execute(
            """
            INSERT INTO job_schedule (name, cron, next_at)
            VALUES (\(schedule.name), \(schedule.cron.description), \(next))
            ON CONFLICT (name) DO UPDATE SET cron = excluded.cron, next_at = excluded.next_at
            WHERE job_schedule.cron <> excluded.cron
            """)
    }

    /// Enqueues the schedule's job when its time has come.
    /// - Returns: its next time.
    func enqueueIfDue(_ schedule: JobSchedule, in tx: WriteTransaction) throws -> Timestamp? {
        let now = clock.now()
        let row = try tx.first("SELECT next_at FROM job_schedule WHERE name = \(schedule.name)") { $0.timestamp(0) }
        guard let due = row, due <= now, let next = schedule.cron.next(after: now) else { return row }
        // Whoever moves the time on enqueues; the others find it moved.
        let moved = try tx.execute(
            """
            UPDATE job_schedule
            SET next_at = \(next)
            WHERE name = \(schedule.name) AND next_at = \(due)
            """)
        if moved == 1 { try schedule.enqueue(self, tx) }
        return next
    }
}
