import Core
import Events
import Idempotency
import Jobs
import LedgerCore
import Logging
import PlazaTesting
import Storage
import Telemetry
import Testing

@testable import Ledger

/// The books over a real database, with a clock that stands still.
struct LedgerFixture: Sendable {
    let ledger: LedgerService
    let database: any Database
    let clock: ManualClock
    let ids: IDGenerator

    let provider: TestPaymentProvider
    let orders = PaperOrders()
    let jobs: JobQueue

    init(database: any Database, wrapping wrap: (TestPaymentProvider) -> any PaymentProvider = { $0 }) {
        let clock = ManualClock()
        ids = IDGenerator(node: 1, clock: clock.wall)
        jobs = JobQueue(ids: ids, clock: clock.wall, random: .seeded(7))
        provider = TestPaymentProvider(secret: Array("a secret of the provider and of us".utf8), clock: clock.wall)
        ledger = LedgerService(
            database: database, ids: ids, clock: clock.wall, events: EventLog(ids: ids, clock: clock.wall), jobs: jobs,
            cursors: CursorSealer(key: Array(repeating: 7, count: 32)), keys: IdempotencyKeys(clock: clock.wall),
            payees: Everybody(), shops: NoShops(), orders: orders, providers: [wrap(provider)])
        self.database = database
        self.clock = clock
    }

    private struct Everybody: PayeeDirectory {
        func canReceive(_ payee: ID<Account>, from payer: ID<Account>, in tx: WriteTransaction) -> Bool { true }
    }

    private struct NoShops: ShopTreasury {
        func currency(
            of shop: ID<Shop>, for account: ID<Account>, to right: ShopTreasuryRight, in db: some Queryable
        ) throws -> Currency { throw LedgerError.accountNotFound }
    }

    // MARK: Making

    func wallet(of person: ID<Account>, _ currency: Currency = .eur) async throws -> ID<LedgerAccount> {
        try await account(.person(person), .wallet, currency)
    }

    func account(
        _ owner: LedgerOwner, _ purpose: LedgerPurpose, _ currency: Currency = .eur
    ) async throws -> ID<LedgerAccount> {
        try await database.write { tx in
            try ledger.account(of: owner, purpose: purpose, currency: currency, in: tx)
        }
    }

    /// A person with money in a wallet.
    func wallet(with amount: Int64, _ currency: Currency = .eur) async throws -> ID<LedgerAccount> {
        let wallet = try await wallet(of: ids.next(), currency)
        let clearing = try await account(.platform, .providerClearing, currency)
        if amount > 0 { try await together(moving(amount, from: clearing, to: wallet)) }
        return wallet
    }

    func moving(
        _ amount: Int64, from debit: ID<LedgerAccount>, to credit: ID<LedgerAccount>, id: ID<Transfer>? = nil,
        for purpose: TransferPurpose = .personal, of subject: Int64 = 0, isLinkedToNext: Bool = false
    ) -> Transfer {
        Transfer(
            id: id ?? ids.next(), .post(.init(debit: debit, credit: credit, amount: amount)), for: purpose,
            of: subject, isLinkedToNext: isLinkedToNext)
    }

    func holding(
        _ amount: Int64, from debit: ID<LedgerAccount>, to credit: ID<LedgerAccount>, seconds: Int64 = 60
    ) -> Transfer {
        Transfer(
            id: ids.next(),
            .hold(.init(debit: debit, credit: credit, amount: amount), until: clock.now.advanced(bySeconds: seconds)),
            for: .orderPayment)
    }

    // MARK: Doing

    @discardableResult
    func post(_ transfers: Transfer...) async throws -> [TransferOutcome] {
        try await database.write { tx in try ledger.post(transfers, in: tx) }
    }

    func together(_ transfers: Transfer...) async throws {
        try await database.write { tx in try ledger.postTogether(transfers, in: tx) }
    }

    // MARK: Work in the background

    /// Runs every job that is due, and those that they enqueue.
    func runJobs() async throws {
        var handlers = JobHandlers()
        ledger.register(in: &handlers)
        let worker = JobWorker(
            database: database, queue: jobs, handlers: handlers, metrics: MetricRegistry(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await worker.idle()
            group.cancelAll()
        }
    }

    /// The same until the provider has made up its mind.
    func runJobsForMinutes() async throws {
        for _ in 0..<6 {
            try await runJobs()
            clock.advance(seconds: 30)
        }
        try await runJobs()
    }

    /// Sends what the provider would have sent by now.
    func deliverCallbacks() async throws {
        for callback in provider.takeCallbacks() { try await deliver(callback) }
    }

    func deliver(_ callback: TestPaymentProvider.Callback) async throws {
        try await ledger.receiveCallback(from: "test", headers: callback.headers, body: callback.body)
    }

    // MARK: Reading

    /// What the checks of `plaza verify` find: `check subject`.
    func findings() async throws -> [String] {
        var all: [String] = []
        for check in LedgerService.consistencyChecks {
            all += try await database.read(lane: .background) { db in
                var findings: [String] = []
                _ = try check.search(db) { finding in findings.append("\(check.name) \(finding.subject)") }
                return findings
            }
        }
        return all
    }

    func events(_ type: String) async throws -> Int64 {
        try await number("SELECT COUNT(*) FROM event WHERE type = \(type) /* scan: test */")
    }

    func state(of account: ID<LedgerAccount>) async throws -> LedgerAccount? {
        try await database.read { db in try db.ledgerAccounts([account]).first }
    }

    func balance(of account: ID<LedgerAccount>) async throws -> Int64? {
        try await state(of: account)?.balance
    }

    func transfer(_ id: ID<Transfer>) async throws -> RecordedTransfer? {
        try await database.read { db in try db.recordedTransfers([id]).first }
    }

    func number(_ sql: SQL) async throws -> Int64 {
        try await database.read { db in try db.integer(sql) }
    }
}

extension Currency {
    static let eur = named("EUR")
    static let jpy = named("JPY")

    private static func named(_ code: String) -> Currency {
        guard let currency = Currency(code) else { preconditionFailure("\(code) is a currency") }
        return currency
    }
}

/// Books that are found sound when `body` has returned.
func withLedger(
    wrapping wrap: (TestPaymentProvider) -> any PaymentProvider = { $0 }, isSound: Bool = true,
    _ body: (LedgerFixture) async throws -> Void
) async throws {
    let migrations =
        EventLog.migrations + JobQueue.migrations + IdempotencyKeys.migrations + LedgerService.migrations
    try await withDatabase(migrations) { database in
        let books = LedgerFixture(database: database, wrapping: wrap)
        try await body(books)
        if isSound {
            let findings = try await books.findings()
            #expect(findings == [])
        }
    }
}
