import Core
import LedgerCore
import Storage

extension Queryable {
    private var administeredColumns: SQL {
        """
        owner_kind, owner_id, purpose, currency, id, currency, rule, is_frozen, debits_pending, debits_posted,
        credits_pending, credits_posted
        """
    }

    func administeredAccount(_ id: ID<LedgerAccount>) throws -> AdministeredAccount? {
        try first("SELECT \(administeredColumns) FROM ledger_account WHERE id = \(id)") { AdministeredAccount($0) }
            ?? nil
    }

    func administeredAccounts(of owner: LedgerOwner) throws -> [AdministeredAccount] {
        try rows(
            """
            SELECT \(administeredColumns)
            FROM ledger_account
            WHERE owner_kind = \(owner.kind.rawValue) AND owner_id = \(owner.rawID)
            ORDER BY purpose, currency
            """
        ) { AdministeredAccount($0) }.compactMap(\.self)
    }

    /// The engine refuses to answer where a sum does not fit 63 bits, which is better than a wrong one.
    func trialBalance() throws -> TrialBalance {
        let totals = try rows(
            """
            SELECT \(ledgerSums), currency
            FROM ledger_account
            GROUP BY currency
            ORDER BY currency /* scan: every account has a part in it */
            """
        ) { row in Currency(row.text(4)).map { (currency: $0, sums: LedgerSums(row)) } }
        let lines = try rows(
            """
            SELECT \(ledgerSums), currency, owner_kind, purpose, COUNT(*)
            FROM ledger_account
            GROUP BY currency, owner_kind, purpose
            ORDER BY currency, owner_kind, purpose /* scan: every account has a part in it */
            """
        ) { TrialBalance.Line($0) }
        return TrialBalance(lines: lines.compactMap(\.self), totals: totals.compactMap(\.self))
    }

    private var ledgerSums: SQL {
        """
        CAST(SUM(debits_posted) AS BIGINT), CAST(SUM(credits_posted) AS BIGINT), CAST(SUM(debits_pending) AS BIGINT),
        CAST(SUM(credits_pending) AS BIGINT)
        """
    }
}

extension LedgerSums {
    /// The first four columns.
    fileprivate init(_ row: Row) {
        self.init(
            debitsPosted: row.integer(0), creditsPosted: row.integer(1), debitsPending: row.integer(2),
            creditsPending: row.integer(3))
    }
}

extension TrialBalance.Line {
    fileprivate init?(_ row: Row) {
        guard let currency = Currency(row.text(4)), let owner = LedgerOwner.Kind(rawValue: row.integer(5)),
            let purpose = LedgerPurpose(rawValue: row.integer(6))
        else { return nil }
        self.init(
            currency: currency, ownerKind: owner.name, purpose: purpose, accountCount: row.integer(7),
            sums: LedgerSums(row))
    }
}

extension LedgerOwner.Kind {
    var name: String {
        switch self {
        case .platform: "platform"
        case .person: "person"
        case .shop: "shop"
        }
    }
}

extension AdministeredAccount {
    /// Columns in the order of `administeredColumns`.
    fileprivate init?(_ row: Row) {
        guard let key = LedgerAccountKey(row) else { return nil }
        self.init(key: key, account: LedgerAccount(row, from: 4))
    }
}
