package import Core
package import LedgerCore

/// Money that crosses the border: into a wallet from a provider, or out of one through it.
package struct Payment: EntityKind, Equatable, Sendable {
    package static let idPrefix = "pay"

    /// Stored by raw value.
    package enum Kind: Int64, Sendable, CaseIterable {
        /// From a provider into a wallet, once the provider has it.
        case topUp = 1
        /// From a wallet to somebody's bank. The wallet pays when it is asked for, and gets back what is refused.
        case payout = 2
        /// A part of a top-up, back to where it came from. Goes like a payout.
        case refund = 3
        /// What a provider sets aside until an order claims it. Only what the order comes to is taken then, and goes
        /// through the wallet to whom the order says.
        case authorisation = 4

        package var name: String {
            switch self {
            case .topUp: "top_up"
            case .payout: "payout"
            case .refund: "refund"
            case .authorisation: "authorisation"
            }
        }
    }

    package let id: ID<Payment>
    package let kind: Kind
    package let owner: LedgerOwner
    /// The owner's wallet.
    package let wallet: ID<LedgerAccount>
    package let provider: String
    /// What the provider knows the other side by: a card, a bank account. Never shown.
    let token: String
    /// What is refunded: a top-up, or an authorisation that was captured.
    let refunded: ID<Payment>?
    package let amount: Money
    /// When an authorisation is let go of that no order has claimed.
    var expiresAt: Timestamp?
    /// The order that has claimed an authorisation.
    package var order: ID<Order>?
    /// How much of an authorisation was asked for, and then what was taken.
    package var capturedAmount: Int64?
    /// Its owner has given an authorisation up.
    var isLetGo = false
    /// How much of what was taken has been given back, or is on its way.
    package var refundedAmount: Int64 = 0
    var state = PaymentState.requested
    /// Why it failed, in the provider's words: `card_declined`.
    package var failure: String?
    /// The provider has said things that cannot both be true, and somebody must look into it.
    package var isContradicted = false
    package let createdAt: Timestamp

    /// What the provider knows the payment by. The same however often it is asked, so it acts on it once.
    var providerKey: String { id.description }

    /// The transfer that carries it. A number is given to one row only, so that no other transfer can have it.
    var transfer: ID<Transfer> { ID(rawValue: id.rawValue) }

    /// What it brings, or has brought: of an authorisation what was taken.
    var takenAmount: Int64 { kind == .authorisation ? capturedAmount ?? 0 : amount.amount }

    /// What has moved once it is done.
    var movedAmount: Money { state == .done ? Money(takenAmount, amount.currency) : amount }

    /// How its owner sees it.
    package var progress: String {
        switch state {
        case .done: "completed"
        case .failed: "failed"
        case .authorised where kind == .authorisation: "authorised"
        case .requested, .asked, .authorised, .capturing, .voiding, .taken, .refused: "pending"
        }
    }
}
