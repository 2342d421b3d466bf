package import Core
package import Storage

/// Orders that have claimed an authorisation. Ledger knows no orders, only what they want of its money.
///
/// Each is asked and told in the transaction that moves the money, and given the books to move it in.
package protocol ClaimingOrders: Sendable {
    /// What an order wants of what was set aside for it, in minor units: zero once it is cancelled, paid or out of time.
    func wanted(by order: ID<Order>, _ ledger: LedgerService, in tx: WriteTransaction) throws -> Int64

    /// What was captured for an order is in its buyer's wallet: pays it from there, or cancels what cannot be paid.
    /// - Returns: what the order has taken. The rest goes back to where it came from.
    func pay(
        _ order: ID<Order>, with captured: Money, _ ledger: LedgerService, in tx: WriteTransaction
    ) throws -> Int64

    /// The provider will not pay: cancels what was not paid.
    func giveUp(_ order: ID<Order>, _ ledger: LedgerService, in tx: WriteTransaction) throws
}
