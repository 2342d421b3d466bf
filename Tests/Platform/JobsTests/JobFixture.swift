import Core
import Jobs
import Logging
import PlazaTesting
import Storage
import Synchronization
import Telemetry

/// Writes its name down.
struct Note: Job {
    static let kind = "test.note"
    let name: String

    init(_ name: String) {
        self.name = name
    }

    init(payload: JSON) throws {
        guard let name = payload["name"]?.string else { throw Refusal() }
        self.name = name
    }

    var payload: JSON { ["name": .string(name)] }
}

struct Refusal: Error {}

/// A queue over a fresh database.
struct JobFixture: Sendable {
    static let leaseSeconds: Int64 = 30

    let database: any Database
    let clock = ManualClock()
    let queue: JobQueue
    let metrics = MetricRegistry()

    init(database: any Database, seed: UInt64) {
        self.database = database
        queue = JobQueue(
            ids: IDGenerator(node: 1, clock: clock.wall), clock: clock.wall, random: .seeded(seed))
    }

    @discardableResult
    func enqueue(
        _ names: String..., priority: JobPriority = .normal, afterSeconds: Int64 = 0, uniqueKey: String? = nil,
        attemptsMax: Int = 20
    ) async throws -> Bool {
        let (queue, time) = (queue, clock.now.advanced(bySeconds: afterSeconds))
        return try await database.write { tx in
            try names.map { name in
                try queue.enqueue(
                    Note(name), priority: priority, at: time, uniqueKey: uniqueKey, attemptsMax: attemptsMax, in: tx)
            }.allSatisfy { $0 }
        }
    }

    func claim(_ limit: Int = 100) async throws -> [ClaimedJob] {
        let queue = queue
        return try await database.write { tx in
            _ = try queue.reclaim(in: tx)
            return try queue.claim(limit: limit, leaseSeconds: Self.leaseSeconds, in: tx)
        }
    }

    func settle(_ job: ClaimedJob, _ verdict: JobQueue.Verdict) async throws -> JobQueue.Settlement? {
        let queue = queue
        return try await database.write { tx in try queue.settle([(job, verdict)], in: tx).first }
    }

    func extend(_ leases: [JobLease]) async throws -> Set<JobLease> {
        let queue = queue
        return try await database.write { tx in
            try queue.extend(leases, leaseSeconds: Self.leaseSeconds, in: tx)
        }
    }

    func summary() async throws -> JobSummary {
        try await database.read { db in try JobSummary(db) }
    }

    func worker(
        _ handlers: JobHandlers, schedules: [JobSchedule] = [], concurrencyMax: Int = 8, stopGraceSeconds: Int = 10
    ) -> JobWorker {
        JobWorker(
            database: database, queue: queue, handlers: handlers, schedules: schedules, metrics: metrics,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            concurrencyMax: concurrencyMax, leaseSeconds: Self.leaseSeconds, stopGraceSeconds: stopGraceSeconds)
    }

    /// Runs a worker until `body` is done.
    func run(
        _ handlers: JobHandlers, schedules: [JobSchedule] = [], concurrencyMax: Int = 8,
        _ body: (JobWorker) async throws -> Void = { try await $0.idle() }
    ) async throws {
        let worker = worker(handlers, schedules: schedules, concurrencyMax: concurrencyMax)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await body(worker)
            group.cancelAll()
        }
    }

    var metricsText: String { String(decoding: metrics.prometheusText(), as: UTF8.self) }
}

func withJobs(seed: UInt64 = 7, _ body: (JobFixture) async throws -> Void) async throws {
    try await withDatabase(JobQueue.migrations) { database in
        try await body(JobFixture(database: database, seed: seed))
    }
}

/// Names in the order in which they were written down.
final class Notebook: Sendable {
    private let lines = Mutex<[String]>([])

    var names: [String] { lines.withLock { $0 } }

    func write(_ name: String) {
        lines.withLock { $0.append(name) }
    }

    /// Handlers that write each note down and then do `body`.
    func handlers(
        timeoutSeconds: Int = 60, then body: @escaping @Sendable (Note, JobContext) async throws -> Void = { _, _ in }
    ) -> JobHandlers {
        var handlers = JobHandlers()
        handlers.on(Note.self, timeoutSeconds: timeoutSeconds) { note, context in
            self.write(note.name)
            try await body(note, context)
        }
        return handlers
    }
}

extension ClaimedJob {
    /// The note's name.
    var name: String? { try? JSONParser.parse(payload)["name"]?.string }
}
