import Core
import LedgerCore
import Storage

extension Queryable {
    /// By currency.
    func wallets(of owner: LedgerOwner) throws -> [LedgerAccount] {
        try rows(
            """
            SELECT id, currency, rule, is_frozen, debits_pending, debits_posted, credits_pending, credits_posted
            FROM ledger_account
            WHERE owner_kind = \(owner.kind.rawValue) AND owner_id = \(owner.rawID)
                AND purpose = \(LedgerPurpose.wallet.rawValue)
            ORDER BY currency
            """
        ) { LedgerAccount($0) }
    }

    /// Newest first. Of one account each side is read from its own index, a page of it at most.
    func statement(
        of accounts: [ID<LedgerAccount>: Currency], before: Int64 = .max, limit: Int
    ) throws -> [StatementEntry] {
        let ids = accounts.keys.sorted()
        return try rows(
            """
            SELECT entry.position, entry.id, entry.kind, entry.is_debit, entry.amount, entry.balance, entry.purpose,
                entry.subject, entry.created_at, other.owner_kind, other.owner_id, transfer_note.note,
                entry.account_id
            FROM (
                SELECT *
                FROM (
                    SELECT position, id, kind, 1 AS is_debit, debit_id AS account_id, credit_id AS other_id, amount, debit_balance AS balance,
                        purpose, subject, created_at
                    FROM transfer
                    WHERE debit_id IN (\(list: ids)) AND position < \(before)
                    ORDER BY position DESC
                    LIMIT \(limit)
                ) AS debit
                UNION ALL
                SELECT *
                FROM (
                    SELECT position, id, kind, 0 AS is_debit, credit_id AS account_id, debit_id AS other_id, amount, credit_balance AS balance,
                        purpose, subject, created_at
                    FROM transfer
                    WHERE credit_id IN (\(list: ids)) AND position < \(before)
                    ORDER BY position DESC
                    LIMIT \(limit)
                ) AS credit
            ) AS entry
            JOIN ledger_account AS other ON other.id = entry.other_id
            LEFT JOIN transfer_note ON transfer_note.transfer_id = entry.id
            ORDER BY entry.position DESC
            LIMIT \(limit)
            """
        ) { row in
            guard let kind = RecordedTransfer.Kind(rawValue: row.integer(2)),
                let counterpart = LedgerOwner(kind: row.integer(9), rawID: row.integer(10)),
                let currency = accounts[row.id(12)]
            else { preconditionFailure("the tables hold only what was known once") }
            return StatementEntry(
                position: row.integer(0), id: row.id(1), kind: kind, isDebit: row.bool(3),
                amount: Money(row.integer(4), currency), balance: Money(row.integer(5), currency),
                purpose: row.integer(6), subject: row.integer(7), counterpart: counterpart,
                note: row.textOrNil(11) ?? "", createdAt: row.timestamp(8))
        }
    }
}

extension WriteTransaction {
    func insertNote(_ note: String, on transfer: ID<Transfer>) throws {
        try execute("INSERT INTO transfer_note (transfer_id, note) VALUES (\(transfer), \(note))")
    }
}
