package import Accounts
package import Chat
package import Core
package import Events
package import Flows
import Idempotency
package import Jobs
package import Ledger
package import Logging
package import Market
package import Notifications
import NIOPosix
package import Presence
import RateLimit
package import Realtime
import ServiceLifecycle
package import Social
import Storage
package import StorageSQLite
package import Telemetry

/// The house put together: the only place that constructs things.
package final class Plaza: Sendable {
    package static let version = "0.1.0"

    package let configuration: Configuration
    package let directory: DataDirectory
    package let database: SQLiteDatabase
    package let clock: WallClock
    package let random: RandomSource
    package let ids: IDGenerator
    package let events: EventLog
    package let jobs: JobQueue
    package let registry: MetricRegistry
    package let accounts: AccountsService
    package let social: SocialService
    package let ledger: LedgerService
    package let market: MarketService
    package let chat: ChatService
    package let notifications: NotificationsService
    package let presence: PresenceService
    package let flows: AccountFlows
    package let checkout: Checkout
    package let hub: RealtimeHub
    package let logger: Logger
    let cursors: CursorSealer
    let tickets: SocketTickets
    let keys: IdempotencyKeys
    let limiter: RateLimiter
    let node: NodeClaim

    static let migrations =
        [NodeClaim.migration] + EventLog.migrations + JobQueue.migrations + AccountsService.migrations
        + SocialService.migrations + IdempotencyKeys.migrations + LedgerService.migrations
        + MarketService.migrations + ChatService.migrations + NotificationsService.migrations
        + PresenceService.migrations

    /// Opens the data directory and builds every part.
    ///
    /// The schema is brought up to date where the directory is being made, which a server's start counts as. Otherwise one
    /// that is not is refused.
    /// - Throws: ``DataDirectory/NoPlaza``, ``StorageError/inUse(path:)``, ``StorageError/pendingMigrations(_:)``.
    package init(
        _ configuration: Configuration, opening: DataDirectory.Opening = .making, clock: WallClock = .system,
        random: RandomSource = .system, passwordCost: ScryptCost = .standard, checksPlans: Bool = false,
        logger: Logger
    ) async throws {
        self.configuration = configuration
        self.clock = clock
        self.random = random
        self.logger = logger
        registry = MetricRegistry()
        registry.registerProcess(clock: clock)
        directory = try DataDirectory(
            path: configuration.dataDirectory, file: configuration.databaseFile, opening: opening)
        database = try Self.open(
            configuration, in: directory, checksPlans: checksPlans, registry: registry, logger: logger)
        switch opening {
        case .making: try await Self.migrate(database, clock: clock, logger: logger)
        case .filling, .beside: try await Self.requireCurrentSchema(of: database)
        }
        node = try await NodeClaim.claim(in: database, clock: clock, random: random)
        ids = IDGenerator(node: node.number, clock: clock)
        events = EventLog(ids: ids, clock: clock)
        jobs = JobQueue(ids: ids, clock: clock, random: random)
        let secret = try Self.secret(configuration, directory, opening, random: random)
        cursors = CursorSealer(key: secret)
        tickets = SocketTickets(key: secret, clock: clock, random: random)
        hub = RealtimeHub(
            limits: configuration.realtime, group: MultiThreadedEventLoopGroup.singleton, random: random, clock: clock,
            registry: registry, logger: logger)
        keys = IdempotencyKeys(clock: clock)
        limiter = RateLimiter()
        market = MarketService(
            database: database, ids: ids, clock: clock, events: events, jobs: jobs, cursors: cursors,
            idempotency: keys, posts: TaggingPosts(), publisher: hub, registry: registry,
            cacheBytes: configuration.cardCacheBytes,
            spoolDirectory: directory.file("imports"))
        var socialLimits = SocialLimits()
        socialLimits.cardCacheBytes = configuration.cardCacheBytes
        social = SocialService(
            database: database, ids: ids, clock: clock, events: events, jobs: jobs, cursors: cursors,
            products: TaggedProducts(market: market, clock: clock), publisher: hub, registry: registry,
            limits: socialLimits)
        notifications = NotificationsService(
            database: database, ids: ids, clock: clock, cursors: cursors, jobs: jobs,
            directory: NotificationAudience(market: market), publisher: hub)
        presence = PresenceService(
            database: database, clock: clock, circle: FriendCircle(), publisher: hub, online: hub,
            logger: logger)
        chat = ChatService(
            database: database, ids: ids, clock: clock, events: events, jobs: jobs, cursors: cursors,
            people: KnownPeople(social: social), storefront: LiveStorefront(market: market), publisher: hub,
            online: hub, control: hub, limiter: RateLimiter(capacity: 1 << 16))
        accounts = AccountsService(
            database: database, clock: clock, ids: ids, random: random, cursors: cursors,
            hasher: PasswordHasher(cost: passwordCost, random: random), limiter: limiter,
            limits: configuration.accounts, events: events,
            accountObserver: PersonKeeper(social: social, market: market, chat: chat),
            prominent: WellKnownPeople(social: social, market: market),
            sessionsEnded: { [hub] sessions, account in hub.close(sessions, of: account) }, registry: registry)
        let makeCheckout = { @Sendable [database, market, social, keys, ids] ledger in
            Checkout(
                database: database, market: market, ledger: ledger, social: social, keys: keys, ids: ids,
                feeBasisPoints: configuration.feeBasisPoints)
        }
        ledger = LedgerService(
            database: database, ids: ids, clock: clock, events: events, jobs: jobs, cursors: cursors, keys: keys,
            payees: Payees(social: social), shops: Treasury(market: market),
            orders: AuthorisedOrders(market: market, checkout: makeCheckout),
            providers: Self.providers(configuration, secret: secret, clock: clock))
        checkout = makeCheckout(ledger)
        flows = AccountFlows(
            database: database, accounts: accounts, social: social, ledger: ledger, market: market, chat: chat,
            notifications: notifications, presence: presence, clock: clock)
    }

    private static func open(
        _ configuration: Configuration, in directory: DataDirectory, checksPlans: Bool, registry: MetricRegistry,
        logger: Logger
    ) throws -> SQLiteDatabase {
        var options = SQLiteOptions()
        options.slowStatementMilliseconds = configuration.slowStatementMilliseconds
        options.checksPlans = checksPlans
        options.logger = logger
        return try SQLiteDatabase(
            path: directory.file(configuration.databaseFile), options: options, registry: registry)
    }

    private static func migrate(_ database: SQLiteDatabase, clock: WallClock, logger: Logger) async throws {
        let applied = try await Migrator(migrations, clock: clock).migrate(database)
        if !applied.isEmpty {
            logger.info("schema migrated", metadata: ["migrations": "\(applied.joined(separator: ", "))"])
        }
    }

    private static func secret(
        _ configuration: Configuration, _ directory: DataDirectory, _ opening: DataDirectory.Opening,
        random: RandomSource
    ) throws -> [UInt8] {
        if let secret = configuration.secret { return Array(secret.utf8) }
        // Tools that make nothing hand out no cursors either.
        return opening == .making ? try directory.secret(random: random) : random.bytes(32)
    }

    private static func providers(
        _ configuration: Configuration, secret: [UInt8], clock: WallClock
    ) -> [any PaymentProvider] {
        guard configuration.paymentProvider == "test" else { return [] }
        return [TestPaymentProvider(secret: secret, clock: clock)]
    }

    /// Gives the node number back and closes the files.
    package func close() async {
        try? await node.release(in: database)
        database.close()
    }
}
