import Core
import LedgerCore
import PlazaTesting
import Storage

@testable import Ledger

/// The books over a real database, with a clock that stands still.
struct LedgerFixture: Sendable {
    let ledger: LedgerService
    let database: any Database
    let clock: ManualClock
    let ids: IDGenerator

    init(database: any Database) {
        let clock = ManualClock()
        ids = IDGenerator(node: 1, clock: clock.wall)
        ledger = LedgerService(database: database, ids: ids, clock: clock.wall)
        self.database = database
        self.clock = clock
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

    // MARK: Reading

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

func withLedger(_ body: (LedgerFixture) async throws -> Void) async throws {
    try await withDatabase(LedgerService.migrations) { database in
        try await body(LedgerFixture(database: database))
    }
}
