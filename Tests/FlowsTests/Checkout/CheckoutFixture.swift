import Accounts
import Chat
import Core
import Events
import Idempotency
import Jobs
import LedgerCore
import Logging
import PlazaTesting
import Presence
import Social
import Storage
import Telemetry

@testable import Flows
@testable import Ledger
@testable import Market
import Notifications

/// Shops and wallets over a real database, with a clock that stands still.
struct CheckoutFixture: Sendable {
    let database: any Database
    let clock: ManualClock
    let ids: IDGenerator
    let market: MarketService
    let ledger: LedgerService
    let social: SocialService
    let checkout: Checkout
    let provider: TestPaymentProvider
    private let events: EventLog
    private let jobs: JobQueue

    static let address: JSON = ["name": "Ann", "street": "Kiln Lane 1", "city": "Delft", "country": "NL"]

    private struct NobodyElse: PayeeDirectory {
        func canReceive(_ payee: ID<Account>, from payer: ID<Account>, in tx: WriteTransaction) throws -> Bool { false }
    }

    init(
        database: any Database, directory: String, wrapping wrap: (TestPaymentProvider) -> any PaymentProvider
    ) {
        let clock = ManualClock()
        ids = IDGenerator(node: 1, clock: clock.wall)
        events = EventLog(ids: ids, clock: clock.wall)
        jobs = JobQueue(ids: ids, clock: clock.wall, random: .seeded(7))
        let cursors = CursorSealer(key: Array(repeating: 7, count: 32))
        let keys = IdempotencyKeys(clock: clock.wall)
        provider = TestPaymentProvider(secret: Array(repeating: 7, count: 32), clock: clock.wall)
        market = MarketService(
            database: database, ids: ids, clock: clock.wall, events: events, jobs: jobs, cursors: cursors,
            idempotency: keys, posts: TaggingPosts(), publisher: PushRecorder(), registry: MetricRegistry(),
            spoolDirectory: directory)
        social = SocialService(
            database: database, ids: ids, clock: clock.wall, events: events, jobs: jobs, cursors: cursors,
            products: TaggedProducts(market: market, clock: clock.wall), publisher: PushRecorder(),
            registry: MetricRegistry())
        let makeCheckout = { @Sendable [market, social, ids] ledger in
            Checkout(
                database: database, market: market, ledger: ledger, social: social, keys: keys, ids: ids,
                feeBasisPoints: 500)
        }
        ledger = LedgerService(
            database: database, ids: ids, clock: clock.wall, events: events, jobs: jobs, cursors: cursors, keys: keys,
            payees: NobodyElse(), shops: Treasury(market: market),
            orders: AuthorisedOrders(market: market, checkout: makeCheckout),
            providers: [wrap(provider)])
        checkout = makeCheckout(ledger)
        self.database = database
        self.clock = clock
    }

    // MARK: Making

    func euros(_ amount: Int64) throws -> Money {
        guard let euro = Currency("EUR") else { throw OrderError.currenciesDiffer }
        return Money(amount, euro)
    }

    func person(with amount: Int64 = 0) async throws -> ID<Account> {
        let person = ids.next(Account.self)
        if amount > 0 { try await give(amount, to: .person(person)) }
        return person
    }

    /// Takes when it is negative.
    func give(_ amount: Int64, to owner: LedgerOwner) async throws {
        let money = try euros(amount)
        _ = try await database.write { tx in
            try ledger.adjust(owner, by: money, reason: "test", administrator: ids.next(), in: tx)
        }
    }

    func shop(_ handle: String = "kiln", _ code: String = "EUR") async throws -> ShopProfile {
        guard let currency = Currency(code) else { throw OrderError.currenciesDiffer }
        return try await market.openShop(handle: handle, name: handle, currency: currency, by: ids.next())
    }

    func product(in shop: ShopProfile, price: Int64 = 1_000, stock: Int64 = 10) async throws -> ID<Product> {
        var draft = ProductDraft(title: "Bowl \(ids.next(Product.self))")
        draft.status = .active
        var variant = VariantDraft(price: price)
        variant.onHand = stock
        draft.variants = [variant]
        return try await market.create(draft, in: shop.id, by: shop.owner).id
    }

    /// The only variant of a new product.
    func variant(in shop: ShopProfile, price: Int64 = 1_000, stock: Int64 = 10) async throws -> ID<Variant> {
        try await variant(of: try await product(in: shop, price: price, stock: stock))
    }

    func variant(of product: ID<Product>) async throws -> ID<Variant> {
        let id = try await number("SELECT id FROM variant WHERE product_id = \(product) AND is_deleted = 0")
        return ID(rawValue: id)
    }

    func line(_ variant: ID<Variant>, _ quantity: Int64 = 1, price: Int64 = 1_000) throws -> Purchase.Line {
        .init(variant: variant, quantity: quantity, price: try euros(price))
    }

    // MARK: Doing

    func buy(
        _ lines: [Purchase.Line]?, by buyer: ID<Account>, capture: Purchase.Capture = .now
    ) async throws -> NewOrder {
        let wish = Purchase(lines: lines, address: Self.address, capture: capture)
        return try await database.write { tx in try checkout.buy(wish, by: buyer, in: tx) }
    }

    @discardableResult
    func act(
        _ event: OrderEvent, on order: NewOrder, shop: ID<Shop>? = nil, by caller: OrderCaller
    ) async throws -> [OrderPart] {
        try await database.write { tx in try checkout.act(event, on: order.id, shop: shop, by: caller, in: tx) }
    }

    /// Runs every job that is due, and lets orders hear of what has come of them.
    func work() async throws {
        var handlers = JobHandlers()
        ledger.register(in: &handlers)
        market.register(in: &handlers)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let worker = JobWorker(
            database: database, queue: jobs, handlers: handlers, metrics: MetricRegistry(), logger: logger)
        let bus = EventBus(
            database: database, log: events, consumers: [checkout.orderPayer] + market.consumers, clock: clock.wall,
            metrics: MetricRegistry(), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            group.addTask { try await bus.run() }
            try await worker.idle()
            try await bus.caughtUp()
            group.cancelAll()
        }
    }

    // MARK: Reading

    func number(_ sql: SQL) async throws -> Int64 {
        try await database.read { db in try db.integer(sql) }
    }

    func count(_ table: String) async throws -> Int64 {
        try await number("SELECT COUNT(*) FROM \(unsafeRaw: table) /* scan: a test's table */")
    }

    private func balance(_ owner: LedgerOwner, _ purpose: LedgerPurpose) async throws -> LedgerAccount? {
        try await ledger.accounts(of: owner).first { $0.key.purpose == purpose }?.account
    }

    func wallet(_ person: ID<Account>) async throws -> Int64 {
        try await balance(.person(person), .wallet)?.balance ?? 0
    }

    /// What may be spent, without what is set aside.
    func available(_ person: ID<Account>) async throws -> Int64 {
        try await balance(.person(person), .wallet)?.available ?? 0
    }

    func wallet(_ shop: ShopProfile) async throws -> Int64 { try await balance(.shop(shop.id), .wallet)?.balance ?? 0 }
    func escrow(_ shop: ShopProfile) async throws -> Int64 { try await balance(.shop(shop.id), .escrow)?.balance ?? 0 }
    func fees() async throws -> Int64 { try await balance(.platform, .fees)?.balance ?? 0 }

    /// Pieces that can be bought.
    func available(_ variant: ID<Variant>) async throws -> Int64 {
        try await number("SELECT on_hand - reserved FROM stock WHERE variant_id = \(variant)")
    }

    func onHand(_ variant: ID<Variant>) async throws -> Int64 {
        try await number("SELECT on_hand FROM stock WHERE variant_id = \(variant)")
    }

    func events(_ type: String) async throws -> Int64 {
        try await number("SELECT COUNT(*) FROM event WHERE type = \(type) /* scan: a test's table */")
    }

    /// What `plaza verify` has to say against it.
    func findings() async throws -> [VerificationReport.Listed] {
        try await Verification(database: database).run().findings
    }
}

func withMarketplace(
    wrapping wrap: @escaping @Sendable (TestPaymentProvider) -> any PaymentProvider = { $0 },
    _ body: @escaping @Sendable (CheckoutFixture) async throws -> Void
) async throws {
    let migrations =
        EventLog.migrations + JobQueue.migrations + AccountsService.migrations + SocialService.migrations
        + IdempotencyKeys.migrations + LedgerService.migrations + MarketService.migrations
        + ChatService.migrations + NotificationsService.migrations + PresenceService.migrations
    try await withTemporaryDirectory { directory in
        try await withDatabase(migrations) { database in
            try await body(CheckoutFixture(database: database, directory: directory + "/imports", wrapping: wrap))
        }
    }
}
