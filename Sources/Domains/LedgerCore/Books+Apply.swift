package import Core

/// Double entry, decided: given the books and a batch of transfers, what each comes to.
///
/// Pure: no I/O, clock or chance, so the same books, batch and time always lead to the same result. The semantics are
/// TigerBeetle's (https://docs.tigerbeetle.com/coding/two-phase-transfers/): transfers are taken in order, each sees
/// those before it, a linked chain is applied as a whole or not at all, and an id that was used before moves nothing.
/// One thing differs: a chain that was applied before exists as a whole, so that it can be repeated like a single one.
extension Books {
    /// Applies what can be applied.
    /// - Returns: an outcome for each transfer, in order.
    package mutating func apply(_ batch: [Transfer], now: Timestamp) -> [TransferOutcome] {
        var outcomes: [TransferOutcome] = []
        outcomes.reserveCapacity(batch.count)
        var start = 0
        while start < batch.count {
            let end = batch[start...].firstIndex { !$0.isLinkedToNext }.map { $0 + 1 }
            if let end, end == start + 1 {
                outcomes.append(apply(batch[start], now: now))
            } else if let end {
                outcomes += applyChain(batch[start..<end], now: now)
            } else {
                outcomes += batch[start...].map { _ in .refused(.chainNotClosed) }
            }
            start = end ?? batch.count
        }
        return outcomes
    }

    private mutating func applyChain(_ chain: ArraySlice<Transfer>, now: Timestamp) -> [TransferOutcome] {
        if chain.allSatisfy({ transfers[$0.id]?.fulfils($0) == true }) { return chain.map { _ in .exists } }
        beginChain()
        for (index, transfer) in chain.enumerated() {
            let refusal: TransferRefusal
            switch apply(transfer, now: now) {
            case .applied: continue
            // A member that was applied without the others was not applied as a member.
            case .exists: refusal = .idTaken
            case .refused(let reason): refusal = reason
            }
            endChain(isKept: false)
            return chain.indices.enumerated().map { position, _ in
                .refused(position == index ? refusal : .linkedTransferRefused)
            }
        }
        endChain(isKept: true)
        return chain.map { _ in .applied }
    }

    private mutating func apply(_ transfer: Transfer, now: Timestamp) -> TransferOutcome {
        if let recorded = transfers[transfer.id] {
            return recorded.fulfils(transfer) ? .exists : .refused(.idTaken)
        }
        do throws(TransferRefusal) {
            switch transfer.action {
            case .post(let movement): try post(transfer, movement, now: now)
            case .hold(let movement, let until): try hold(transfer, movement, until: until, now: now)
            case .settle(let hold, let amount): try settle(transfer, hold, amount: amount, now: now)
            case .void(let hold): try giveBack(transfer, hold, as: .voided, now: now)
            case .expire(let hold): try giveBack(transfer, hold, as: .expired, now: now)
            }
            return .applied
        } catch {
            return .refused(error)
        }
    }

    // MARK: Moving

    private mutating func post(
        _ transfer: Transfer, _ movement: Transfer.Movement, now: Timestamp
    ) throws(TransferRefusal) {
        var (debit, credit) = try accounts(of: movement)
        try debit.checkFunds(for: movement.amount)
        debit.debitsPosted = try debit.debitsPosted.plus(movement.amount)
        credit.creditsPosted = try credit.creditsPosted.plus(movement.amount)
        try put(debit, credit)
        record(RecordedTransfer(transfer, .post, movement, debit: debit, credit: credit, at: now))
    }

    private mutating func hold(
        _ transfer: Transfer, _ movement: Transfer.Movement, until: Timestamp, now: Timestamp
    ) throws(TransferRefusal) {
        guard until > now else { throw .expiresInThePast }
        var (debit, credit) = try accounts(of: movement)
        try debit.checkFunds(for: movement.amount)
        debit.debitsPending = try debit.debitsPending.plus(movement.amount)
        credit.creditsPending = try credit.creditsPending.plus(movement.amount)
        try put(debit, credit)
        record(
            RecordedTransfer(
                transfer, .hold, movement, debit: debit, credit: credit, at: now, expiresAt: until, holdState: .pending)
        )
    }

    private mutating func settle(
        _ transfer: Transfer, _ holdID: ID<Transfer>, amount: Int64?, now: Timestamp
    ) throws(TransferRefusal) {
        let hold = try pendingHold(holdID)
        guard let expiresAt = hold.expiresAt, now < expiresAt else { throw .holdExpired }
        let held = hold.movement
        let amount = amount ?? held.amount
        guard amount > 0 else { throw .amountNotPositive }
        guard amount <= held.amount else { throw .amountExceedsHold(held: held.amount) }
        let movement = Transfer.Movement(debit: held.debit, credit: held.credit, amount: amount)
        var (debit, credit) = try accounts(of: movement)
        debit.debitsPending -= held.amount
        credit.creditsPending -= held.amount
        debit.debitsPosted = try debit.debitsPosted.plus(amount)
        credit.creditsPosted = try credit.creditsPosted.plus(amount)
        try put(debit, credit)
        end(holdID, as: .settled)
        record(RecordedTransfer(transfer, .settle, movement, debit: debit, credit: credit, at: now, hold: holdID))
    }

    private mutating func giveBack(
        _ transfer: Transfer, _ holdID: ID<Transfer>, as state: RecordedTransfer.HoldState, now: Timestamp
    ) throws(TransferRefusal) {
        let hold = try pendingHold(holdID)
        if state == .expired, let expiresAt = hold.expiresAt, now < expiresAt { throw .holdNotExpired }
        let movement = hold.movement
        // Frozen or not: what is given back leaves the balances as they are.
        guard var debit = accounts[movement.debit] else { throw .debitAccountNotFound }
        guard var credit = accounts[movement.credit] else { throw .creditAccountNotFound }
        debit.debitsPending -= movement.amount
        credit.creditsPending -= movement.amount
        try put(debit, credit)
        end(holdID, as: state)
        let kind: RecordedTransfer.Kind = state == .expired ? .expire : .void
        record(RecordedTransfer(transfer, kind, movement, debit: debit, credit: credit, at: now, hold: holdID))
    }

    // MARK: Checks

    private func accounts(
        of movement: Transfer.Movement
    ) throws(TransferRefusal) -> (debit: LedgerAccount, credit: LedgerAccount) {
        guard movement.amount > 0 else { throw .amountNotPositive }
        guard movement.debit != movement.credit else { throw .sameAccount }
        guard let debit = accounts[movement.debit] else { throw .debitAccountNotFound }
        guard let credit = accounts[movement.credit] else { throw .creditAccountNotFound }
        guard debit.currency == credit.currency else { throw .currenciesDiffer }
        guard !debit.isFrozen else { throw .debitAccountFrozen }
        guard !credit.isFrozen else { throw .creditAccountFrozen }
        return (debit, credit)
    }

    private func pendingHold(_ id: ID<Transfer>) throws(TransferRefusal) -> RecordedTransfer {
        guard let hold = transfers[id] else { throw .holdNotFound }
        switch hold.holdState {
        case nil: throw .notAHold
        case .settled: throw .holdAlreadySettled
        case .voided: throw .holdAlreadyVoided
        case .expired: throw .holdExpired
        case .pending: return hold
        }
    }

    private mutating func put(_ debit: LedgerAccount, _ credit: LedgerAccount) throws(TransferRefusal) {
        guard debit.sumsFit, credit.sumsFit else { throw .balanceOverflow }
        put(debit)
        put(credit)
    }
}

extension LedgerAccount {
    fileprivate func checkFunds(for amount: Int64) throws(TransferRefusal) {
        guard rule == .debitsMustNotExceedCredits, amount > available else { return }
        throw .insufficientFunds(available: available)
    }

    /// Settled and held together, on each side: a hold that is set aside must also fit once it is settled.
    fileprivate var sumsFit: Bool {
        !debitsPosted.addingReportingOverflow(debitsPending).overflow
            && !creditsPosted.addingReportingOverflow(creditsPending).overflow
    }
}

extension Int64 {
    fileprivate func plus(_ other: Int64) throws(TransferRefusal) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        guard !overflows else { throw .balanceOverflow }
        return sum
    }
}

extension TransferRefusal: Error {}

extension RecordedTransfer {
    fileprivate init(
        _ transfer: Transfer, _ kind: Kind, _ movement: Transfer.Movement, debit: LedgerAccount, credit: LedgerAccount,
        at now: Timestamp, hold: ID<Transfer>? = nil, expiresAt: Timestamp? = nil, holdState: HoldState? = nil
    ) {
        self.init(
            id: transfer.id, kind: kind, movement: movement, hold: hold, expiresAt: expiresAt, holdState: holdState,
            purpose: transfer.purpose, subject: transfer.subject, createdAt: now, debitBalance: debit.balance,
            creditBalance: credit.balance)
    }
}
