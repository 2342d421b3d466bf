import Core
import Jobs
import LedgerCore
import Storage

/// Carrying payments out: what is to be done is stored before a provider is called, and what it says is booked in the
/// transaction that stores it. Wherever this is cut off, the next run asks first what has become of the payment.
extension LedgerService {
    /// Payments are looked at again after 5 s, 10 s, 20 s and so on, and at last once an hour.
    private static let firstWaitSeconds: Int64 = 5
    private static let waitSecondsMax: Int64 = 3_600

    /// Enqueues the payment's first run.
    func settleSoon(_ payment: ID<Payment>, in tx: WriteTransaction) throws {
        try settle(payment, round: 0, at: nil, in: tx)
    }

    private func settle(_ payment: ID<Payment>, round: Int64, at time: Timestamp?, in tx: WriteTransaction) throws {
        try jobs.enqueue(
            SettlePayment(payment: payment, round: round), priority: .high, at: time,
            uniqueKey: "ledger.settle:\(payment):\(round)", in: tx)
    }

    /// Does what can be done for a payment now.
    /// - Parameter mayFail: false when the job would not run again: another one takes over then, because money that is
    ///   under way is never given up.
    /// - Throws: what the provider throws.
    func settlePayment(_ id: ID<Payment>, round: Int64, mayFail: Bool = true) async throws {
        do {
            try await carryOn(id, round: round)
        } catch  where !mayFail && !(error is CancellationError) {
            try await database.write { tx in try wait(id, round: round + 1, in: tx) }
        }
    }

    private func carryOn(_ id: ID<Payment>, round: Int64) async throws {
        while let (payment, call) = try await begin(id) {
            try Task.checkCancellation()
            let report = try await perform(call, for: payment)
            let reaction = try await database.write { tx -> PaymentStateMachine.Reaction in
                guard let payment = try tx.payment(id) else { return .nothing }
                let reaction = try hear(report, of: payment, from: .answer, in: tx)
                if reaction == .wait { try wait(id, round: round + 1, in: tx) }
                return reaction
            }
            if reaction != .call { return }
        }
        try await bookWhatIsOpen(id)
    }

    private func wait(_ payment: ID<Payment>, round: Int64, in tx: WriteTransaction) throws {
        let seconds = min(Self.waitSecondsMax, Self.firstWaitSeconds << min(round - 1, 10))
        try settle(payment, round: round, at: clock.now().advanced(bySeconds: seconds), in: tx)
    }

    private func begin(_ id: ID<Payment>) async throws -> (Payment, PaymentStateMachine.Call)? {
        try await database.write { tx in
            guard var payment = try tx.payment(id), let wallet = try tx.ledgerAccounts([payment.wallet]).first else {
                return nil
            }
            var machine = PaymentStateMachine(payment.kind, payment.state)
            let (wish, amount) = try wish(for: payment, isFrozen: wallet.isFrozen, in: tx)
            let call = machine.begin(wish)
            if machine.state != payment.state {
                payment.state = machine.state
                if payment.kind == .authorisation {
                    if call == .capture { payment.capturedAmount = amount }
                    if call == .void, payment.isExpired(at: clock.now()) { payment.failure = "expired" }
                }
                try tx.update(payment, at: clock.now())
            }
            return call.map { (payment, $0) }
        }
    }

    private func perform(_ call: PaymentStateMachine.Call, for payment: Payment) async throws -> ProviderReport {
        guard let provider = providers.first(where: { $0.name == payment.provider }) else {
            throw LedgerError.paymentsUnavailable
        }
        let order = ProviderOrder(key: payment.providerKey, amount: payment.amount, token: payment.token)
        switch call {
        case .authorise: return try await provider.authorise(order)
        case .capture:
            let amount = Money(payment.takenAmount, payment.amount.currency)
            return try await provider.capture(payment.providerKey, amount)
        case .void: return try await provider.void(payment.providerKey)
        case .payOut: return try await provider.payOut(order)
        case .refund:
            let original = payment.refunded?.description ?? ""
            return try await provider.refund(order, of: original)
        case .ask: return try await provider.report(of: payment.providerKey)
        }
    }

    // MARK: Hearing

    /// Stores and books what a provider says.
    @discardableResult
    func hear(
        _ report: ProviderReport, of heard: Payment, from source: PaymentStateMachine.Source, in tx: WriteTransaction
    ) throws -> PaymentStateMachine.Reaction {
        var payment = heard
        var machine = PaymentStateMachine(payment.kind, payment.state)
        // Another amount than the one that was asked for: not this payment, whatever its key.
        let isOther = report.amount.map { !payment.canBe(report.status, of: $0) } ?? false
        let reaction: PaymentStateMachine.Reaction =
            isOther ? (source == .notice ? .ask : .contradiction) : machine.hear(report.status, from: source)
        if reaction == .book, payment.kind == .authorisation, payment.state != .taken {
            // What it says was taken; all of what it was last asked for when it does not say.
            payment.capturedAmount = report.amount?.amount ?? payment.capturedAmount ?? payment.amount.amount
        }
        if reaction == .book, try book(payment, machine.state, in: tx) { machine.booked() }
        if reaction == .contradiction, !payment.isContradicted {
            payment.isContradicted = true
            try tell(LedgerEvent.paymentContradicted, about: payment, in: tx)
        }
        payment.state = machine.state
        switch report.status {
        case .declined, .voided: payment.failure = payment.failure ?? report.reason ?? report.status.rawValue
        case .completed where reaction == .book: payment.failure = nil
        // It knows nothing of what was to be let go of or taken.
        case .unknown where payment.state == .failed: payment.failure = payment.failure ?? "voided"
        case .unknown, .pending, .authorised, .completed: break
        }
        if payment != heard { try tx.update(payment, at: clock.now()) }
        if payment.state != heard.state { try actOnEnd(of: payment, in: tx) }
        return reaction
    }

    private func actOnEnd(of payment: Payment, in tx: WriteTransaction) throws {
        switch payment.state {
        case .done:
            try tell(LedgerEvent.paymentCompleted, about: payment, in: tx)
            if payment.kind == .authorisation { try spend(payment, in: tx) }
        case .failed:
            try tell(LedgerEvent.paymentFailed, about: payment, in: tx)
            if let order = payment.order { try orders.giveUp(order, self, in: tx) }
        default: break
        }
    }

    // MARK: Booking

    /// Moves what a provider has taken into the wallet, or what it has refused back into it.
    /// - Returns: false when the wallet cannot take it now. It is frozen then, and unfreezing it tries again.
    private func book(_ payment: Payment, _ state: PaymentState, in tx: WriteTransaction) throws -> Bool {
        let clearing = try account(
            of: .platform, purpose: .providerClearing, currency: payment.amount.currency, in: tx)
        let isReturn = state == .refused
        let movement = Transfer.Movement(
            debit: clearing, credit: payment.wallet, amount: isReturn ? payment.amount.amount : payment.takenAmount)
        let purpose: TransferPurpose = payment.kind == .authorisation ? .capture : .topUp
        let transfer = Transfer(
            id: isReturn ? ids.next() : payment.transfer, .post(movement), for: isReturn ? .paymentReturned : purpose,
            of: payment.id.rawValue)
        switch try post([transfer], in: tx)[0] {
        case .refused(.creditAccountFrozen), .refused(.balanceOverflow): return false
        case .refused(let refusal): throw LedgerError.refused(refusal, at: 0)
        case .applied, .exists: break
        }
        if isReturn, let taken = payment.refunded { _ = try tx.addRefund(-payment.amount.amount, of: taken) }
        return true
    }

    /// Books what could not be booked when it was heard of.
    private func bookWhatIsOpen(_ id: ID<Payment>) async throws {
        try await database.write { tx in
            guard var payment = try tx.payment(id), [.taken, .refused].contains(payment.state),
                try book(payment, payment.state, in: tx)
            else { return }
            var machine = PaymentStateMachine(payment.kind, payment.state)
            machine.booked()
            payment.state = machine.state
            try tx.update(payment, at: clock.now())
            try actOnEnd(of: payment, in: tx)
        }
    }
}

extension Payment {
    fileprivate func isExpired(at now: Timestamp) -> Bool {
        order == nil && !isLetGo && expiresAt.map { now >= $0 } ?? false
    }

    /// Whether a provider can say that of it. Of what it has set aside it may have taken a part, and says then which.
    fileprivate func canBe(_ status: ProviderStatus, of reported: Money) -> Bool {
        guard kind == .authorisation, status == .completed, reported.currency == amount.currency else {
            return reported == amount
        }
        if state == .taken || state == .done { return reported.amount == capturedAmount }
        return reported.amount > 0 && reported.amount <= amount.amount
    }
}
