package import Accounts
package import Core
package import Events
package import Flows
package import Jobs
package import Logging
import NIOPosix
import RateLimit
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
    package let flows: AccountFlows
    package let logger: Logger
    let cursors: CursorSealer
    let limiter: RateLimiter
    let node: NodeClaim

    static let migrations =
        [NodeClaim.migration] + EventLog.migrations + JobQueue.migrations + AccountsService.migrations
        + SocialService.migrations

    /// Opens the data directory, brings its schema up to date and builds every part.
    /// - Parameters:
    ///   - isExclusive: false for tools that may run beside a server.
    ///   - migrates: false to refuse a schema with pending migrations instead.
    package init(
        _ configuration: Configuration, isExclusive: Bool = true, clock: WallClock = .system,
        random: RandomSource = .system, passwordCost: ScryptCost = .standard, checksPlans: Bool = false,
        logger: Logger
    ) async throws {
        self.configuration = configuration
        self.clock = clock
        self.random = random
        self.logger = logger
        registry = MetricRegistry()
        registry.registerProcess(clock: clock)
        directory = try DataDirectory(path: configuration.dataDirectory, isExclusive: isExclusive)
        database = try Self.open(
            configuration, in: directory, checksPlans: checksPlans, registry: registry, logger: logger)
        let applied = try await Migrator(Self.migrations, clock: clock).migrate(database)
        if !applied.isEmpty {
            logger.info("schema migrated", metadata: ["migrations": "\(applied.joined(separator: ", "))"])
        }
        node = try await NodeClaim.claim(in: database, clock: clock, random: random)
        ids = IDGenerator(node: node.number, clock: clock)
        events = EventLog(ids: ids, clock: clock)
        jobs = JobQueue(ids: ids, clock: clock, random: random)
        cursors = CursorSealer(key: try configuration.secret.map { Array($0.utf8) } ?? directory.secret(random: random))
        limiter = RateLimiter()
        var socialLimits = SocialLimits()
        socialLimits.cardCacheBytes = configuration.cardCacheBytes
        social = SocialService(
            database: database, ids: ids, clock: clock, events: events, jobs: jobs, cursors: cursors,
            registry: registry, limits: socialLimits)
        accounts = AccountsService(
            database: database, clock: clock, ids: ids, random: random, cursors: cursors,
            hasher: PasswordHasher(cost: passwordCost, random: random), limiter: limiter, events: events,
            accountObserver: PersonKeeper(social: social), registry: registry)
        flows = AccountFlows(database: database, accounts: accounts, social: social, clock: clock)
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

    /// Gives the node number back and closes the files.
    package func close() async {
        try? await node.release(in: database)
        database.close()
    }
}
