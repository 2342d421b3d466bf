import Core
import Events
import Idempotency
import Jobs
import Logging
import PlazaTesting
import Realtime
import Storage
import Telemetry
import Testing

@testable import Market

/// Market over a real database, with a clock that stands still and jobs that run when they are told to.
struct MarketFixture: Sendable {
    let market: MarketService
    let database: any Database
    let statements: StatementRecorder
    let clock: ManualClock
    let ids: IDGenerator
    let events: EventLog
    let jobs: JobQueue
    let registry = MetricRegistry()
    let pushes = PushRecorder()

    struct NoPosts: PostDirectory {
        func count(tagging product: ID<Product>, in db: some Queryable) throws -> Int64 { 0 }
    }

    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    init(database: any Database, directory: String) {
        let clock = ManualClock()
        let statements = StatementRecorder(database: database)
        ids = IDGenerator(node: 1, clock: clock.wall)
        events = EventLog(ids: ids, clock: clock.wall)
        jobs = JobQueue(ids: ids, clock: clock.wall, random: .seeded(7))
        market = MarketService(
            database: statements, ids: ids, clock: clock.wall, events: events, jobs: jobs,
            cursors: CursorSealer(key: Array(repeating: 7, count: 32)),
            idempotency: IdempotencyKeys(clock: clock.wall), posts: NoPosts(), publisher: pushes, registry: registry,
            spoolDirectory: directory + "/imports")
        self.database = database
        self.statements = statements
        self.clock = clock
    }

    // MARK: Making

    func person() -> ID<Account> { ids.next() }

    func shop(_ handle: String = "kiln", by owner: ID<Account>? = nil, in code: String = "EUR") async throws
        -> ShopProfile
    {
        let currency = try code.currency
        return try await market.openShop(
            handle: handle, name: "The \(handle)", currency: currency, by: owner ?? person())
    }

    /// An active product with a single variant.
    @discardableResult
    func product(
        _ title: String = "Blue bowl", in shop: ShopProfile, price: Int64 = 1_999, stock: Int64 = 10,
        _ change: (inout ProductDraft) -> Void = { _ in }
    ) async throws -> ID<Product> {
        clock.set(clock.now.advanced(by: .milliseconds(1)))
        var draft = ProductDraft(title: title)
        draft.status = .active
        var variant = VariantDraft(price: price)
        variant.onHand = stock
        draft.variants = [variant]
        change(&draft)
        return try await market.create(draft, in: shop.id, by: shop.owner).id
    }

    /// The variants of a product in their order.
    func variants(of product: ID<Product>) async throws -> [ID<Variant>] {
        try await database.read { db in
            try db.rows("SELECT id FROM variant WHERE product_id = \(product) AND is_deleted = 0 ORDER BY position") {
                $0.id(0)
            }
        }
    }

    func variant(of product: ID<Product>) async throws -> ID<Variant> {
        try await variants(of: product)[0]
    }

    @discardableResult
    func take(_ lines: [SaleLine], by buyer: ID<Account>, for order: ID<Order>? = nil) async throws -> [SaleVariant] {
        let order = order ?? ids.next()
        return try await database.write { tx in try market.take(lines, for: order, by: buyer, in: tx) }
    }

    /// Orders from one shop and pays at once.
    func buy(_ lines: [SaleLine], by buyer: ID<Account>) async throws {
        let order = ids.next(Order.self)
        try await database.write { tx in
            let sold = try market.take(lines, for: order, by: buyer, in: tx)
            let ordered = zip(sold, lines).map { OrderLine($0, quantity: $1.quantity) }
            let total = Money(ordered.reduce(0) { $0 + $1.total.amount }, sold[0].price.currency)
            let part = OrderPart(
                order: order, shop: sold[0].shop, state: .paid, total: total, money: .init(paid: total.amount),
                hold: nil, feeBasisPoints: 0, dueAt: nil)
            try market.place(
                NewOrder(
                    id: order, buyer: buyer, address: [:], attribution: nil, awaitedPayment: nil, total: total,
                    parts: [part], lines: ordered), in: tx)
        }
    }

    /// Why the lines cannot be had; empty when they were.
    func refusals(of lines: [SaleLine], by buyer: ID<Account>? = nil) async throws -> [SaleRefusal] {
        do {
            try await take(lines, by: buyer ?? person())
            return []
        } catch MarketError.notSold(let lines) {
            return lines.map(\.refusal)
        }
    }

    func stock(of variant: ID<Variant>) async throws -> SaleVariant {
        let found = try await database.read { db in try market.variants([variant], in: db) }
        guard let variant = found[0] else { throw MarketError.variantNotFound }
        return variant
    }

    // MARK: Work in the background

    /// Runs every job that is due, and those that they enqueue.
    func runJobs() async throws {
        var handlers = JobHandlers()
        market.register(in: &handlers)
        let worker = JobWorker(
            database: database, queue: jobs, handlers: handlers, metrics: MetricRegistry(), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await worker.idle()
            group.cancelAll()
        }
    }

    /// Lets what follows events see them all.
    func follow() async throws {
        let bus = EventBus(
            database: database, log: events, consumers: market.consumers, clock: clock.wall,
            metrics: MetricRegistry(), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            try await bus.caughtUp()
            group.cancelAll()
        }
    }

    // MARK: Reading

    func number(_ sql: SQL) async throws -> Int64 {
        try await database.read { db in try db.integer(sql) }
    }

    /// What `plaza verify` would say of Market once all events have been seen.
    func findings() async throws -> [String] {
        try await follow()
        var all: [String] = []
        // Pieces are taken here without an order.
        for check in MarketService.consistencyChecks where check.name != "order.stock" {
            let findings = try await database.read { db in
                var findings: [String] = []
                let outcome = try check.search(db) { found in
                    findings.append("\(check.name): \(found.subject) \(found.expected) \(found.found)")
                }
                if case .skipped(let reason) = outcome { findings.append("\(check.name): \(reason)") }
                return findings
            }
            all += findings
        }
        return all
    }
}

extension String {
    fileprivate var currency: Currency {
        get throws {
            guard let currency = Currency(rawValue: self) else { throw MarketError.currencyNeeded }
            return currency
        }
    }
}

func withMarket(_ body: (MarketFixture) async throws -> Void) async throws {
    try await withTemporaryDirectory { directory in
        try await withDatabase(
            MarketService.migrations + IdempotencyKeys.migrations + EventLog.migrations + JobQueue.migrations
        ) { database in
            let fixture = MarketFixture(database: database, directory: directory)
            try await body(fixture)
            let shape = ShopChannels(market: fixture.market).shape
            #expect(fixture.pushes.undescribed(by: ["shop": shape.pushes]) == [])
        }
    }
}
