package import Core
import LedgerCore
package import Storage

/// Asking for money to cross the border. The provider hears of it after the commit, from ``SettlePayment``.
extension LedgerService {
    /// Asks a provider for money, which is in the wallet once the provider has it.
    /// - Parameter token: what the provider knows the payer's card by.
    /// - Throws: ``LedgerError/paymentsUnavailable``.
    package func topUp(
        _ owner: LedgerOwner, by amount: Money, token: String, in tx: WriteTransaction
    ) throws -> Payment {
        let payment = try newPayment(.topUp, of: owner, amount, token: token, in: tx)
        try tx.insert(payment)
        try settleSoon(payment.id, in: tx)
        return payment
    }

    /// Takes money out of a wallet and has a provider pay it out. What the provider refuses comes back.
    /// - Parameter token: what the provider knows the payee's bank account by.
    /// - Throws: ``LedgerError/refused(_:at:)``, ``LedgerError/paymentsUnavailable``.
    package func payOut(
        _ amount: Money, of owner: LedgerOwner, token: String, in tx: WriteTransaction
    ) throws -> Payment {
        let payment = try newPayment(.payout, of: owner, amount, token: token, in: tx)
        try tx.insert(payment)
        try takeFromWallet(payment, for: .payout, in: tx)
        try settleSoon(payment.id, in: tx)
        return payment
    }

    /// Gives a top-up or what was captured back, or a part of it, to where it came from.
    /// - Parameter amount: in the payment's currency; nil for all that has not been given back yet.
    /// - Throws: ``LedgerError/paymentNotFound``, ``LedgerError/paymentNotCompleted``,
    ///   ``LedgerError/refundExceedsPayment(left:)``, ``LedgerError/refused(_:at:)``.
    package func refund(
        _ id: ID<Payment>, of owner: LedgerOwner, amount: Int64?, in tx: WriteTransaction
    ) throws -> Payment {
        let taken = try payment(id, of: owner, in: tx)
        guard taken.kind == .topUp || taken.kind == .authorisation else { throw LedgerError.paymentNotFound }
        guard taken.state == .done else { throw LedgerError.paymentNotCompleted }
        let left = taken.takenAmount - taken.refundedAmount
        let amount = amount ?? left
        guard amount > 0, amount <= left, try tx.addRefund(amount, of: id) else {
            throw LedgerError.refundExceedsPayment(left: Money(left, taken.amount.currency))
        }
        // The one who has the money gives it back, whoever is asked for new payments by now.
        let refund = Payment(
            id: ids.next(), kind: .refund, owner: owner, wallet: taken.wallet, provider: taken.provider,
            token: taken.token, refunded: id, amount: Money(amount, taken.amount.currency),
            createdAt: try now(in: tx))
        try tx.insert(refund)
        try takeFromWallet(refund, for: .topUpRefund, in: tx)
        try settleSoon(refund.id, in: tx)
        return refund
    }

    /// - Throws: ``LedgerError/paymentNotFound`` also when it is somebody else's.
    package func payment(_ id: ID<Payment>, of owner: LedgerOwner) async throws -> Payment {
        try await database.read { db in try payment(id, of: owner, in: db) }
    }

    package func payment(_ id: ID<Payment>, of owner: LedgerOwner, in db: some Queryable) throws -> Payment {
        guard let payment = try db.payment(id), payment.owner == owner else { throw LedgerError.paymentNotFound }
        return payment
    }

    /// Newest first.
    package func payments(of owner: LedgerOwner, cursor: String?, limit: Int) async throws -> Page<Payment> {
        let filter = "payments:\(owner)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let rows = try await database.read { db in try db.payments(of: owner, before: before, limit: limit + 1) }
        return cursors.page(rows, limit: limit, filter: filter) { [$0.id.rawValue] }
    }

    func newPayment(
        _ kind: Payment.Kind, of owner: LedgerOwner, _ amount: Money, token: String, expiresAt: Timestamp? = nil,
        in tx: WriteTransaction
    ) throws -> Payment {
        guard let provider = providers.first else { throw LedgerError.paymentsUnavailable }
        let wallet = try account(of: owner, purpose: .wallet, currency: amount.currency, in: tx)
        return Payment(
            id: ids.next(), kind: kind, owner: owner, wallet: wallet, provider: provider.name, token: token,
            refunded: nil, amount: amount, expiresAt: expiresAt, createdAt: try now(in: tx))
    }

    private func takeFromWallet(_ payment: Payment, for purpose: TransferPurpose, in tx: WriteTransaction) throws {
        let clearing = try account(
            of: .platform, purpose: .providerClearing, currency: payment.amount.currency, in: tx)
        let movement = Transfer.Movement(debit: payment.wallet, credit: clearing, amount: payment.amount.amount)
        try postTogether(
            [Transfer(id: payment.transfer, .post(movement), for: purpose, of: payment.id.rawValue)], in: tx)
    }
}
