package import Core
import Jobs
import LedgerCore
package import Storage

/// Money that a provider sets aside for an order which is yet to be placed.
///
/// Nothing of it is in the books before it is captured. ``SettlePayment`` captures what was claimed and lets go of the
/// rest; what nobody has claimed in time is let go of as a whole.
extension LedgerService {
    /// As long as somebody takes to find the address: their card is short of it all the while.
    package static let authorisedForSeconds: Int64 = 3_600

    /// Asks a provider to set money aside, for an order to claim within the hour.
    /// - Parameter token: what the provider knows the payer's card by.
    /// - Throws: ``LedgerError/paymentsUnavailable``.
    package func authorise(
        _ amount: Money, for owner: LedgerOwner, token: String, in tx: WriteTransaction
    ) throws -> Payment {
        let deadline = clock.now().advanced(bySeconds: Self.authorisedForSeconds)
        let payment = try newPayment(.authorisation, of: owner, amount, token: token, expiresAt: deadline, in: tx)
        try tx.insert(payment)
        try settleSoon(payment.id, in: tx)
        try jobs.enqueue(SettlePayment(payment: payment.id, round: 0), priority: .high, at: deadline, in: tx)
        return payment
    }

    /// Keeps an authorisation for an order, which may be claimed before the provider has answered.
    /// - Throws: ``LedgerError/paymentNotFound``, ``LedgerError/authorisationTooSmall(authorised:)``,
    ///   ``LedgerError/authorisationUsed``, ``LedgerError/authorisationEnded``, ``LedgerError/refused(_:at:)`` for a
    ///   frozen wallet or another currency.
    package func claim(
        _ id: ID<Payment>, of owner: LedgerOwner, for order: ID<Order>, _ total: Money, in tx: WriteTransaction
    ) throws {
        let payment = try authorisation(id, of: owner, in: tx)
        guard payment.amount.currency == total.currency else { throw LedgerError.refused(.currenciesDiffer, at: 0) }
        guard payment.amount.amount >= total.amount else {
            throw LedgerError.authorisationTooSmall(authorised: payment.amount)
        }
        guard try tx.ledgerAccounts([payment.wallet]).allSatisfy({ !$0.isFrozen }) else {
            throw LedgerError.refused(.debitAccountFrozen, at: 0)
        }
        guard try tx.claim(id, for: order, at: clock.now()) else {
            throw try authorisation(id, of: owner, in: tx).order == nil
                ? LedgerError.authorisationEnded : LedgerError.authorisationUsed
        }
        try settleAgain(id, in: tx)
    }

    /// Lets go of an authorisation that no order has claimed. Again is the same.
    /// - Returns: the authorisation, which ends once the provider has heard of it.
    /// - Throws: ``LedgerError/paymentNotFound``, ``LedgerError/authorisationUsed``.
    package func letGo(_ id: ID<Payment>, of owner: LedgerOwner, in tx: WriteTransaction) throws -> Payment {
        let payment = try authorisation(id, of: owner, in: tx)
        guard try tx.letGo(id, at: clock.now()) else { throw LedgerError.authorisationUsed }
        if !payment.isEnded { try settleAgain(id, in: tx) }
        return payment
    }

    /// An order wants less than it did: what is still set aside for it is looked at again.
    package func reconsider(_ id: ID<Payment>, in tx: WriteTransaction) throws {
        guard let payment = try tx.payment(id), payment.kind == .authorisation, !payment.isEnded else { return }
        try settleAgain(id, in: tx)
    }

    private func authorisation(_ id: ID<Payment>, of owner: LedgerOwner, in tx: WriteTransaction) throws -> Payment {
        let payment = try payment(id, of: owner, in: tx)
        guard payment.kind == .authorisation else { throw LedgerError.paymentNotFound }
        return payment
    }

    /// A run of its own: one that is at work already may have looked before this was written.
    private func settleAgain(_ id: ID<Payment>, in tx: WriteTransaction) throws {
        try jobs.enqueue(SettlePayment(payment: id, round: 0), priority: .high, in: tx)
    }

    // MARK: Settling

    /// What is to become of what was set aside, and how much of it is to be taken.
    func wish(
        for payment: Payment, isFrozen: Bool, in tx: WriteTransaction
    ) throws -> (wish: PaymentStateMachine.Wish, amount: Int64) {
        if isFrozen { return (.letGo, 0) }
        guard let expiresAt = payment.expiresAt else { return (.take, payment.amount.amount) }
        if let order = payment.order {
            let wanted = try orders.wanted(by: order, self, in: tx)
            return (wanted > 0 ? .take : .letGo, wanted)
        }
        return (payment.isLetGo || clock.now() >= expiresAt ? .letGo : .keep, 0)
    }

    /// Pays the order with what was captured for it, and gives back what that leaves.
    func spend(_ captured: Payment, in tx: WriteTransaction) throws {
        let amount = Money(captured.takenAmount, captured.amount.currency)
        let spent = try captured.order.map { try orders.pay($0, with: amount, self, in: tx) } ?? 0
        guard spent < amount.amount else { return }
        _ = try refund(captured.id, of: captured.owner, amount: amount.amount - spent, in: tx)
    }
}

extension Payment {
    fileprivate var isEnded: Bool { state == .done || state == .failed }
}
