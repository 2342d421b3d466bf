/// What became of a transfer.
package enum TransferOutcome: Hashable, Sendable {
    case applied
    /// The same transfer was applied before; nothing moved this time.
    case exists
    case refused(TransferRefusal)
}

/// Why a transfer was not applied. Nothing of it was.
package enum TransferRefusal: Hashable, Sendable {
    /// Another transfer has this id.
    case idTaken
    case amountNotPositive
    case sameAccount
    case debitAccountNotFound
    case creditAccountNotFound
    case currenciesDiffer
    case debitAccountFrozen
    case creditAccountFrozen
    /// The account has less than that.
    case insufficientFunds(available: Int64)
    /// A sum of the account would no longer fit in 63 bits.
    case balanceOverflow
    /// A hold that could never be settled.
    case expiresInThePast
    case holdNotFound
    /// The id is of a transfer that holds nothing.
    case notAHold
    case holdAlreadySettled
    case holdAlreadyVoided
    case holdExpired
    /// It cannot be given back for its age yet.
    case holdNotExpired
    case amountExceedsHold(held: Int64)
    /// Another one of its chain was refused.
    case linkedTransferRefused
    /// The last transfer of the batch is linked to a next one.
    case chainNotClosed
}
