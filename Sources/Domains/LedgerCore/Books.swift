package import Core

/// The part of the books that a batch touches: what it names, and what it has changed.
///
/// Whoever loads them puts in every account and transfer that the batch names and that there is; what is missing does
/// not exist.
package struct Books: Sendable {
    package private(set) var accounts: [ID<LedgerAccount>: LedgerAccount]
    /// Earlier transfers with an id of the batch, and the holds that it would end.
    package private(set) var transfers: [ID<Transfer>: RecordedTransfer]

    package init(accounts: [LedgerAccount], transfers: [RecordedTransfer] = []) {
        self.accounts = Dictionary(uniqueKeysWithValues: accounts.map { ($0.id, $0) })
        self.transfers = Dictionary(uniqueKeysWithValues: transfers.map { ($0.id, $0) })
    }

    /// What a chain has changed so far, so that it can be taken back; nil outside of one.
    private var undo: Undo?

    private struct Undo {
        var accounts: [LedgerAccount] = []
        var recorded: [ID<Transfer>] = []
        var ended: [ID<Transfer>] = []
    }

    mutating func put(_ account: LedgerAccount) {
        precondition(account.isSound, "no transfer may break the rule of \(account.id)")
        let old = accounts.updateValue(account, forKey: account.id)
        guard let old else { preconditionFailure("no transfer opens an account") }
        undo?.accounts.append(old)
    }

    mutating func record(_ transfer: RecordedTransfer) {
        precondition(transfers.updateValue(transfer, forKey: transfer.id) == nil, "\(transfer.id) was applied before")
        undo?.recorded.append(transfer.id)
    }

    mutating func end(_ hold: ID<Transfer>, as state: RecordedTransfer.HoldState) {
        precondition(transfers[hold]?.holdState == .pending, "\(hold) has ended before")
        transfers[hold]?.holdState = state
        undo?.ended.append(hold)
    }

    mutating func beginChain() {
        precondition(undo == nil, "chains are not nested")
        undo = Undo()
    }

    /// - Parameter isKept: false takes back what was done since ``beginChain()``.
    mutating func endChain(isKept: Bool) {
        guard let done = undo else { preconditionFailure("a chain ends that was not begun") }
        undo = nil
        if isKept { return }
        for account in done.accounts.reversed() { accounts[account.id] = account }
        for hold in done.ended { transfers[hold]?.holdState = .pending }
        for transfer in done.recorded { transfers[transfer] = nil }
    }
}
