package import Core
package import Storage

extension JobQueue {
    /// How a run ended.
    package enum Verdict: Sendable, Equatable {
        case completed
        case failed(reason: String, isPermanent: Bool)
        /// Cut off by a stop: it runs again, and this run does not count.
        case released
    }

    /// What became of a run's job.
    package enum Settlement: Sendable, Equatable {
        case done
        case waits
        case dead
        /// The lease was lost: another run of the job decides.
        case refused
    }

    /// Leases up to `limit` ready jobs, by priority and then by age.
    package func claim(limit: Int, leaseSeconds: Int64, in tx: WriteTransaction) throws -> [ClaimedJob] {
        let now = clock.now()
        var claimed: [ClaimedJob] = []
        // Priority by priority, so that each is one range of the index: later jobs of a higher one are not walked over.
        for priority in JobPriority.allCases where claimed.count < limit {
            claimed += try tx.rows(
                """
                UPDATE job
                SET state = 1, attempt = attempt + 1, attempts_left = attempts_left - 1,
                    lease_until = \(now.advanced(bySeconds: leaseSeconds))
                WHERE id IN (
                    SELECT id
                    FROM job
                    WHERE state = 0 AND priority = \(priority.rawValue) AND run_at <= \(now)
                    ORDER BY run_at, id
                    LIMIT \(limit - claimed.count)
                    \(Self.skippingLocked(tx))
                )
                RETURNING id, attempt, kind, payload, attempts_left, attempts_max, run_at, created_at
                """, ClaimedJob.init
            ).sorted { ($0.runAt, $0.lease.id) < ($1.runAt, $1.lease.id) }
        }
        return claimed
    }

    /// Writes down how runs ended.
    /// - Returns: what became of each, in their order.
    package func settle(
        _ runs: [(job: ClaimedJob, verdict: Verdict)], in tx: WriteTransaction
    ) throws -> [Settlement] {
        let completed = runs.filter { $0.verdict == .completed }.map(\.job.lease)
        let deleted = try complete(completed, in: tx)
        return try runs.map { run in
            switch run.verdict {
            case .completed:
                return deleted.contains(run.job.lease) ? .done : .refused
            case .failed(let reason, let isPermanent):
                let step = JobLife.Step.fail(attempt: run.job.lease.attempt, isPermanent: isPermanent)
                return try advance(run.job, by: step, error: reason, in: tx)
            case .released:
                return try advance(run.job, by: .release(attempt: run.job.lease.attempt), error: nil, in: tx)
            }
        }
    }

    /// Puts the end of leases off.
    /// - Returns: those that are still held.
    package func extend(
        _ leases: [JobLease], leaseSeconds: Int64, in tx: WriteTransaction
    ) throws -> Set<JobLease> {
        let until = clock.now().advanced(bySeconds: leaseSeconds)
        return try byAttempt(leases) { attempt, ids in
            try tx.rows(
                """
                UPDATE job
                SET lease_until = \(until)
                WHERE id IN (\(list: ids)) AND state = 1 AND attempt = \(attempt)
                RETURNING id
                """
            ) { JobLease(id: $0.id(0), attempt: attempt) }
        }
    }

    /// Sends jobs whose lease has run out round again, or to the dead letters when that was their last attempt.
    /// - Returns: those that are dead now.
    @discardableResult
    package func reclaim(limit: Int = 100, in tx: WriteTransaction) throws -> [ClaimedJob] {
        let expired = try tx.rows(
            """
            SELECT id, attempt, kind, payload, attempts_left, attempts_max, run_at, created_at
            FROM job
            WHERE state = 1 AND lease_until <= \(clock.now())
            ORDER BY lease_until, id
            LIMIT \(limit)
            """, ClaimedJob.init
        ).sorted { $0.lease.id < $1.lease.id }
        let reason = "the lease ran out: the worker vanished, or the job ran too long"
        return try expired.filter { job in
            try advance(job, by: .leaseExpired, error: reason, in: tx) == .dead
        }
    }

    /// The earliest time at which a waiting job may run; nil when none waits.
    package func nextRunAt(in db: some Queryable) throws -> Timestamp? {
        try JobPriority.allCases.compactMap { priority in
            try db.first(
                """
                SELECT run_at
                FROM job
                WHERE state = 0 AND priority = \(priority.rawValue)
                ORDER BY run_at
                LIMIT 1
                """
            ) { $0.timestamp(0) }
        }.min()
    }

    /// True when a job runs, here or elsewhere, or could run now.
    func isBusy(in db: some Queryable) throws -> Bool {
        if let next = try nextRunAt(in: db), next <= clock.now() { return true }
        return try db.exists("SELECT 1 FROM job WHERE state = 1 AND lease_until > 0 LIMIT 1")
    }

    // MARK: Steps

    private func complete(_ leases: [JobLease], in tx: WriteTransaction) throws -> Set<JobLease> {
        try byAttempt(leases) { attempt, ids in
            try tx.rows(
                "DELETE FROM job WHERE id IN (\(list: ids)) AND state = 1 AND attempt = \(attempt) RETURNING id"
            ) { JobLease(id: $0.id(0), attempt: attempt) }
        }
    }

    /// One statement for all leases of the same attempt: nearly all are in their first.
    private func byAttempt(
        _ leases: [JobLease], _ body: (Int64, [ID<QueuedJob>]) throws -> [JobLease]
    ) rethrows -> Set<JobLease> {
        var held: Set<JobLease> = []
        for (attempt, leases) in Dictionary(grouping: leases, by: \.attempt).sorted(by: { $0.key < $1.key }) {
            held.formUnion(try body(attempt, leases.map(\.id).sorted()))
        }
        return held
    }

    private func advance(
        _ job: ClaimedJob, by step: JobLife.Step, error: String?, in tx: WriteTransaction
    ) throws -> Settlement {
        guard case .become(let life) = job.life.outcome(of: step) else { return .refused }
        let now = clock.now()
        let delay =
            error == nil
            ? .zero : JobBackoff.delay(afterFailures: job.attemptsMax - life.attemptsLeft, random: random)
        let changed = try tx.execute(
            """
            UPDATE job
            SET state = \(life.state.rawValue), attempts_left = \(life.attemptsLeft), lease_until = 0,
                run_at = \(now.advanced(by: delay)), died_at = \(life.state == .dead ? now.microseconds : 0),
                error = coalesce(\(error), error)
            WHERE id = \(job.lease.id) AND state = 1 AND attempt = \(job.lease.attempt)
            """)
        guard changed == 1 else { return .refused }
        return life.state == .dead ? .dead : .waits
    }

    /// PostgreSQL's writers run side by side and would wait for each other's rows. SQLite has one writer.
    private static func skippingLocked(_ tx: WriteTransaction) -> SQL {
        tx.dialect == .postgres ? "FOR UPDATE SKIP LOCKED" : ""
    }
}

extension ClaimedJob {
    init(_ row: Row) {
        self.init(
            lease: JobLease(id: row.id(0), attempt: row.integer(1)), kind: row.text(2), payload: row.text(3),
            attemptsLeft: row.integer(4), attemptsMax: row.integer(5), runAt: row.timestamp(6),
            createdAt: row.timestamp(7))
    }
}
