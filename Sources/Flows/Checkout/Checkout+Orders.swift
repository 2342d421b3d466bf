package import Core
import Ledger
import LedgerCore
package import Market
package import Storage

/// What is done with an order once it is there.
extension Checkout {
    /// Does something with a part of an order, or with all that it concerns.
    /// - Parameter shop: whose part. Nil where there is one only, and for paying and for cancelling everything.
    /// - Returns: the parts as they are then.
    /// - Throws: ``OrderError``, ``LedgerError/refused(_:at:)``. Nothing has happened then.
    package func act(
        _ event: OrderEvent, on order: ID<Order>, shop: ID<Shop>?, by caller: OrderCaller, in tx: WriteTransaction
    ) throws -> [OrderPart] {
        try carryOut(event, on: order, shop: shop, by: caller, isCaptured: false, in: tx)
    }

    /// - Parameter isCaptured: what the order has claimed is in the wallet and pays it now.
    func carryOut(
        _ event: OrderEvent, on order: ID<Order>, shop: ID<Shop>?, by caller: OrderCaller, isCaptured: Bool,
        in tx: WriteTransaction
    ) throws -> [OrderPart] {
        let all = try market.parts(of: order, for: caller, in: tx)
        let chosen = try choose(event, of: all, shop: shop)
        // The books' time may be ahead of the clock, and holds end by it.
        let now = try ledger.now(in: tx)
        let decisions = try chosen.map { part in try decide(event, on: part, by: caller, at: now) }
        if event == .pay, !isCaptured { try requireNotAuthorised(chosen[0], in: tx) }
        try moveStock(decisions, of: order, buyer: chosen[0].buyer, in: tx)
        let changes = try moveMoney(decisions, buyer: chosen[0].buyer, in: tx)
        try market.save(changes, of: order, in: tx)
        if event.givesUp, let payment = chosen[0].awaitedPayment {
            try ledger.reconsider(ID(rawValue: payment), in: tx)
        }
        return changes.map(\.after)
    }

    /// Who pays from the wallet what a provider is being asked for would pay twice.
    private func requireNotAuthorised(_ part: CallersPart, in tx: WriteTransaction) throws {
        guard let id = part.awaitedPayment else { return }
        let payment = try ledger.payment(ID(rawValue: id), of: .person(part.buyer), in: tx)
        guard payment.kind != .authorisation else { throw OrderError.paymentUnderWay }
    }

    private func choose(_ event: OrderEvent, of parts: [CallersPart], shop: ID<Shop>?) throws -> [CallersPart] {
        if let shop {
            guard let part = parts.first(where: { $0.part.shop == shop }) else { throw OrderError.orderNotFound }
            return [part]
        }
        switch event {
        case .pay, .decline, .cancel(nil):
            // What was cancelled or shipped before is not meant; when that is all, it says why not.
            let open = parts.filter { $0.part.state == .placed || event == .cancel(nil) && $0.part.state == .paid }
            return open.isEmpty ? parts : open
        default:
            guard parts.count == 1 else { throw OrderError.shopNeeded }
            return parts
        }
    }

    private func decide(
        _ event: OrderEvent, on part: CallersPart, by caller: OrderCaller, at now: Timestamp
    ) throws -> Decision {
        let before = part.part.machine(part.lines)
        var machine = before
        do throws(OrderRefusal) {
            let actions = try machine.handle(event, by: part.parties, at: now)
            guard let party = part.parties.first(where: { event.kind.isAllowed(to: $0) }) else {
                preconditionFailure("the machine lets nobody do what they may not")
            }
            return Decision(
                part: part.part, event: event, party: party, account: caller.account, before: before, machine: machine,
                actions: actions)
        } catch {
            throw OrderError.refused(error)
        }
    }

    private func moveStock(
        _ decisions: [Decision], of order: ID<Order>, buyer: ID<Account>, in tx: WriteTransaction
    ) throws {
        var (given, handed, taken): ([SaleLine], [SaleLine], [SaleLine]) = ([], [], [])
        for action in decisions.flatMap(\.actions) {
            switch action {
            case .giveStockBack(let lines): given += lines
            case .handOver(let lines): handed += lines
            case .takeStockBack(let lines): taken += lines
            case .settleHold, .voidHold, .refund, .release, .returnFee: break
            }
        }
        if !given.isEmpty { try market.giveBack(given, of: order, by: buyer, in: tx) }
        if !handed.isEmpty { try market.handOver(handed, of: order, in: tx) }
        if !taken.isEmpty { try market.takeBack(taken, of: order, in: tx) }
    }

    // MARK: Money

    private func moveMoney(
        _ decisions: [Decision], buyer: ID<Account>, in tx: WriteTransaction
    ) throws -> [OrderChange] {
        guard decisions.contains(where: \.movesMoney) else { return decisions.map { $0.change(money: $0.part.money) } }
        let accounts = try OrderAccounts(
            settling: buyer, shops: decisions.map(\.part.shop), decisions[0].part.total.currency, ledger: ledger,
            in: tx)
        var transfers: [Transfer] = []
        let changes = decisions.map { decision in
            var money = decision.part.money
            for action in decision.actions {
                transfers += self.transfers(for: action, of: decision.part, accounts, &money)
            }
            return decision.change(money: money)
        }
        try giveBackHolds(transfers.filter(\.isVoid), in: tx)
        do {
            try ledger.postTogether(transfers.filter { !$0.isVoid }, in: tx)
        } catch LedgerError.refused(.insufficientFunds(let available), _)
            where decisions.contains(where: \.takesFromSeller)
        {
            throw OrderError.sellerFundsShort(available: Money(available, decisions[0].part.total.currency))
        }
        return changes
    }

    /// What the books have given back already, because nobody came in time, is given back.
    private func giveBackHolds(_ voids: [Transfer], in tx: WriteTransaction) throws {
        for (index, outcome) in try ledger.post(voids, in: tx).enumerated() {
            guard case .refused(let refusal) = outcome else { continue }
            guard refusal == .holdExpired || refusal == .holdAlreadyVoided else {
                throw LedgerError.refused(refusal, at: index)
            }
        }
    }

    /// - Parameter money: what has moved, to which this is added.
    private func transfers(
        for action: OrderStateMachine.Action, of part: OrderPart, _ accounts: OrderAccounts,
        _ money: inout OrderPart.SettledMoney
    ) -> [Transfer] {
        func transfer(_ amount: Money, _ action: Transfer.Action, _ purpose: TransferPurpose) -> [Transfer] {
            // Nothing moves for what costs nothing.
            amount.amount > 0 ? [Transfer(id: ids.next(), action, for: purpose, of: part.order.rawValue)] : []
        }
        let hold = part.hold.map { ID<Transfer>(rawValue: $0) }
        func void() -> [Transfer] {
            hold.map { [Transfer(id: ids.next(), .void($0), for: .orderRefund, of: part.order.rawValue)] } ?? []
        }
        switch action {
        case .giveStockBack, .handOver, .takeStockBack: return []
        case .voidHold: return void()
        case .settleHold(let amount):
            money.paid += amount.amount
            guard amount.amount > 0 else { return void() }
            let action = hold.map { .settle($0, amount: amount.amount) } ?? accounts.pay(amount, to: part.shop)
            return transfer(amount, action, .orderPayment)
        case .refund(let amount, let source):
            money.refunded += amount.amount
            return transfer(amount, accounts.refund(amount, of: part.shop, from: source), .orderRefund)
        case .release(let amount, let fee):
            let net = Money(amount.amount - fee.amount, amount.currency)
            money.released += net.amount
            money.fee += fee.amount
            return transfer(net, accounts.release(net, to: part.shop), .orderRelease)
                + transfer(fee, accounts.fee(fee, of: part.shop), .orderFee)
        case .returnFee(let amount):
            money.fee -= amount.amount
            return transfer(amount, accounts.returnFee(amount, to: part.shop), .orderFeeReturn)
        }
    }
}

/// What the machine has decided about a part.
private struct Decision {
    let part: OrderPart
    let event: OrderEvent
    let party: OrderParty
    let account: ID<Account>?
    let before: OrderStateMachine
    let machine: OrderStateMachine
    let actions: [OrderStateMachine.Action]

    var movesMoney: Bool {
        actions.contains { action in
            switch action {
            case .settleHold, .voidHold, .refund, .release, .returnFee: true
            case .giveStockBack, .handOver, .takeStockBack: false
            }
        }
    }

    var takesFromSeller: Bool {
        actions.contains { if case .refund(_, from: .seller) = $0 { true } else { false } }
    }

    func change(money: OrderPart.SettledMoney) -> OrderChange {
        OrderChange(
            part: part, event: event, party: party, account: account, before: before, machine: machine, money: money)
    }
}

extension OrderEvent {
    /// What was to be paid is less after it.
    fileprivate var givesUp: Bool { kind == .cancel || kind == .expire }
}

extension Transfer {
    fileprivate var isVoid: Bool {
        if case .void = action { true } else { false }
    }
}
