import Core
import Storage

/// One consumer's place in the log, in SQL.
struct EventCursor: Sendable {
    let consumer: EventConsumer

    /// What follows the cursor.
    struct Batch: Sendable {
        /// Where the cursor stood when the batch was read.
        let start: Int64
        /// Where it stands once the batch is done.
        let end: Int64
        /// The head of the log when the batch was read.
        let head: Int64
        /// Those of the consumer's types.
        let events: [Event]
    }

    func create(at time: Timestamp, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO event_cursor (consumer, position, updated_at)
            VALUES (\(consumer.name), 0, \(time))
            ON CONFLICT (consumer) DO NOTHING
            """)
    }

    func position(in db: some Queryable) throws -> Int64 {
        try db.integer("SELECT position FROM event_cursor WHERE consumer = \(consumer.name)")
    }

    static func head(in db: some Queryable) throws -> Int64 {
        try db.integer("SELECT coalesce(max(position), 0) FROM event")
    }

    /// Events looked through for a batch at most, when few of them are of the consumer's types.
    private static let lookedThroughMax = 2_000

    /// Nil at the head.
    /// - Parameter limit: of the consumer's own types. Others are passed over with them, so that a consumer which wants
    ///   few of the events writes its cursor seldom.
    func next(limit: Int, in db: some Queryable) throws -> Batch? {
        let start = try position(in: db)
        var end = start
        var events: [Event] = []
        try db.forEach(
            """
            SELECT position, id, type, subject, at, version, data, trace_id
            FROM event
            WHERE position > \(start)
            ORDER BY position
            LIMIT \(consumer.types == nil ? limit : max(limit, Self.lookedThroughMax))
            """
        ) { row in
            guard events.count < limit else { return }
            end = row.integer(0)
            if consumer.types?.contains(row.text(2)) ?? true { events.append(try Event(row)) }
        }
        return end == start ? nil : Batch(start: start, end: end, head: try Self.head(in: db), events: events)
    }

    /// - Returns: false when another instance has moved the cursor since the batch was read.
    func move(past batch: Batch, at time: Timestamp, in tx: WriteTransaction) throws -> Bool {
        try tx.execute(
            """
            UPDATE event_cursor
            SET position = \(batch.end), updated_at = \(time)
            WHERE consumer = \(consumer.name) AND position = \(batch.start)
            """) == 1
    }

    func setAside(_ event: Event, error: String, at time: Timestamp, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO event_failure
                (consumer, position, event_id, type, subject, at, version, data, trace_id, error, failed_at)
            VALUES
                (\(consumer.name), \(event.position), \(event.id), \(event.type), \(event.subject), \(event.time),
                 \(event.version), \(event.data.text), \(event.traceID), \(error), \(time))
            """)
    }
}
