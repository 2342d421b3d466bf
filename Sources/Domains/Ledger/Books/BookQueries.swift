import Core
import LedgerCore
import Storage

extension Queryable {
    /// On PostgreSQL rows that a decision rests on are locked, in the order of the statement. SQLite has one writer, and
    /// no words for it.
    private var locked: SQL { dialect == .postgres ? "FOR UPDATE" : "" }

    func ledgerAccounts(_ ids: Set<ID<LedgerAccount>>) throws -> [LedgerAccount] {
        var accounts: [LedgerAccount] = []
        try forEach(in: ids.sorted()) { part in
            """
            SELECT id, currency, rule, is_frozen, debits_pending, debits_posted, credits_pending, credits_posted
            FROM ledger_account
            WHERE id IN (\(list: part))
            ORDER BY id
            \(locked)
            """
        } _: { row in
            accounts.append(LedgerAccount(row))
        }
        return accounts
    }

    func recordedTransfers(_ ids: Set<ID<Transfer>>) throws -> [RecordedTransfer] {
        var transfers: [RecordedTransfer] = []
        try forEach(in: ids.sorted()) { part in
            """
            SELECT id, kind, debit_id, credit_id, amount, hold_id, expires_at, hold_state, purpose, subject, created_at,
                debit_balance, credit_balance
            FROM transfer
            WHERE id IN (\(list: part))
            ORDER BY id
            \(locked)
            """
        } _: { row in
            transfers.append(RecordedTransfer(row))
        }
        return transfers
    }

    /// When the newest transfer was applied; nil before the first.
    func newestTransferAt() throws -> Timestamp? {
        try first("SELECT created_at FROM transfer ORDER BY position DESC LIMIT 1") { $0.timestamp(0) }
    }
}

extension WriteTransaction {
    /// Of so many rows SQLite is handed each by itself: see ``WriteTransaction/executeEach(_:_:_:changed:)``.
    private func isLong(_ count: Int) -> Bool { dialect == .sqlite && count > 256 }

    func writeSums(of accounts: [LedgerAccount]) throws {
        let accounts = accounts.sorted { $0.id < $1.id }
        func bind(_ account: LedgerAccount, _ values: inout [SQLValue]) {
            values.append(.integer(account.debitsPending))
            values.append(.integer(account.debitsPosted))
            values.append(.integer(account.creditsPending))
            values.append(.integer(account.creditsPosted))
            values.append(account.id.sqlValue)
        }
        if isLong(accounts.count) {
            return try executeEach(
                accounts,
                """
                UPDATE ledger_account
                SET debits_pending = ?, debits_posted = ?, credits_pending = ?, credits_posted = ?
                WHERE id = ?
                """, bind)
        }
        try executeMany(
            accounts,
            as: """
                (CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))
                """, bind
        ) { values in
            """
            WITH changed (debits_pending, debits_posted, credits_pending, credits_posted, id) AS (\(values))
            UPDATE ledger_account
            SET debits_pending = changed.debits_pending, debits_posted = changed.debits_posted,
                credits_pending = changed.credits_pending, credits_posted = changed.credits_posted
            FROM changed
            WHERE ledger_account.id = changed.id
            """
        }
    }

    /// - Parameter transfers: in the order in which they were applied.
    func insert(_ transfers: [RecordedTransfer]) throws {
        func bind(_ transfer: RecordedTransfer, _ values: inout [SQLValue]) {
            values.append(transfer.id.sqlValue)
            values.append(.integer(transfer.kind.rawValue))
            values.append(transfer.movement.debit.sqlValue)
            values.append(transfer.movement.credit.sqlValue)
            values.append(.integer(transfer.movement.amount))
            values.append(transfer.hold?.sqlValue ?? .null)
            values.append(transfer.expiresAt?.sqlValue ?? .null)
            values.append(transfer.holdState.map { .integer($0.rawValue) } ?? .null)
            values.append(.integer(transfer.purpose))
            values.append(.integer(transfer.subject))
            values.append(transfer.createdAt.sqlValue)
            values.append(.integer(transfer.debitBalance))
            values.append(.integer(transfer.creditBalance))
        }
        let into: SQL = """
            INSERT INTO transfer
                (id, kind, debit_id, credit_id, amount, hold_id, expires_at, hold_state, purpose, subject, created_at,
                 debit_balance, credit_balance)
            """
        let row: StaticString = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        if isLong(transfers.count) {
            return try executeEach(transfers, "\(into) VALUES \(unsafeRaw: "\(row)")", bind)
        }
        try executeMany(transfers, as: row, bind) { values in "\(into) \(values)" }
    }

    func writeStates(of holds: [RecordedTransfer]) throws {
        try executeMany(holds.sorted { $0.id < $1.id }, as: "(CAST(? AS BIGINT), CAST(? AS BIGINT))") { hold, values in
            values.append(hold.id.sqlValue)
            values.append(hold.holdState.map { .integer($0.rawValue) } ?? .null)
        } statement: { values in
            """
            WITH ended (id, state) AS (\(values))
            UPDATE transfer
            SET hold_state = ended.state
            FROM ended
            WHERE transfer.id = ended.id
            """
        }
    }
}

extension LedgerAccount {
    /// Columns in the order of ``Queryable/ledgerAccounts(_:)``, from `start` on.
    init(_ row: Row, from start: Int = 0) {
        guard let currency = Currency(row.text(start + 1)), let rule = Rule(rawValue: row.integer(start + 2)) else {
            preconditionFailure("an account of the books has a currency and a rule that were known once")
        }
        self.init(
            id: row.id(start), currency: currency, rule: rule, isFrozen: row.bool(start + 3),
            debitsPending: row.integer(start + 4), debitsPosted: row.integer(start + 5),
            creditsPending: row.integer(start + 6), creditsPosted: row.integer(start + 7))
    }
}

extension RecordedTransfer {
    /// Columns in the order of ``Queryable/recordedTransfers(_:)``.
    init(_ row: Row) {
        guard let kind = Kind(rawValue: row.integer(1)) else {
            preconditionFailure("a transfer of the books has a kind that was known once")
        }
        self.init(
            id: row.id(0), kind: kind,
            movement: .init(debit: row.id(2), credit: row.id(3), amount: row.integer(4)), hold: row.idOrNil(5),
            expiresAt: row.timestampOrNil(6), holdState: row.isNull(7) ? nil : HoldState(rawValue: row.integer(7)),
            purpose: row.integer(8), subject: row.integer(9), createdAt: row.timestamp(10),
            debitBalance: row.integer(11), creditBalance: row.integer(12))
    }
}

extension Queryable {
    /// Holds whose time is over, the longest overdue first.
    func overdueHolds(at now: Timestamp, limit: Int) throws -> [(id: ID<Transfer>, purpose: Int64, subject: Int64)] {
        try rows(
            """
            SELECT id, purpose, subject
            FROM transfer
            WHERE hold_state = 0 AND expires_at <= \(now)
            ORDER BY expires_at
            LIMIT \(limit)
            """
        ) { ($0.id(0), $0.integer(1), $0.integer(2)) }
    }
}
