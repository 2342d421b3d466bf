package import Core
package import Storage

/// Jobs that failed for good: listed, and retried or discarded by a person.
package struct DeadLetters: Sendable {
    private let clock: WallClock
    private let changed: WakeSignal

    package init(queue: JobQueue) {
        clock = queue.clock
        changed = queue.changed
    }

    package struct Letter: Sendable {
        package let id: ID<QueuedJob>
        package let kind: String
        package let payload: JSON
        package let attempts: Int
        package let error: String
        package let createdAt: Timestamp
        package let diedAt: Timestamp
    }

    /// Where a page ends.
    package struct Place: Sendable {
        package let diedAt: Timestamp
        package let id: ID<QueuedJob>

        package init(diedAt: Timestamp, id: ID<QueuedJob>) {
            self.diedAt = diedAt
            self.id = id
        }
    }

    /// Last died first.
    package static func page(after place: Place? = nil, limit: Int, in db: some Queryable) throws -> [Letter] {
        let before: SQL = place.map { "AND (died_at, id) < (\($0.diedAt), \($0.id))" } ?? ""
        return try db.rows(
            """
            SELECT id, kind, payload, attempt, error, created_at, died_at
            FROM job
            WHERE state = 2 \(before)
            ORDER BY died_at DESC, id DESC
            LIMIT \(limit)
            """
        ) { row in
            Letter(
                id: row.id(0), kind: row.text(1), payload: try JSONParser.parse(row.text(2)), attempts: row.int(3),
                error: row.textOrNil(4) ?? "", createdAt: row.timestamp(5), diedAt: row.timestamp(6))
        }
    }

    /// Sends the job round again, now and with all its attempts.
    /// - Throws: ``DeadLetterError``.
    package func retry(_ id: ID<QueuedJob>, in tx: WriteTransaction) throws {
        guard let letter = try find(id, in: tx) else { throw DeadLetterError.notFound }
        if let key = letter.uniqueKey, try isQueued(key, in: tx) { throw DeadLetterError.queuedAgain }
        guard case .become(let life) = letter.life.outcome(of: .retry(attemptsMax: letter.attemptsMax)) else {
            throw DeadLetterError.notFound
        }
        try tx.execute(
            """
            UPDATE job
            SET state = \(life.state.rawValue), attempts_left = \(life.attemptsLeft), run_at = \(clock.now()), died_at = 0
            WHERE id = \(id) AND state = 2
            """)
        let changed = changed
        tx.afterCommit { changed.raise() }
    }

    /// Retries all that are dead, oldest death first, but those whose key waits or runs again already.
    /// - Parameter place: where the call before this one ended; nil for the first.
    /// - Returns: where to go on; nil at the end.
    package func retryAll(
        after place: Place? = nil, limit: Int = 100, in tx: WriteTransaction
    ) throws -> (retried: Int, next: Place?) {
        let start = place ?? Place(diedAt: Timestamp(microseconds: 0), id: ID(rawValue: 0))
        let places = try tx.rows(
            """
            SELECT died_at, id
            FROM job
            WHERE state = 2 AND (died_at, id) > (\(start.diedAt), \(start.id))
            ORDER BY died_at, id
            LIMIT \(limit)
            """
        ) { Place(diedAt: $0.timestamp(0), id: $0.id(1)) }
        var retried = 0
        for id in places.map(\.id).sorted() {
            do {
                try retry(id, in: tx)
                retried += 1
            } catch DeadLetterError.queuedAgain {
                continue
            }
        }
        return (retried, places.count == limit ? places.last : nil)
    }

    /// Deletes the job. What it was to do will not be done.
    /// - Throws: ``DeadLetterError/notFound``.
    package func discard(_ id: ID<QueuedJob>, in tx: WriteTransaction) throws {
        guard try tx.execute("DELETE FROM job WHERE id = \(id) AND state = 2") == 1 else {
            throw DeadLetterError.notFound
        }
    }

    private func find(
        _ id: ID<QueuedJob>, in tx: WriteTransaction
    ) throws -> (life: JobLife, attemptsMax: Int64, uniqueKey: String?)? {
        try tx.first(
            "SELECT attempt, attempts_left, attempts_max, unique_key FROM job WHERE id = \(id) AND state = 2"
        ) { row in
            (
                JobLife(state: .dead, attempt: row.integer(0), attemptsLeft: row.integer(1)), row.integer(2),
                row.textOrNil(3)
            )
        }
    }

    private func isQueued(_ key: String, in tx: WriteTransaction) throws -> Bool {
        try tx.exists("SELECT 1 FROM job WHERE unique_key = \(key) AND state < 2")
    }
}

package enum DeadLetterError: Error, Equatable {
    /// No dead job has that id.
    case notFound
    /// Another job of the same unique key waits or runs: retrying this one would do the work twice.
    case queuedAgain
}
