package import Core
package import Storage

/// The log of what has happened: an outbox in the database.
///
/// Owns `event`, `event_cursor` and `event_failure`. An event is a row of the caller's transaction: commit publishes it
/// to every ``EventConsumer``, rollback forgets it. Positions grow in the order of commits, so a consumer's place in the
/// log is one number.
package struct EventLog: Sendable {
    private let ids: IDGenerator
    private let clock: WallClock
    /// Raised when events have become durable.
    let committed = WakeSignal()

    package init(ids: IDGenerator, clock: WallClock) {
        self.ids = ids
        self.clock = clock
    }

    /// Costs one insert and no index beside the row's own place.
    /// - Parameters:
    ///   - type: `resource.past_tense`.
    ///   - subject: the outside form of what it happened to.
    ///   - version: of the shape of `data`; grows when a reader of the old shape would misread the new one.
    package func append(
        _ type: String, subject: String, data: JSON, version: Int = 1, traceID: String? = nil,
        in tx: WriteTransaction
    ) throws {
        try append([(type, data)], subject: subject, version: version, traceID: traceID, in: tx)
    }

    /// The same for several about one subject, in their order: one insert.
    package func append(
        _ events: [(type: String, data: JSON)], subject: String, version: Int = 1, traceID: String? = nil,
        in tx: WriteTransaction
    ) throws {
        guard !events.isEmpty else { return }
        // PostgreSQL hands out numbers before the commit: without this lock a later number could be seen first, and a
        // cursor would pass over the earlier one. SQLite has one writer.
        if tx.dialect == .postgres { try tx.forEach("SELECT pg_advisory_xact_lock(7310577382471658092)") { _ in } }
        let (now, trace) = (clock.now(), traceID.map { SQLValue.text($0) } ?? .null)
        let values: [SQLValue] = events.flatMap { type, data in
            [
                ids.next(Event.self).sqlValue, .text(type), .text(subject), now.sqlValue, version.sqlValue,
                .text(data.text), trace,
            ]
        }
        try tx.execute(
            """
            INSERT INTO event (id, type, subject, at, version, data, trace_id)
            \(values: values, rows: events.count, of: "(?, ?, ?, ?, ?, ?, ?)")
            """)
        let committed = committed
        tx.afterCommit { committed.raise() }
    }

    /// Whether this process has appended it: no other has its node number while it runs.
    func isOurs(_ event: ID<Event>) -> Bool {
        ids.isOfThisNode(event)
    }

    /// Deletes events that every consumer has passed and that are older than `time`, oldest first.
    ///
    /// A consumer that no longer exists holds its events until a migration deletes its row of `event_cursor`.
    /// - Returns: how many; call again while it is `limit`.
    package func prune(olderThan time: Timestamp, limit: Int = 1_000, in tx: WriteTransaction) throws -> Int {
        // The newest event stays: SQLite numbers the next one after it, and cursors must never see a number again.
        let end = try tx.integer(
            """
            SELECT min(position)
            FROM (
                SELECT position + 1 AS position FROM event_cursor /* scan: a row per consumer */
                UNION ALL
                SELECT coalesce(max(position), 0) FROM event
            ) AS ends
            """)
        let oldest = try tx.rows(
            "SELECT position, at FROM event WHERE position < \(end) ORDER BY position LIMIT \(limit)"
        ) { (position: $0.integer(0), at: $0.timestamp(1)) }
        guard let last = oldest.prefix(while: { $0.at < time }).last else { return 0 }
        return try tx.execute("DELETE FROM event WHERE position <= \(last.position)")
    }

    /// Events that a consumer could not handle: by consumer, each in its order.
    package static func failures(limit: Int, in db: some Queryable) throws -> [EventFailure] {
        try db.rows(
            """
            SELECT position, event_id, type, subject, at, version, data, trace_id, error, failed_at, consumer
            FROM event_failure
            ORDER BY consumer, position
            LIMIT \(limit)
            """
        ) { row in
            EventFailure(
                consumer: row.text(10), event: try Event(row), error: row.text(8), failedAt: row.timestamp(9))
        }
    }
}

/// An event that was set aside after its consumer had failed on it again and again.
package struct EventFailure: Sendable {
    package let consumer: String
    package let event: Event
    package let error: String
    package let failedAt: Timestamp
}

extension Event {
    /// Columns in the order of `event`.
    init(_ row: Row) throws {
        self.init(
            position: row.integer(0), id: row.id(1), type: row.text(2), subject: row.text(3), time: row.timestamp(4),
            version: row.int(5), data: try JSONParser.parse(row.text(6)), traceID: row.textOrNil(7))
    }
}
