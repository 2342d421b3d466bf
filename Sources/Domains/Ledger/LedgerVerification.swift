import Core
import LedgerCore
package import Storage

/// What is true of the books at any time.
extension LedgerService {
    package static var consistencyChecks: [ConsistencyCheck] {
        [
            balanceCheck, floorCheck, replayCheck, pendingCheck, holdCheck, transferCurrencyCheck, refundCheck,
            paymentCheck, paymentJobCheck,
        ]
    }

    /// Debits equal credits in each currency. Halves are summed apart: all accounts of a currency together may hold more
    /// than 63 bits tell.
    private static var balanceCheck: ConsistencyCheck {
        ConsistencyCheck("ledger.balance") { db, found in
            try db.forEach(
                """
                SELECT currency, CAST(SUM(posted >> 32) AS BIGINT), CAST(SUM(posted & 4294967295) AS BIGINT),
                    CAST(SUM(pending >> 32) AS BIGINT), CAST(SUM(pending & 4294967295) AS BIGINT)
                FROM (
                    SELECT currency, debits_posted - credits_posted AS posted, debits_pending - credits_pending AS pending
                    FROM ledger_account
                ) AS account
                GROUP BY currency /* scan: verify */
                """
            ) { row in
                let posted = Int128(row.integer(1)) << 32 + Int128(row.integer(2))
                let pending = Int128(row.integer(3)) << 32 + Int128(row.integer(4))
                guard posted != 0 || pending != 0 else { return }
                found(
                    .init(
                        subject: row.text(0), expected: "debits that equal credits",
                        found: "\(posted) more posted, \(pending) more pending"))
            }
            return .done
        }
    }

    private static var floorCheck: ConsistencyCheck {
        ConsistencyCheck(
            "ledger.floor",
            """
            SELECT id, credits_posted - debits_posted - debits_pending
            FROM ledger_account
            WHERE (rule = 1 AND credits_posted - debits_posted - debits_pending < 0)
                OR (owner_kind > 0 AND rule <> 1) /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, LedgerAccount.self))", expected: "a floor of zero, kept",
                found: "\(row.integer(1))")
        }
    }

    /// Accounts of one transfer are of one currency, and there.
    private static var transferCurrencyCheck: ConsistencyCheck {
        ConsistencyCheck("transfer.accounts") { db, found in
            var currencies = AccountCurrencies()
            try db.forEach("SELECT id, debit_id, credit_id FROM transfer /* scan: verify */") { row in
                let debit = try currencies.currency(of: row.id(1), in: db)
                let credit = try currencies.currency(of: row.id(2), in: db)
                guard debit == nil || debit != credit else { return }
                found(
                    .init(
                        subject: "\(row.id(0, Transfer.self))", expected: "two accounts of one currency",
                        found: "\(debit ?? "none"), \(credit ?? "none")"))
            }
            return .done
        }
    }

    /// Each pending hold has somebody whose money it is, and a time by which it ends.
    private static var pendingCheck: ConsistencyCheck {
        ConsistencyCheck(
            "transfer.pending",
            """
            SELECT transfer.id, ledger_account.id, transfer.expires_at
            FROM transfer
            LEFT JOIN ledger_account ON ledger_account.id = transfer.debit_id
            WHERE transfer.hold_state = 0
                AND (ledger_account.id IS NULL OR transfer.expires_at IS NULL
                    OR transfer.expires_at <= transfer.created_at) /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Transfer.self))", expected: "an owner and a deadline",
                found: "\(row.isNull(1) ? "no owner" : "an owner"), \(row.timestampOrNil(2)?.description ?? "none")")
        }
    }

    /// A hold's state is what the one transfer says that has ended it.
    private static var holdCheck: ConsistencyCheck {
        ConsistencyCheck(
            "transfer.hold_state",
            """
            SELECT hold.id, hold.hold_state, COUNT(ending.id), COALESCE(MAX(ending.kind), 1)
            FROM transfer AS hold
            LEFT JOIN transfer AS ending ON ending.hold_id = hold.id
            WHERE hold.kind = 1
            GROUP BY hold.id, hold.hold_state
            HAVING (hold.hold_state = 0 AND COUNT(ending.id) > 0)
                OR (hold.hold_state <> 0
                    AND (COUNT(ending.id) <> 1 OR MAX(ending.kind) <> hold.hold_state + 1)) /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Transfer.self))", expected: "state \(row.integer(3) - 1), ended once",
                found: "state \(row.integer(1)), ended \(row.integer(2)) times")
        }
    }
}

/// Which currency an account is of. Most transfers are among few accounts, and looking one up in a dictionary takes a
/// tenth of a look into two trees.
private struct AccountCurrencies {
    /// Some 50 bytes each.
    private static let knownMax = 500_000

    private var known: [ID<LedgerAccount>: String] = [:]

    /// - Returns: nil when there is no such account.
    mutating func currency(of account: ID<LedgerAccount>, in db: ReadTransaction) throws -> String? {
        if let currency = known[account] { return currency }
        var currency: String?
        try db.forEach("SELECT currency FROM ledger_account WHERE id = \(account)") { currency = $0.text(0) }
        if known.count < Self.knownMax { known[account] = currency }
        return currency
    }
}
