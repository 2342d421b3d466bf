import Core
import Jobs
import Logging
import PlazaTesting
import Realtime
import Storage
import Synchronization
import Telemetry
import Testing

@testable import Events
@testable import Notifications

/// Notifications over a real database, with people as a test has them.
struct NotificationsFixture: Sendable {
    let notifications: NotificationsService
    let database: any Database
    let statements: StatementRecorder
    let clock: ManualClock
    let ids: IDGenerator
    let events: EventLog
    let jobs: JobQueue
    let pushes = PushRecorder()
    let town = Town()

    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    init(database: any Database) {
        let clock = ManualClock()
        let statements = StatementRecorder(database: database)
        ids = IDGenerator(node: 1, clock: clock.wall)
        events = EventLog(ids: ids, clock: clock.wall)
        jobs = JobQueue(ids: ids, clock: clock.wall, random: .seeded(7))
        notifications = NotificationsService(
            database: statements, ids: ids, clock: clock.wall,
            cursors: CursorSealer(key: Array(repeating: 7, count: 32)), jobs: jobs,
            directory: town, publisher: pushes)
        self.database = database
        self.statements = statements
        self.clock = clock
    }

    func person() -> ID<Account> { ids.next() }

    // MARK: What happens

    func like(_ post: ID<Post>, of author: ID<Account>, by people: [ID<Account>]) async throws {
        try await database.write { tx in
            for person in people {
                let data: JSON = ["account": .string("\(person)"), "author": .string("\(author)")]
                try events.append("post.liked", subject: "\(post)", data: data, in: tx)
            }
        }
    }

    func tell(_ type: String, _ subject: String, _ data: JSON) async throws {
        try await database.write { tx in try events.append(type, subject: subject, data: data, in: tx) }
    }

    /// Lets notifications be made of what has happened.
    func follow() async throws {
        let bus = EventBus(
            database: statements, log: events, consumers: [notifications.consumer], clock: clock.wall,
            metrics: MetricRegistry(), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            try await bus.caughtUp()
            group.cancelAll()
        }
    }

    /// The log as consumers see it.
    func log() async throws -> [Event] {
        try await database.read { db in
            try db.rows("SELECT position, id, type, subject, at, version, data FROM event /* scan: a test's table */") {
                Event(
                    position: $0.integer(0), id: $0.id(1), type: $0.text(2), subject: $0.text(3), time: $0.timestamp(4),
                    version: $0.int(5), data: try JSONParser.parse($0.text(6)), traceID: nil)
            }
        }
    }

    /// Runs every job that is due.
    func work() async throws {
        var handlers = JobHandlers()
        notifications.register(in: &handlers)
        let worker = JobWorker(
            database: database, queue: jobs, handlers: handlers, metrics: MetricRegistry(), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await worker.idle()
            group.cancelAll()
        }
    }

    // MARK: Reading

    func list(of account: ID<Account>) async throws -> [JSON] {
        try await notifications.notifications(of: account, cursor: nil, limit: 100).items
    }

    func unread(_ account: ID<Account>) async throws -> Int64 {
        try await notifications.unreadCount(of: account)
    }

    /// What `plaza verify` would say.
    func findings() async throws -> [String] {
        var all: [String] = []
        for check in NotificationsService.consistencyChecks {
            all += try await database.read { db in
                var findings: [String] = []
                _ = try check.search(db) { found in findings.append("\(check.name): \(found)") }
                return findings
            }
        }
        return all
    }
}

/// People, shops and orders without their slices.
final class Town: NotificationDirectory {
    struct Facts {
        /// Whom each has blocked.
        var barred: Set<Encounter> = []
        var staff: [ID<Shop>: [ID<Account>]] = [:]
        var buyers: [ID<Order>: ID<Account>] = [:]
    }

    private let facts = Mutex(Facts())

    func know(_ change: (inout Facts) -> Void) {
        facts.withLock { change(&$0) }
    }

    func actors(in encounters: [Encounter], in tx: WriteTransaction) throws -> [Encounter: ActorCard] {
        let barred = facts.withLock(\.barred)
        let met = encounters.filter { !barred.contains($0) }
        return Dictionary(met.map { ($0, Self.card($0.actor)) }) { $1 }
    }

    func actors(
        _ actors: [ID<Account>], seenBy account: ID<Account>, in db: ReadTransaction
    ) throws -> [ID<Account>: ActorCard] {
        let barred = facts.withLock(\.barred)
        let met = actors.filter { !barred.contains(Encounter(account: account, actor: $0)) }
        return Dictionary(met.map { ($0, Self.card($0)) }) { $1 }
    }

    func staff(of shops: [ID<Shop>], in tx: WriteTransaction) throws -> [ID<Shop>: [ID<Account>]] {
        facts.withLock(\.staff)
    }

    func buyers(of orders: [ID<Order>], in tx: WriteTransaction) throws -> [ID<Order>: ID<Account>] {
        facts.withLock(\.buyers)
    }

    private static func card(_ id: ID<Account>) -> ActorCard {
        ActorCard(id: id, handle: "p\(id.rawValue)", displayName: "", avatarURL: nil)
    }
}

func withNotifications(_ body: (NotificationsFixture) async throws -> Void) async throws {
    try await withDatabase(NotificationsService.migrations + EventLog.migrations + JobQueue.migrations) { database in
        let fixture = NotificationsFixture(database: database)
        try await body(fixture)
        let findings = try await fixture.findings()
        #expect(findings == [])
        let shape = AccountChannels(carrying: []).shape
        #expect(fixture.pushes.undescribed(by: ["account": shape.pushes]) == [])
    }
}
