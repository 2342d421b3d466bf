package import Core
package import LedgerCore
package import Storage

/// Moving money in somebody else's transaction: the seam for `Flows`.
extension LedgerService {
    /// Applies what can be applied of a batch and says what became of each, in order. The others have no effect.
    ///
    /// Six statements at most for up to 256 transfers. Whoever needs all of them uses ``postTogether(_:in:)``.
    package func post(_ transfers: [Transfer], in tx: WriteTransaction) throws -> [TransferOutcome] {
        guard !transfers.isEmpty else { return [] }
        let recorded = try tx.recordedTransfers(Set(transfers.flatMap(\.named)))
        let accounts = try tx.ledgerAccounts(
            Set((transfers.compactMap(\.movement) + recorded.map(\.movement)).flatMap { [$0.debit, $0.credit] }))
        var books = Books(accounts: accounts, transfers: recorded)
        let outcomes = books.apply(transfers, now: try now(in: tx))
        try tx.writeSums(of: accounts.compactMap { books.accounts[$0.id] == $0 ? nil : books.accounts[$0.id] })
        try tx.insert(
            zip(transfers, outcomes).compactMap { $1 == .applied ? books.transfers[$0.id] : nil })
        try tx.writeStates(
            of: recorded.compactMap { books.transfers[$0.id] == $0 ? nil : books.transfers[$0.id] })
        return outcomes
    }

    /// Applies all of the transfers as one chain, or throws and moves nothing. Doing it again with the same ids does
    /// nothing.
    /// - Throws: ``LedgerError/refused(_:at:)`` with the first one that cannot be applied.
    package func postTogether(_ transfers: [Transfer], in tx: WriteTransaction) throws {
        let chain = transfers.enumerated().map { $1.linked($0 < transfers.count - 1) }
        for (index, outcome) in try post(chain, in: tx).enumerated() {
            guard case .refused(let refusal) = outcome, refusal != .linkedTransferRefused else { continue }
            throw LedgerError.refused(refusal, at: index)
        }
    }

    /// The books' time: the clock's, but never before the newest transfer. Holds end by it, so deadlines are counted
    /// from it.
    package func now(in db: some Queryable) throws -> Timestamp {
        let now = clock.now()
        return max(now, try db.newestTransferAt() ?? now)
    }
}

extension Transfer {
    /// Itself, as it may have been applied before, and the hold that it would end.
    fileprivate var named: [ID<Transfer>] {
        switch action {
        case .post, .hold: [id]
        case .settle(let hold, _), .void(let hold), .expire(let hold): [id, hold]
        }
    }

    fileprivate var movement: Movement? {
        switch action {
        case .post(let movement), .hold(let movement, _): movement
        case .settle, .void, .expire: nil
        }
    }
}
