package import Core
package import LedgerCore
import Storage

/// A line of an account's statement.
package struct StatementEntry: Sendable {
    let position: Int64
    package let id: ID<Transfer>
    package let kind: RecordedTransfer.Kind
    /// Out of the account.
    package let isDebit: Bool
    package let amount: Money
    /// What the account had once it was applied.
    package let balance: Money
    package let purpose: Int64
    package let subject: Int64
    /// Whose account is on the other side.
    package let counterpart: LedgerOwner
    package let note: String
    package let createdAt: Timestamp
}

extension LedgerService {
    /// What went in and out of an owner's wallet, newest first.
    package func entries(
        of owner: LedgerOwner, currency: Currency, cursor: String?, limit: Int
    ) async throws -> Page<StatementEntry> {
        let filter = "entries:\(owner):\(currency.rawValue)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let key = LedgerAccountKey(owner, .wallet, currency)
        let rows = try await database.read { db in
            guard let account = try db.accountIDs(of: [key])[key] else { return [StatementEntry]() }
            return try db.statement(of: [account: currency], before: before, limit: limit + 1)
        }
        return cursors.page(rows, limit: limit, filter: filter) { [$0.position] }
    }
}
