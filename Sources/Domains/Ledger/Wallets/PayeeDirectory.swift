package import Core
package import Storage

/// Whom money can be sent to. Ledger knows no people, only their accounts of money.
package protocol PayeeDirectory: Sendable {
    /// False when there is no such person, or when the two shall not meet.
    func canReceive(_ payee: ID<Account>, from payer: ID<Account>, in tx: WriteTransaction) throws -> Bool
}
