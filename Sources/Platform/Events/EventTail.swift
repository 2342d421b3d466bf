import Core
package import Logging
import ServiceLifecycle
package import Storage

/// Hears what other processes commit, a moment later and for as long as this one runs: for what is kept in memory.
///
/// Events of this process are passed over, since whoever commits here sees to its own memory in `tx.afterCommit`. The
/// place in the log is not stored: a process that starts remembers nothing, and begins at the head.
package struct EventTail: Service {
    package typealias Handler = @Sendable ([Event]) -> Void

    /// Four looks a second, each one statement that reads nothing as a rule.
    package static let pollInterval = Duration.milliseconds(250)
    private static let batchMax = 1_000

    private let database: any Database
    private let log: EventLog
    private let types: Set<String>
    private let interval: Duration
    private let logger: Logger
    private let handle: Handler
    private let start: Int64

    /// Make it before anything is kept in memory: what is committed from here on is heard.
    package init(
        database: any Database, log: EventLog, types: Set<String>, interval: Duration = EventTail.pollInterval,
        logger: Logger, handle: @escaping Handler
    ) async throws {
        self.database = database
        self.log = log
        self.types = types
        self.interval = interval
        self.logger = logger
        self.handle = handle
        start = try await database.read { try EventCursor.head(in: $0) }
    }

    package func run() async {
        var position = start
        var isFailing = false
        while await waits() {
            do {
                while let end = try await batch(after: position) { position = end }
                isFailing = false
            } catch {
                if !isFailing { logger.warning("event tail waits for the database", metadata: ["error": "\(error)"]) }
                isFailing = true
            }
        }
    }

    /// - Returns: false when the house stops.
    private func waits() async -> Bool {
        await cancelWhenGracefulShutdown { (try? await Task.sleep(for: interval)) != nil }
    }

    /// - Returns: the position of the last event; nil at the head.
    private func batch(after position: Int64) async throws -> Int64? {
        let (log, types) = (log, types)
        let batch = try await database.read { db in
            try log.foreign(after: position, limit: Self.batchMax, types: types, in: db)
        }
        if !batch.events.isEmpty { handle(batch.events) }
        return batch.end
    }
}

extension EventLog {
    /// Events of other processes.
    fileprivate func foreign(
        after position: Int64, limit: Int, types: Set<String>, in db: some Queryable
    ) throws -> (events: [Event], end: Int64?) {
        var (events, end) = ([Event](), Int64?.none)
        try db.forEach(
            """
            SELECT position, id, type, subject, at, version, data, trace_id
            FROM event
            WHERE position > \(position)
            ORDER BY position
            LIMIT \(limit)
            """
        ) { row in
            end = row.integer(0)
            if types.contains(row.text(2)), !isOurs(row.id(1)) { events.append(try Event(row)) }
        }
        return (events, end)
    }
}
