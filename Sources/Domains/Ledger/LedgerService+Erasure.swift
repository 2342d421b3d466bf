package import Core
import LedgerCore
package import Storage

/// Books outlive people: accounts and transfers stay, and name nobody.
extension LedgerService {
    /// Entries and payments of a person that their export holds: some 3 MB of text.
    private static let exportedMax = 10_000

    /// Writes the members `wallet_entries` and `payments`: everything that is known of the person here.
    package func exportData(of person: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        let owner = LedgerOwner.person(person)
        let wallets = try db.wallets(of: owner)
        let accounts = Dictionary(uniqueKeysWithValues: wallets.map { ($0.id, $0.currency) })
        json.name("wallet_entries")
        json.array(try db.statement(of: accounts, limit: Self.exportedMax)) { json, entry in entry.write(to: &json) }
        json.name("payments")
        json.array(try db.payments(of: owner, before: .max, limit: Self.exportedMax)) { json, payment in
            json.object { payment.writeMembers(to: &$0) }
        }
    }

    /// Closes the accounts of somebody who leaves, or of their shop.
    ///
    /// Nobody's money is lost with their account, and nobody's is taken: who still has some, owes some or waits for a
    /// provider is refused until it is paid out. The emptied accounts are frozen, so that nothing can come in any more,
    /// and what the person has written to others beside money is forgotten.
    /// - Throws: ``LedgerError/walletNotEmpty`` or ``LedgerError/shopWalletNotEmpty``, ``LedgerError/paymentsUnderWay``.
    package func close(_ owner: LedgerOwner, in tx: WriteTransaction) throws {
        guard try tx.unfinishedPayments(of: owner).isEmpty else { throw LedgerError.paymentsUnderWay }
        let accounts = try tx.administeredAccounts(of: owner).map(\.account)
        guard accounts.allSatisfy({ $0.balance == 0 && $0.debitsPending == 0 && $0.creditsPending == 0 }) else {
            if case .shop = owner { throw LedgerError.shopWalletNotEmpty }
            throw LedgerError.walletNotEmpty
        }
        try tx.execute(
            """
            UPDATE ledger_account
            SET is_frozen = 1
            WHERE owner_kind = \(owner.kind.rawValue) AND owner_id = \(owner.rawID)
            """)
        try tx.execute(
            """
            DELETE FROM transfer_note
            WHERE transfer_id IN (
                SELECT id
                FROM transfer
                WHERE debit_id IN (\(list: accounts.map(\.id))) AND purpose = \(TransferPurpose.personal.rawValue))
            """)
    }
}
