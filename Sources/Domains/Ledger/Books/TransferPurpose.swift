package import Core
package import LedgerCore

/// What kind of business a transfer is of: ``Transfer/purpose``. It also says what ``Transfer/subject`` is the id of.
/// Stored by raw value.
package enum TransferPurpose: Int64, Sendable, CaseIterable {
    /// Money that came in through a provider. Of a payment.
    case topUp = 1
    /// Money that goes back to where a top-up came from. Of a payment.
    case topUpRefund = 2
    /// Money that leaves through a provider. Of a payment.
    case payout = 3
    /// What a provider did not take comes back. Of a payment.
    case paymentReturned = 4
    /// From one person to another. Of nothing.
    case personal = 5
    /// Put right by an administrator. Of the administrator's account.
    case adjustment = 6
    /// A buyer pays. Of an order.
    case orderPayment = 7
    /// A seller gets what was held for them. Of an order.
    case orderRelease = 8
    /// The platform's share. Of an order.
    case orderFee = 9
    /// A buyer gets money back. Of an order.
    case orderRefund = 10
    /// Time is over for a hold. Of what the hold was of.
    case expiry = 11
    /// The platform gives back its share of what was refunded. Of an order.
    case orderFeeReturn = 12
    /// Money that a provider has taken of what it had set aside. Of a payment.
    case capture = 13

    package var name: String {
        switch self {
        case .topUp: "top_up"
        case .topUpRefund: "top_up_refund"
        case .payout: "payout"
        case .paymentReturned: "payment_returned"
        case .personal: "personal"
        case .adjustment: "adjustment"
        case .orderPayment: "order_payment"
        case .orderRelease: "order_release"
        case .orderFee: "order_fee"
        case .orderRefund: "order_refund"
        case .expiry: "expiry"
        case .orderFeeReturn: "order_fee_return"
        case .capture: "capture"
        }
    }
}

extension Transfer {
    package init(
        id: ID<Transfer>, _ action: Action, for purpose: TransferPurpose, of subject: Int64 = 0,
        isLinkedToNext: Bool = false
    ) {
        self.init(
            id: id, action, isLinkedToNext: isLinkedToNext, purpose: purpose.rawValue, subject: subject)
    }

    func linked(_ isLinkedToNext: Bool) -> Transfer {
        Transfer(id: id, action, isLinkedToNext: isLinkedToNext, purpose: purpose, subject: subject)
    }
}
