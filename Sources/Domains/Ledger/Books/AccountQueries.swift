import Core
import LedgerCore
import Storage

extension Queryable {
    func accountIDs(of keys: Set<LedgerAccountKey>) throws -> [LedgerAccountKey: ID<LedgerAccount>] {
        // One owner's accounts are few, a handful of purposes in a few currencies: reading those not asked for is cheaper
        // than naming each.
        var found: [LedgerAccountKey: ID<LedgerAccount>] = [:]
        for (kind, keys) in Dictionary(grouping: keys, by: \.owner.kind) {
            let owners = Set(keys.map(\.owner.rawID)).sorted()
            try forEach(in: owners) { part in
                """
                SELECT owner_kind, owner_id, purpose, currency, id
                FROM ledger_account
                WHERE owner_kind = \(kind.rawValue) AND owner_id IN (\(list: part))
                """
            } _: { row in
                if let key = LedgerAccountKey(row) { found[key] = row.id(4) }
            }
        }
        return found.filter { keys.contains($0.key) }
    }
}

extension WriteTransaction {
    /// - Returns: the accounts, which another transaction may have opened meanwhile under other ids.
    func open(
        _ accounts: [(key: LedgerAccountKey, id: ID<LedgerAccount>)]
    ) throws -> [(LedgerAccountKey, ID<LedgerAccount>)] {
        var opened: [(LedgerAccountKey, ID<LedgerAccount>)] = []
        try executeMany(accounts, as: "(?, ?, ?, ?, ?, ?)") { account, values in
            values.append(account.id.sqlValue)
            values.append(.integer(account.key.owner.kind.rawValue))
            values.append(.integer(account.key.owner.rawID))
            values.append(.integer(account.key.purpose.rawValue))
            values.append(.text(account.key.currency.rawValue))
            values.append(.integer(account.key.rule.rawValue))
        } statement: { values in
            // The update changes nothing, but has a row to return where another transaction was first.
            """
            INSERT INTO ledger_account (id, owner_kind, owner_id, purpose, currency, rule)
            \(values)
            ON CONFLICT (owner_kind, owner_id, purpose, currency) DO UPDATE SET rule = ledger_account.rule
            RETURNING owner_kind, owner_id, purpose, currency, id
            """
        } returning: { row in
            if let key = LedgerAccountKey(row) { opened.append((key, row.id(4))) }
        }
        return opened
    }
}

extension LedgerAccountKey {
    /// Columns `owner_kind`, `owner_id`, `purpose` and `currency`, from `start` on.
    init?(_ row: Row, from start: Int = 0) {
        guard let owner = LedgerOwner(kind: row.integer(start), rawID: row.integer(start + 1)),
            let purpose = LedgerPurpose(rawValue: row.integer(start + 2)), let currency = Currency(row.text(start + 3))
        else { return nil }
        self.init(owner, purpose, currency)
    }
}
