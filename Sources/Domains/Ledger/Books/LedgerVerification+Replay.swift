import Core
import LedgerCore
import Storage

/// The books again from the first transfer on, without the core: what is checked does not check itself.
extension LedgerService {
    /// Accounts that are replayed at once: some 100 bytes each.
    private static let accountsPerPass = 500_000

    /// Each account's sums are those of its transfers, each running balance follows from the one before it, and time
    /// goes forward.
    static var replayCheck: ConsistencyCheck {
        ConsistencyCheck("ledger.replay") { db, found in
            var after = ID<LedgerAccount>(rawValue: 0)
            while let last = try replay(after: after, in: db, found) { after = last }
            return .done
        }
    }

    /// - Returns: the last account replayed; nil when there was none.
    private static func replay(
        after: ID<LedgerAccount>, in db: ReadTransaction, _ found: (ConsistencyCheck.Finding) -> Void
    ) throws -> ID<LedgerAccount>? {
        var accounts: [ID<LedgerAccount>: ReplayedAccount] = [:]
        var last: ID<LedgerAccount>?
        try db.forEach(
            """
            SELECT id, debits_pending, debits_posted, credits_pending, credits_posted
            FROM ledger_account
            WHERE id > \(after)
            ORDER BY id
            LIMIT \(accountsPerPass)
            """
        ) { row in
            let stored = ReplayedSums(
                debitsPending: row.integer(1), debitsPosted: row.integer(2), creditsPending: row.integer(3),
                creditsPosted: row.integer(4))
            accounts[row.id(0)] = ReplayedAccount(stored: stored)
            last = row.id(0)
        }
        guard let last else { return nil }
        try replay(into: &accounts, in: db, found)
        for (id, account) in accounts.sorted(by: { $0.key < $1.key }) where account.stored != account.sums {
            found(.init(subject: "\(id)", expected: account.sums.text, found: account.stored.text))
        }
        return last
    }

    private static func replay(
        into accounts: inout [ID<LedgerAccount>: ReplayedAccount], in db: ReadTransaction,
        _ found: (ConsistencyCheck.Finding) -> Void
    ) throws {
        var before = Timestamp(microseconds: .min)
        try db.forEach(
            """
            SELECT transfer.id, transfer.kind, transfer.amount, transfer.debit_id, transfer.debit_balance,
                transfer.credit_id, transfer.credit_balance, transfer.created_at, hold.amount
            FROM transfer
            LEFT JOIN transfer AS hold ON hold.id = transfer.hold_id
            ORDER BY transfer.position /* scan: verify */
            """
        ) { row in
            func wrong(_ expected: String, _ actual: String) {
                found(.init(subject: "\(row.id(0, Transfer.self))", expected: expected, found: actual))
            }
            let (posted, pending) = movement(kind: row.integer(1), amount: row.integer(2), held: row.integer(8))
            let debit = accounts[row.id(3)]?.debit(posted, pending)
            if let debit, debit != row.integer(4) { wrong("\(debit) left to debit", "\(row.integer(4))") }
            let credit = accounts[row.id(5)]?.credit(posted, pending)
            if let credit, credit != row.integer(6) { wrong("\(credit) after credit", "\(row.integer(6))") }
            if row.timestamp(7) < before { wrong("\(before) or later", "\(row.timestamp(7))") }
            before = row.timestamp(7)
        }
    }

    /// What a transfer adds to the posted and pending sums of both its accounts.
    private static func movement(kind: Int64, amount: Int64, held: Int64) -> (posted: Int64, pending: Int64) {
        switch RecordedTransfer.Kind(rawValue: kind) {
        case .post: (amount, 0)
        case .hold: (0, amount)
        case .settle: (amount, -held)
        case .void, .expire: (0, -held)
        case nil: (0, 0)
        }
    }
}

/// Sums that may be those of damaged books: they wrap instead of ending the process.
private struct ReplayedSums: Equatable {
    var debitsPending: Int64 = 0
    var debitsPosted: Int64 = 0
    var creditsPending: Int64 = 0
    var creditsPosted: Int64 = 0

    var balance: Int64 { creditsPosted &- debitsPosted }

    var text: String {
        "\(debitsPosted) out, \(creditsPosted) in, \(debitsPending) and \(creditsPending) pending"
    }
}

private struct ReplayedAccount {
    let stored: ReplayedSums
    private(set) var sums = ReplayedSums()

    init(stored: ReplayedSums) {
        self.stored = stored
    }

    /// - Returns: the balance.
    mutating func debit(_ posted: Int64, _ pending: Int64) -> Int64 {
        sums.debitsPosted &+= posted
        sums.debitsPending &+= pending
        return sums.balance
    }

    /// - Returns: the balance.
    mutating func credit(_ posted: Int64, _ pending: Int64) -> Int64 {
        sums.creditsPosted &+= posted
        sums.creditsPending &+= pending
        return sums.balance
    }
}
