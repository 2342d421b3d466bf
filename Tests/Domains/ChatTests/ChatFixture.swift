import Core
import Events
import HTTP
import Jobs
import Logging
import PlazaTesting
import RateLimit
import Realtime
import Storage
import Synchronization
import Telemetry
import Testing

@testable import Chat

/// Chat over a real database, among people whom the test makes and keeps apart, with a hub that remembers what it was told.
struct ChatFixture: Sendable {
    let chat: ChatService
    let database: any Database
    let statements: StatementRecorder
    let clock = ManualClock()
    let ids: IDGenerator
    let events: EventLog
    let jobs: JobQueue
    let town = Town()
    let hub = RecordingHub()

    init(database: any Database, limits: ChatLimits) {
        statements = StatementRecorder(database: database)
        ids = IDGenerator(node: 1, clock: clock.wall)
        events = EventLog(ids: ids, clock: clock.wall)
        jobs = JobQueue(ids: ids, clock: clock.wall, random: .seeded(7))
        chat = ChatService(
            database: statements, ids: ids, clock: clock.wall, events: events, jobs: jobs,
            cursors: CursorSealer(key: Array(repeating: 7, count: 32)), people: town, storefront: town, publisher: hub,
            online: hub, control: hub, limiter: RateLimiter(capacity: 1_024), limits: limits)
        self.database = database
    }

    // MARK: Making

    func person(_ handle: String) -> ID<Account> {
        let account = ids.next(Account.self)
        town.settle(account, handle)
        return account
    }

    func people(_ count: Int) -> [ID<Account>] {
        (0..<count).map { person("person\($0)") }
    }

    func pair(_ one: ID<Account>, _ other: ID<Account>) async throws -> ID<Conversation> {
        try await chat.openPair(of: one, with: other).view.conversation.id
    }

    func group(_ owner: ID<Account>, _ members: [ID<Account>]) async throws -> ID<Conversation> {
        try await chat.makeGroup("Kiln people", members: members, by: owner).conversation.id
    }

    @discardableResult
    func say(
        _ text: String = "Hello", in conversation: ID<Conversation>, by sender: ID<Account>
    ) async throws -> Chat.Message {
        clock.set(clock.now.advanced(by: .milliseconds(1)))
        return try await chat.send(MessageDraft(text), to: conversation, by: sender).view.message
    }

    /// Runs every job that is due, and those that they enqueue.
    func runJobs() async throws {
        var handlers = JobHandlers()
        chat.register(in: &handlers)
        let worker = JobWorker(
            database: database, queue: jobs, handlers: handlers, metrics: MetricRegistry(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await worker.idle()
            group.cancelAll()
        }
    }

    // MARK: Reading

    func listed(_ account: ID<Account>, limit: Int = 100) async throws -> [Conversation] {
        try await chat.conversations(of: account, cursor: nil, limit: limit).page.items
    }

    func unread(_ account: ID<Account>) async throws -> Int64? {
        try await chat.conversations(of: account, cursor: nil, limit: 1).unreadCount
    }

    func history(_ conversation: ID<Conversation>, for account: ID<Account>) async throws -> [Chat.Message] {
        try await chat.history(of: conversation, cursor: nil, limit: 100, for: account).page.items
    }

    func number(_ sql: SQL) async throws -> Int64 {
        try await database.read { db in try db.integer(sql) }
    }

    /// Types and data of what the log holds.
    func logged() async throws -> [(type: String, subject: String, data: JSON)] {
        try await database.read { db in
            try db.rows("SELECT type, subject, data FROM event ORDER BY position /* scan: a test's table */") { row in
                (type: row.text(0), subject: row.text(1), data: try JSONParser.parse(row.text(2)))
            }
        }
    }

    /// What `plaza verify` would find.
    func contradictions() async throws -> [String] {
        try await database.read { db in
            var found: [String] = []
            for check in ChatService.consistencyChecks {
                _ = try check.search(db) { found.append("\(check.name): \($0)") }
            }
            return found
        }
    }
}

func withChat(
    limits change: (inout ChatLimits) -> Void = { _ in }, _ body: (ChatFixture) async throws -> Void
) async throws {
    var limits = ChatLimits()
    change(&limits)
    let chosen = limits
    try await withDatabase(ChatService.migrations + EventLog.migrations + JobQueue.migrations) { database in
        let fixture = ChatFixture(database: database, limits: chosen)
        try await body(fixture)
        var shapes = Dictionary(
            uniqueKeysWithValues: fixture.chat.channelOwners.map { ($0.namespace, $0.shape.pushes) })
        shapes["account"] = ChatService.accountPushes
        #expect(fixture.hub.all.undescribed(by: shapes) == [])
    }
}

/// The people that there are, the blocks between them, and one shop.
final class Town: Acquaintances, Storefront {
    private struct State {
        var handles: [ID<Account>: String] = [:]
        var blocks: Set<[ID<Account>]> = []
        var staff: Set<ID<Account>> = []
    }

    private let state = Mutex(State())
    static let listed = ID<Product>(rawValue: 5)
    static let shop = ID<Shop>(rawValue: 6)

    func settle(_ account: ID<Account>, _ handle: String) { state.withLock { $0.handles[account] = handle } }
    func leave(_ account: ID<Account>) { _ = state.withLock { $0.handles.removeValue(forKey: account) } }
    func block(_ one: ID<Account>, _ other: ID<Account>) {
        state.withLock { state in
            state.blocks.insert([one, other])
            state.blocks.insert([other, one])
        }
    }
    func employ(_ account: ID<Account>) { _ = state.withLock { $0.staff.insert(account) } }

    func people(
        _ accounts: Set<ID<Account>>, seenBy viewer: ID<Account>, in db: some Queryable
    ) throws -> [ID<Account>: Acquaintance] {
        // Costs the statement that it is allowed.
        _ = try db.integer("SELECT 1")
        return state.withLock { state in
            var known: [ID<Account>: Acquaintance] = [:]
            for account in accounts {
                guard let handle = state.handles[account] else { continue }
                let card: JSON = [
                    "id": .id(account), "handle": .string(handle), "display_name": .string(handle), "avatar_url": nil,
                ]
                known[account] = Acquaintance(card: card, isBarred: state.blocks.contains([viewer, account]))
            }
            return known
        }
    }

    func isStaff(_ account: ID<Account>, of shop: ID<Shop>, in db: some Queryable) throws -> Bool {
        _ = try db.integer("SELECT 1")
        return shop == Self.shop && state.withLock { $0.staff.contains(account) }
    }

    func isListed(_ product: ID<Product>, in tx: WriteTransaction) throws -> Bool {
        _ = try tx.integer("SELECT 1")
        return product == Self.listed
    }
}

/// Remembers what the hub was told, in its order.
final class RecordingHub: ChannelPublisher, OnlineAccounts, ChannelAudience, ChannelControl {
    private struct State {
        var pushes: [Push] = []
        var all: [Push] = []
        var offline: Set<ID<Account>> = []
        var expelled: [String] = []
        var audience = (count: 0, peak: 0)
    }

    private let state = Mutex(State())

    func publish(_ push: Push) {
        state.withLock { state in
            state.pushes.append(push)
            state.all.append(push)
        }
    }

    /// Everything that was ever said.
    var all: [Push] { state.withLock(\.all) }

    func position(of channel: ChannelName) -> ChannelPosition {
        let count = state.withLock { state in
            state.pushes.count { push in
                push.channel == channel && ![.newest, .fleeting].contains(push.delivery)
            }
        }
        return ChannelPosition(epoch: "e", offset: Int64(count))
    }

    func isOnline(_ account: ID<Account>) -> Bool { state.withLock { !$0.offline.contains(account) } }
    func goOffline(_ account: ID<Account>) { _ = state.withLock { $0.offline.insert(account) } }
    func expel(_ account: ID<Account>, from channel: ChannelName) {
        state.withLock { $0.expelled.append("\(account) \(channel)") }
    }

    func recheck(_ account: ID<Account>) {}
    func end(_ channel: ChannelName) {}

    func subscriberCount(of channel: ChannelName) -> Int { state.withLock { $0.audience.count } }
    func subscriberPeak(of channel: ChannelName) -> Int { state.withLock { $0.audience.peak } }
    /// As many hear every channel.
    func gather(_ count: Int, peak: Int) { state.withLock { $0.audience = (count, peak) } }

    /// What was pushed to a channel since the last call.
    func take(_ channel: ChannelName) -> [Push] {
        state.withLock { state in
            defer { state.pushes.removeAll { $0.channel == channel } }
            return state.pushes.filter { $0.channel == channel }
        }
    }

    func types(_ channel: ChannelName) -> [String] {
        take(channel).map { $0.data["type"]?.string ?? "" }
    }

    var expelled: [String] { state.withLock { $0.expelled } }
}
