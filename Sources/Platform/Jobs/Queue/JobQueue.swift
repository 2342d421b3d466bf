package import Core
package import Storage

/// The queue of jobs: a table.
///
/// Owns `job` and `job_schedule`. A job is a row of the caller's transaction: commit enqueues it, rollback forgets it.
/// Once committed it runs at least once, and never twice at once while its lease is held. A job that is done is
/// deleted; one that fails for good stays as a dead letter (``DeadLetters``). ``JobWorker`` runs what is here.
package struct JobQueue: Sendable {
    let ids: IDGenerator
    let clock: WallClock
    let random: RandomSource
    /// Raised when jobs have become durable, and by workers when they have finished some.
    let changed = WakeSignal()

    package init(ids: IDGenerator, clock: WallClock, random: RandomSource) {
        self.ids = ids
        self.clock = clock
        self.random = random
    }

    /// - Parameters:
    ///   - time: not before; now when nil.
    ///   - uniqueKey: at most one job of that key waits or runs. Starts with the slice's name, as it is shared by all.
    ///   - attemptsMax: runs until it is a dead letter.
    /// - Returns: false when a job with that key waits or runs already; nothing is enqueued then.
    @discardableResult
    package func enqueue<J: Job>(
        _ job: J, priority: JobPriority = .normal, at time: Timestamp? = nil, uniqueKey: String? = nil,
        attemptsMax: Int = 20, in tx: WriteTransaction
    ) throws -> Bool {
        let now = clock.now()
        let inserted = try tx.execute(
            """
            INSERT INTO job
                (id, kind, payload, state, priority, run_at, attempt, attempts_left, attempts_max, unique_key,
                 lease_until, created_at, died_at)
            VALUES
                (\(ids.next(QueuedJob.self)), \(J.kind), \(job.payload.text), 0, \(priority.rawValue), \(time ?? now),
                 0, \(attemptsMax), \(attemptsMax), \(uniqueKey), 0, \(now), 0)
            ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND state < 2 DO NOTHING
            """)
        guard inserted == 1 else { return false }
        let changed = changed
        tx.afterCommit { changed.raise() }
        return true
    }

    /// Lets the next job of that key be enqueued while this one still runs. For a job that has found in this transaction
    /// that nothing is left to do: what comes later is another job's.
    package func giveUp(uniqueKey: String, in tx: WriteTransaction) throws {
        try tx.execute("UPDATE job SET unique_key = NULL WHERE unique_key = \(uniqueKey) AND state < 2")
    }
}
