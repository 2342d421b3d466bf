package import Core
package import HTTP
import HTTPTypes
package import LedgerCore

/// Everything that Ledger refuses.
package enum LedgerError: Error, Equatable {
    /// A transfer, by its place in the batch.
    case refused(TransferRefusal, at: Int)
    case unknownCurrency(pointer: String)
    /// Also when the two shall not meet.
    case payeeNotFound
    case accountNotFound
    /// Also when it is somebody else's.
    case paymentNotFound
    case paymentNotCompleted
    case refundExceedsPayment(left: Money)
    /// The order comes to more than was set aside.
    case authorisationTooSmall(authorised: Money)
    /// By another order, or by the one that is to be let go of.
    case authorisationUsed
    /// It was declined, given up or captured, or its time is over.
    case authorisationEnded
    /// A shop's money is of its own currency.
    case otherCurrency(Currency)
    /// There is no provider to ask.
    case paymentsUnavailable
    case providerNotFound
    case callbackRefused(CallbackRefusal)
    /// Whoever leaves has money still.
    case walletNotEmpty
    /// The same of a shop that is to be closed for good.
    case shopWalletNotEmpty
    /// Whoever leaves waits for a provider still.
    case paymentsUnderWay
}

extension LedgerError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .refused(let refusal, _): refusal.problem
        case .unknownCurrency(let pointer):
            .invalidField(pointer, "unknown_currency", "must be a currency of ISO 4217: EUR")
        case .payeeNotFound: .notFound("payee_not_found", "There is nobody of that id to whom you can send money.")
        case .accountNotFound: .notFound("ledger_account_not_found", "The books have no such account.")
        case .paymentNotFound: .notFound("payment_not_found", "You have no such payment.")
        case .paymentNotCompleted:
            Problem(.conflict, "payment_not_completed", "Only what has arrived can be given back: wait for it.")
        case .refundExceedsPayment(let left):
            Problem(.conflict, "refund_exceeds_payment", "At most \(left) of this payment can be given back.")
        case .authorisationTooSmall(let authorised):
            Problem(
                .conflict, "authorisation_too_small",
                "Only \(authorised) were set aside: let go of it, and have enough set aside for the order.")
        case .authorisationUsed:
            Problem(.conflict, "authorisation_used", "An order has claimed the authorisation: begin another one.")
        case .authorisationEnded:
            Problem(
                .conflict, "authorisation_ended",
                "The authorisation was declined, was let go of or has expired: begin another one.")
        case .otherCurrency(let currency):
            Problem(
                .unprocessableContent, "currencies_differ", "The shop's money is in \(currency.rawValue): name that.")
        case .paymentsUnavailable:
            Problem(.serviceUnavailable, "payments_unavailable", "No payment provider is set up here.")
                .retrying(afterSeconds: 3_600)
        case .providerNotFound: .notFound("provider_not_found", "There is no payment provider of that name.")
        case .callbackRefused(let refusal): refusal.problem
        case .walletNotEmpty:
            Problem(.conflict, "wallet_not_empty", "There is money in the wallet: have it paid out first.")
        case .shopWalletNotEmpty:
            Problem(
                .conflict, "shop_wallet_not_empty",
                "There is money in the wallet of a shop of yours: have it paid out first.")
        case .paymentsUnderWay:
            Problem(.conflict, "payments_under_way", "Payments are under way: wait until they have ended.")
        }
    }
}

extension CallbackRefusal {
    fileprivate var problem: Problem {
        switch self {
        case .forged: Problem(.forbidden, "invalid_signature", "The signature is not the provider's.")
        case .outsideOfTolerance:
            Problem(.badRequest, "signature_expired", "The signature is too old, or of the future: sign it anew.")
        case .unreadable: Problem(.badRequest, "unreadable_callback", "The callback is not one of the provider's.")
        }
    }
}

extension TransferRefusal {
    fileprivate var problem: Problem {
        switch self {
        case .insufficientFunds:
            Problem(.conflict, "insufficient_funds", "The wallet has less than that: top it up first.")
        case .debitAccountFrozen, .creditAccountFrozen:
            Problem(.conflict, "wallet_frozen", "The wallet is frozen: ask an administrator.")
        case .amountNotPositive:
            .invalidField("/amount", "too_small", "must be more than zero")
        case .balanceOverflow:
            .invalidField("/amount", "too_large", "is more than a wallet can hold")
        case .sameAccount:
            Problem(.unprocessableContent, "same_wallet", "Money moves from one wallet to another.")
        case .currenciesDiffer:
            Problem(.unprocessableContent, "currencies_differ", "Both wallets must be of one currency.")
        case .holdExpired:
            Problem(.conflict, "hold_expired", "The money is no longer set aside: begin again.")
        case .idTaken, .debitAccountNotFound, .creditAccountNotFound, .expiresInThePast, .holdNotFound, .notAHold,
            .holdAlreadySettled, .holdAlreadyVoided, .holdNotExpired, .amountExceedsHold, .linkedTransferRefused,
            .chainNotClosed:
            Problem(.conflict, "transfer_refused", "The money cannot be moved this way any more.")
        }
    }
}
