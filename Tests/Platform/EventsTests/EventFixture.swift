import Core
import Events
import Logging
import PlazaTesting
import Storage
import Synchronization
import Telemetry

/// A log over a fresh database, with a table for consumers to write to.
struct EventFixture: Sendable {
    let database: any Database
    let clock = ManualClock()
    let log: EventLog
    let metrics = MetricRegistry()

    /// - Parameter node: another than 1 is another process.
    init(database: any Database, node: Int = 1) {
        self.database = database
        log = EventLog(ids: IDGenerator(node: node, clock: clock.wall), clock: clock.wall)
    }

    func append(_ subjects: [String], type: String = "post.published") async throws {
        let log = log
        try await database.write { tx in
            for subject in subjects {
                try log.append(type, subject: subject, data: ["subject": .string(subject)], in: tx)
            }
        }
    }

    func bus(_ consumers: [EventConsumer]) -> EventBus {
        EventBus(
            database: database, log: log, consumers: consumers, clock: clock.wall, metrics: metrics,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), retryDelay: .zero)
    }

    /// Runs a bus until all consumers have caught up and `body` is done.
    func run(
        _ consumers: [EventConsumer], _ body: (EventBus) async throws -> Void = { try await $0.caughtUp() }
    ) async throws {
        let bus = bus(consumers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            try await body(bus)
            group.cancelAll()
        }
    }

    /// What consumers have written, in the order in which they did.
    func handled() async throws -> [String] {
        try await database.read { db in
            try db.rows("SELECT subject FROM handled ORDER BY place /* scan: a test's table */") { $0.text(0) }
        }
    }

    /// A consumer that writes down what it handles; `fail` throws for those it must not.
    func recorder(
        _ name: String = "recorder", types: Set<String>? = nil, batchMax: Int = 100,
        failing fail: @escaping @Sendable (Event) throws -> Void = { _ in }
    ) -> EventConsumer {
        EventConsumer(name, types: types, batchMax: batchMax) { events, tx in
            for event in events {
                try tx.execute("INSERT INTO handled (subject) VALUES (\(event.subject))")
                try fail(event)
            }
        }
    }
}

func withEvents(_ body: (EventFixture) async throws -> Void) async throws {
    let handled = Migration(
        "test.001 handled", [.table("handled", columns: "place INTEGER PRIMARY KEY, subject TEXT NOT NULL")])
    try await withDatabase(EventLog.migrations + [handled]) { database in
        try await body(EventFixture(database: database))
    }
}

struct Refusal: Error {}
