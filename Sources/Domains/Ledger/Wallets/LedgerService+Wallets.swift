package import Core
package import LedgerCore
package import Storage

/// What an owner has in one currency.
package struct WalletBalance: Sendable, Equatable {
    package let account: LedgerAccount

    package var available: Money { Money(account.available, account.currency) }
    package var held: Money { Money(account.debitsPending, account.currency) }
    package var balance: Money { Money(account.balance, account.currency) }
}

/// Money that one person has sent to another.
package struct WalletTransfer: Sendable, Equatable {
    package let id: ID<Transfer>
    package let payee: ID<Account>
    package let amount: Money
    package let note: String
    /// What the payer has left to spend.
    package let available: Money
    package let createdAt: Timestamp
}

extension LedgerService {
    /// An owner's wallets, by currency.
    package func balances(of owner: LedgerOwner) async throws -> [WalletBalance] {
        try await database.read { db in try db.wallets(of: owner).map(WalletBalance.init) }
    }

    /// Sends money from one person's wallet to another's.
    /// - Throws: ``LedgerError/payeeNotFound``, ``LedgerError/refused(_:at:)``.
    package func send(
        _ amount: Money, from payer: ID<Account>, to payee: ID<Account>, note: String, in tx: WriteTransaction
    ) throws -> WalletTransfer {
        guard try payer == payee || payees.canReceive(payee, from: payer, in: tx) else {
            throw LedgerError.payeeNotFound
        }
        let keys = [payer, payee].map { LedgerAccountKey(.person($0), .wallet, amount.currency) }
        let wallets = try accounts(Set(keys), in: tx)
        guard let debit = wallets[keys[0]], let credit = wallets[keys[1]] else {
            preconditionFailure("an account that is missing is opened")
        }
        let id = ids.next(Transfer.self)
        let movement = Transfer.Movement(debit: debit, credit: credit, amount: amount.amount)
        try postTogether([Transfer(id: id, .post(movement), for: .personal)], in: tx)
        if !note.isEmpty { try tx.insertNote(note, on: id) }
        try tell(
            LedgerEvent.walletTransferred, about: id,
            ["payer": .string("\(payer)"), "payee": .string("\(payee)"), "amount": .money(amount)], in: tx)
        guard let wallet = try tx.ledgerAccounts([debit]).first, let record = try tx.recordedTransfers([id]).first
        else { preconditionFailure("what was posted is there") }
        return WalletTransfer(
            id: id, payee: payee, amount: amount, note: note, available: WalletBalance(account: wallet).available,
            createdAt: record.createdAt)
    }
}
