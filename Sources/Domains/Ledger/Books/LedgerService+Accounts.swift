package import Core
package import LedgerCore
package import Storage

extension LedgerService {
    /// The owner's account for that purpose and currency, opened when there is none yet. Two statements at most.
    package func account(
        of owner: LedgerOwner, purpose: LedgerPurpose, currency: Currency, in tx: WriteTransaction
    ) throws -> ID<LedgerAccount> {
        let key = LedgerAccountKey(owner, purpose, currency)
        guard let account = try accounts([key], in: tx)[key] else {
            preconditionFailure("an account that is missing is opened")
        }
        return account
    }

    /// The same for many: a statement for each kind of owner, and one that opens what is missing.
    package func accounts(
        _ keys: Set<LedgerAccountKey>, in tx: WriteTransaction
    ) throws -> [LedgerAccountKey: ID<LedgerAccount>] {
        var accounts = try tx.accountIDs(of: keys)
        let missing = keys.filter { accounts[$0] == nil }
        guard !missing.isEmpty else { return accounts }
        for (key, id) in try tx.open(missing.map { ($0, ids.next(LedgerAccount.self)) }) { accounts[key] = id }
        return accounts
    }
}
