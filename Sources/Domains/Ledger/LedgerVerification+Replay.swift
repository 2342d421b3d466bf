import Core
import LedgerCore
import Storage

/// The books again from the first transfer on, in one pass and without the core: what is checked does not check itself.
extension LedgerService {
    /// Accounts whose sums are kept at once: some 100 bytes each.
    private static let accountsPerPass = 500_000

    private struct Sums: Equatable {
        var debitsPending: Int64 = 0
        var debitsPosted: Int64 = 0
        var creditsPending: Int64 = 0
        var creditsPosted: Int64 = 0

        var text: String {
            "\(debitsPosted) out, \(creditsPosted) in, \(debitsPending) and \(creditsPending) pending"
        }
    }

    /// Each account's sums are those of its transfers.
    static var replayCheck: ConsistencyCheck {
        ConsistencyCheck("ledger_account.sums") { db, found in
            var after = ID<LedgerAccount>(rawValue: 0)
            while let last = try replay(after: after, in: db, found) { after = last }
            return .done
        }
    }

    /// - Returns: the last account checked; nil when there was none.
    private static func replay(
        after: ID<LedgerAccount>, in db: ReadTransaction, _ found: (ConsistencyCheck.Finding) -> Void
    ) throws -> ID<LedgerAccount>? {
        var stored: [(id: ID<LedgerAccount>, sums: Sums)] = []
        try db.forEach(
            """
            SELECT id, debits_pending, debits_posted, credits_pending, credits_posted
            FROM ledger_account
            WHERE id > \(after)
            ORDER BY id
            LIMIT \(accountsPerPass)
            """
        ) { row in
            let sums = Sums(
                debitsPending: row.integer(1), debitsPosted: row.integer(2), creditsPending: row.integer(3),
                creditsPosted: row.integer(4))
            stored.append((row.id(0), sums))
        }
        guard let last = stored.last?.id else { return nil }
        let replayed = try replay(after: after, through: last, in: db)
        for (id, sums) in stored where sums != replayed[id, default: Sums()] {
            found(.init(subject: "\(id)", expected: replayed[id, default: Sums()].text, found: sums.text))
        }
        return last
    }

    private static func replay(
        after: ID<LedgerAccount>, through last: ID<LedgerAccount>, in db: ReadTransaction
    ) throws -> [ID<LedgerAccount>: Sums] {
        var replayed: [ID<LedgerAccount>: Sums] = [:]
        try db.forEach(
            """
            SELECT transfer.debit_id, transfer.credit_id, transfer.kind, transfer.amount, hold.amount
            FROM transfer
            LEFT JOIN transfer AS hold ON hold.id = transfer.hold_id /* scan: verify */
            """
        ) { row in
            let (posted, pending) = movement(kind: row.integer(2), amount: row.integer(3), held: row.integer(4))
            let (debit, credit) = (row.id(0, LedgerAccount.self), row.id(1, LedgerAccount.self))
            if debit > after, debit <= last {
                replayed[debit, default: Sums()].debitsPosted &+= posted
                replayed[debit, default: Sums()].debitsPending &+= pending
            }
            if credit > after, credit <= last {
                replayed[credit, default: Sums()].creditsPosted &+= posted
                replayed[credit, default: Sums()].creditsPending &+= pending
            }
        }
        return replayed
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

    /// Each running balance follows from the one before it.
    static var runningBalanceCheck: ConsistencyCheck {
        ConsistencyCheck(
            "transfer.balance",
            """
            SELECT id, expected, balance
            FROM (
                SELECT id, balance, CAST(SUM(change) OVER (PARTITION BY account_id ORDER BY position) AS BIGINT) AS expected
                FROM (
                    SELECT id, position, debit_id AS account_id, debit_balance AS balance,
                        CASE WHEN kind IN (0, 2) THEN -amount ELSE 0 END AS change
                    FROM transfer
                    UNION ALL
                    SELECT id, position, credit_id, credit_balance, CASE WHEN kind IN (0, 2) THEN amount ELSE 0 END
                    FROM transfer
                ) AS side
            ) AS running
            WHERE balance <> expected /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Transfer.self))", expected: "\(row.integer(1))", found: "\(row.integer(2))")
        }
    }
}
