package import Core
package import LedgerCore
package import Storage

/// An account as administrators see it.
package struct AdministeredAccount: Sendable {
    package let key: LedgerAccountKey
    package let account: LedgerAccount
}

extension LedgerService {
    /// All debits and credits, by currency: where they differ, the books are wrong.
    package func trialBalance() async throws -> TrialBalance {
        try await database.read(lane: .background) { db in try db.trialBalance() }
    }

    /// An owner's accounts of every purpose.
    package func accounts(of owner: LedgerOwner) async throws -> [AdministeredAccount] {
        try await database.read { db in try db.administeredAccounts(of: owner) }
    }

    /// Freezes an account: nothing goes in or out, and holds on it can only be given back. Unfreezing it carries on what
    /// has waited for it.
    /// - Throws: ``LedgerError/accountNotFound``.
    package func freeze(_ id: ID<LedgerAccount>, _ isFrozen: Bool) async throws -> AdministeredAccount {
        try await database.write { tx in
            guard let before = try tx.administeredAccount(id) else { throw LedgerError.accountNotFound }
            guard before.account.isFrozen != isFrozen else { return before }
            try tx.execute("UPDATE ledger_account SET is_frozen = \(isFrozen) WHERE id = \(id)")
            try tell(
                isFrozen ? LedgerEvent.accountFrozen : LedgerEvent.accountUnfrozen, about: id,
                ["owner": .string(before.key.owner.description)], in: tx)
            if !isFrozen {
                for payment in try tx.unfinishedPayments(of: before.key.owner) { try settleSoon(payment, in: tx) }
            }
            var account = before.account
            account.isFrozen = isFrozen
            return AdministeredAccount(key: before.key, account: account)
        }
    }

    /// Puts something right by hand: moves money between an owner's wallet and the platform's adjustments.
    /// - Parameter amount: what the wallet gets; negative for what is taken from it.
    /// - Throws: ``LedgerError/refused(_:at:)``.
    package func adjust(
        _ owner: LedgerOwner, by amount: Money, reason: String, administrator: ID<Account>, in tx: WriteTransaction
    ) throws -> ID<Transfer> {
        let wallet = try account(of: owner, purpose: .wallet, currency: amount.currency, in: tx)
        let adjustments = try account(of: .platform, purpose: .adjustments, currency: amount.currency, in: tx)
        let isCredit = amount.amount > 0
        let movement = Transfer.Movement(
            debit: isCredit ? adjustments : wallet, credit: isCredit ? wallet : adjustments,
            amount: isCredit ? amount.amount : -amount.amount)
        let id = ids.next(Transfer.self)
        try postTogether(
            [Transfer(id: id, .post(movement), for: .adjustment, of: administrator.rawValue)], in: tx)
        try tx.insertNote(reason, on: id)
        return id
    }

    /// Payments whose provider has contradicted itself, newest first.
    package func contradictedPayments(cursor: String?, limit: Int) async throws -> Page<Payment> {
        let filter = "payments:contradicted"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let rows = try await database.read { db in try db.contradictedPayments(before: before, limit: limit + 1) }
        return cursors.page(rows, limit: limit, filter: filter) { [$0.id.rawValue] }
    }
}
