import Accounts
import Chat
import Core
import Events
import Flows
import Foundation
import Idempotency
import Jobs
import Ledger
import Logging
import Market
import Notifications
import PlazaTesting
import Presence
import RateLimit
import Realtime
import Social
import Storage
import Telemetry

/// Accounts and Social put together over a real database, with a clock that stands still.
struct FlowsFixture: Sendable {
    static let node = 1

    let database: any Database
    let clock: ManualClock
    let accounts: AccountsService
    let social: SocialService
    let market: MarketService
    let chat: ChatService
    let jobs: JobQueue
    let events: EventLog
    let directory: String

    func file(_ text: String) throws -> String {
        let path = directory + "/rows-\(UInt64.random(in: 0 ... .max)).csv"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    var importer: Importer {
        Importer(database: database, accounts: accounts, social: social, clock: clock.wall, node: Self.node)
    }

    func importFollows(_ text: String, batchRows: Int = 20_000) async throws -> ImportReport {
        try await importer.importFollows(path: try file(text), batchRows: batchRows)
    }

    func importInteractions(_ text: String, batchRows: Int = 10_000) async throws -> ImportReport {
        try await importer.importInteractions(path: try file(text), batchRows: batchRows)
    }

    func addPerson(_ handle: String) async throws -> ID<Account> {
        let draft = AccountDraft(handle: handle, password: "correct horse battery", displayName: handle)
        return try await accounts.createAccount(draft).id
    }

    func person(_ handle: String) async throws -> Person {
        try await social.person(.handle(handle), viewer: nil)
    }

    func verify() async throws -> VerificationReport {
        try await Verification(database: database).run()
    }

    /// Brings the text indexes to the head of the log.
    func indexTexts() async throws {
        let bus = EventBus(
            database: database, log: events, consumers: [social.textIndexer] + market.consumers, clock: clock.wall,
            metrics: MetricRegistry(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            try await bus.caughtUp()
            group.cancelAll()
        }
    }

    struct Counts: Sendable {
        let follower: Int64
        let following: Int64
        let post: Int64
    }

    func counts(of handle: String) async throws -> Counts {
        let counts = try await database.read { db in
            try db.first("SELECT follower_count, following_count, post_count FROM person WHERE handle = \(handle)") {
                Counts(follower: $0.integer(0), following: $0.integer(1), post: $0.integer(2))
            }
        }
        guard let counts else { throw SocialError.accountNotFound }
        return counts
    }

    func count(_ table: String) async throws -> Int64 {
        try await database.read { db in
            try db.integer("SELECT COUNT(*) FROM \(unsafeRaw: table) /* scan: a test's table */")
        }
    }
}

func withPlaza(
    limits: SocialLimits = SocialLimits(), _ body: (FlowsFixture) async throws -> Void
) async throws {
    let migrations =
        EventLog.migrations + JobQueue.migrations + AccountsService.migrations + SocialService.migrations
        + IdempotencyKeys.migrations + LedgerService.migrations + MarketService.migrations
        + ChatService.migrations + NotificationsService.migrations + PresenceService.migrations
    try await withTemporaryDirectory { directory in
        try await withDatabase(migrations) { database in
            let clock = ManualClock()
            let (random, registry) = (RandomSource.seeded(7), MetricRegistry())
            let ids = IDGenerator(node: FlowsFixture.node, clock: clock.wall)
            let events = EventLog(ids: ids, clock: clock.wall)
            let jobs = JobQueue(ids: ids, clock: clock.wall, random: random)
            let cursors = CursorSealer(key: Array(repeating: 7, count: 32))
            let market = MarketService(
                database: database, ids: ids, clock: clock.wall, events: events, jobs: jobs, cursors: cursors,
                idempotency: IdempotencyKeys(clock: clock.wall), posts: TaggingPosts(), publisher: PushRecorder(),
                registry: registry,
                spoolDirectory: directory)
            let social = SocialService(
                database: database, ids: ids, clock: clock.wall, events: events, jobs: jobs, cursors: cursors,
                products: TaggedProducts(market: market, clock: clock.wall), publisher: PushRecorder(),
                registry: registry, limits: limits)
            let nobody = NobodyHears()
            let chat = ChatService(
                database: database, ids: ids, clock: clock.wall, events: events, jobs: jobs, cursors: cursors,
                people: KnownPeople(social: social), storefront: LiveStorefront(market: market), publisher: nobody,
                online: nobody, control: nobody, limiter: RateLimiter(capacity: 1_024))
            let accounts = AccountsService(
                database: database, clock: clock.wall, ids: ids, random: random, cursors: cursors,
                hasher: PasswordHasher(cost: ScryptCost(logN: 10, blockSize: 8, parallelism: 1), random: random),
                limiter: RateLimiter(capacity: 1_024), events: events,
                accountObserver: PersonKeeper(social: social, market: market, chat: chat),
                prominent: WellKnownPeople(social: social, market: market), registry: registry)
            try await body(
                FlowsFixture(
                    database: database, clock: clock, accounts: accounts, social: social, market: market, chat: chat,
                    jobs: jobs, events: events, directory: directory))
        }
    }
}

private struct NobodyHears: ChannelPublisher, OnlineAccounts, ChannelAudience, ChannelControl {
    func publish(_ push: Push) {}
    func position(of channel: ChannelName) -> ChannelPosition { ChannelPosition(epoch: "e", offset: 0) }
    func isOnline(_ account: ID<Account>) -> Bool { false }
    func subscriberCount(of channel: ChannelName) -> Int { 0 }
    func subscriberPeak(of channel: ChannelName) -> Int { 0 }
    func expel(_ account: ID<Account>, from channel: ChannelName) {}
    func recheck(_ account: ID<Account>) {}
    func end(_ channel: ChannelName) {}
}
