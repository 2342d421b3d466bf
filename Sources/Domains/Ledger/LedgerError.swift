package import HTTP
import HTTPTypes
package import LedgerCore

/// Everything that Ledger refuses.
package enum LedgerError: Error, Equatable {
    /// A transfer, by its place in the batch.
    case refused(TransferRefusal, at: Int)
}

extension LedgerError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .refused(let refusal, _): refusal.problem
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
