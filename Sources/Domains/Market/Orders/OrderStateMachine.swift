package import Core

/// What becomes of one seller's part of an order when somebody does something. Pure: it is told the time, and says what
/// is to be done with stock and money; whoever asks does it in the same transaction.
package struct OrderStateMachine: Sendable, Equatable {
    package private(set) var state: OrderState
    package private(set) var lines: [Line]
    /// When the clock may act: give up on the payment, or complete what was delivered. Nil: never.
    package private(set) var dueAt: Timestamp?
    /// What the platform has of it. None before the seller was paid.
    package private(set) var fee: Money
    package let feeBasisPoints: Int64

    package struct Line: Sendable, Equatable {
        package let variant: ID<Variant>
        package let price: Money
        package let quantity: Int64
        /// Pieces that were cancelled or refunded.
        package var givenBack: Int64 = 0

        package var left: Int64 { quantity - givenBack }

        package init(_ variant: ID<Variant>, price: Money, quantity: Int64, givenBack: Int64 = 0) {
            self.variant = variant
            self.price = price
            self.quantity = quantity
            self.givenBack = givenBack
        }
    }

    /// What is to be done, in this order.
    package enum Action: Sendable, Equatable {
        /// Pieces that were taken are for sale again.
        case giveStockBack([SaleLine])
        /// Pieces have left the shop.
        case handOver([SaleLine])
        /// Pieces have come back to the shop.
        case takeStockBack([SaleLine])
        /// Move what was set aside, or a part of it, into the seller's escrow.
        case settleHold(Money)
        /// Give back what was set aside.
        case voidHold
        /// Give money back to the buyer: from escrow, or from the seller once that is theirs.
        case refund(Money, from: Source)
        /// The seller gets what is in escrow but for the platform's fee.
        case release(Money, fee: Money)
        /// The platform gives back its share of what was refunded.
        case returnFee(Money)
    }

    package enum Source: Sendable, Equatable {
        case escrow, seller
    }

    package init(
        _ state: OrderState, lines: [Line], dueAt: Timestamp?, fee: Money, feeBasisPoints: Int64
    ) {
        precondition(lines.allSatisfy { $0.price.currency == fee.currency }, "an order is of one currency")
        self.state = state
        self.lines = lines
        self.dueAt = dueAt
        self.fee = fee
        self.feeBasisPoints = feeBasisPoints
    }

    /// What the lines that were not given back come to.
    /// - Precondition: their sum fits, which ``OrderTotals`` has made sure of.
    package var left: Money { worth(of: lines.map { ($0, $0.left) }) }

    /// - Parameter parties: everything that whoever asks is to this part; one of it must do.
    /// - Throws: ``OrderRefusal``. Nothing has changed then.
    package mutating func handle(
        _ event: OrderEvent, by parties: [OrderParty], at now: Timestamp
    ) throws(OrderRefusal) -> [Action] {
        guard parties.contains(where: { event.kind.isAllowed(to: $0) }) else { throw .notAllowed(event.kind) }
        switch event {
        case .pay: return try pay(at: now)
        case .expire: return try expire(at: now)
        case .decline: return try decline()
        case .ship: return try ship(at: now)
        case .deliver: return try deliver(at: now)
        case .complete: return try complete(by: parties, at: now)
        case .cancel(let wanted): return try cancel(wanted)
        case .refund(let wanted, let isRestocked): return try refund(wanted, isRestocked: isRestocked)
        }
    }

    // MARK: Forwards

    private mutating func pay(at now: Timestamp) throws(OrderRefusal) -> [Action] {
        try require(.pay, [.placed])
        if let dueAt, now >= dueAt { throw .paymentTimedOut }
        (state, dueAt) = (.paid, nil)
        return [.settleHold(left)]
    }

    private mutating func expire(at now: Timestamp) throws(OrderRefusal) -> [Action] {
        try require(.expire, [.placed])
        guard let dueAt, now >= dueAt else { throw .notDue }
        return cancelPlaced(all)
    }

    private mutating func decline() throws(OrderRefusal) -> [Action] {
        try require(.decline, [.placed])
        return cancelPlaced(all)
    }

    private mutating func ship(at now: Timestamp) throws(OrderRefusal) -> [Action] {
        try require(.ship, [.paid])
        (state, dueAt) = (.shipped, now.advanced(bySeconds: OrderTiming.completedAfterShippingSeconds))
        return [.handOver(all)]
    }

    private mutating func deliver(at now: Timestamp) throws(OrderRefusal) -> [Action] {
        try require(.deliver, [.shipped])
        (state, dueAt) = (.delivered, now.advanced(bySeconds: OrderTiming.completedAfterDeliverySeconds))
        return []
    }

    private mutating func complete(by parties: [OrderParty], at now: Timestamp) throws(OrderRefusal) -> [Action] {
        try require(.complete, [.shipped, .delivered])
        if parties == [.clock] {
            guard let dueAt, now >= dueAt else { throw .notDue }
        }
        fee = feeDue
        (state, dueAt) = (.completed, nil)
        return [.release(left, fee: fee)]
    }

    // MARK: Back

    private mutating func cancel(_ wanted: [SaleLine]?) throws(OrderRefusal) -> [Action] {
        try require(.cancel, [.placed, .paid])
        let pieces = try pieces(wanted)
        if state == .placed { return cancelPlaced(pieces) }
        let amount = giveBack(pieces)
        if isEmpty { state = .cancelled }
        return [.giveStockBack(pieces), .refund(amount, from: .escrow)]
    }

    /// What is left of the hold is settled when it is paid; without anything left it ends.
    private mutating func cancelPlaced(_ pieces: [SaleLine]) -> [Action] {
        _ = giveBack(pieces)
        guard isEmpty else { return [.giveStockBack(pieces)] }
        (state, dueAt) = (.cancelled, nil)
        return [.giveStockBack(pieces), .voidHold]
    }

    private mutating func refund(_ wanted: [SaleLine]?, isRestocked: Bool) throws(OrderRefusal) -> [Action] {
        try require(.refund, [.paid, .shipped, .delivered, .completed])
        let pieces = try pieces(wanted)
        let amount = giveBack(pieces)
        var actions: [Action] = []
        switch state {
        case .paid: actions = [.giveStockBack(pieces), .refund(amount, from: .escrow)]
        case .completed:
            // Before the seller pays: they may have to pay with it.
            let returned = Money(fee.amount - feeDue.amount, fee.currency)
            fee = feeDue
            actions = [.returnFee(returned), .refund(amount, from: .seller)]
        default: actions = [.refund(amount, from: .escrow)]
        }
        if isRestocked, state != .paid { actions.append(.takeStockBack(pieces)) }
        if isEmpty { (state, dueAt) = (.refunded, nil) }
        return actions
    }

    // MARK: Parts

    private var isEmpty: Bool { lines.allSatisfy { $0.left == 0 } }

    /// All that is left.
    private var all: [SaleLine] { lines.filter { $0.left > 0 }.map { SaleLine($0.variant, $0.left) } }

    /// The platform's share of what was not given back, rounded line by line.
    private var feeDue: Money {
        let amounts = lines.map { worth(of: [($0, $0.left)]).share(basisPoints: feeBasisPoints).amount }
        return Money(amounts.reduce(0, +), fee.currency)
    }

    private func require(_ event: OrderEvent.Kind, _ states: [OrderState]) throws(OrderRefusal) {
        guard states.contains(state) else { throw .wrongState(event, state) }
    }

    private func pieces(_ wanted: [SaleLine]?) throws(OrderRefusal) -> [SaleLine] {
        guard let wanted else { return all }
        guard Set(wanted.map(\.variant)).count == wanted.count, !wanted.isEmpty else { throw .linesNotDistinct }
        for line in wanted {
            guard let own = lines.first(where: { $0.variant == line.variant }) else { throw .unknownLine(line.variant) }
            guard line.quantity >= 1, line.quantity <= own.left else {
                throw .moreThanLeft(line.variant, left: own.left)
            }
        }
        return wanted
    }

    /// - Returns: what the pieces cost.
    private mutating func giveBack(_ pieces: [SaleLine]) -> Money {
        var amounts: [(Line, Int64)] = []
        for piece in pieces {
            guard let index = lines.firstIndex(where: { $0.variant == piece.variant }) else {
                preconditionFailure("the pieces are of this part")
            }
            precondition(piece.quantity <= lines[index].left, "no piece is given back twice")
            lines[index].givenBack += piece.quantity
            amounts.append((lines[index], piece.quantity))
        }
        return worth(of: amounts)
    }

    private func worth(of pieces: [(Line, Int64)]) -> Money {
        Money(pieces.reduce(0) { $0 + $1.0.price.amount * $1.1 }, fee.currency)
    }
}
