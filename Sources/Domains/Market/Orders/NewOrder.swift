package import Core

/// An order about to be written: its stock is taken and its money moved in the same transaction.
package struct NewOrder: Sendable {
    package let id: ID<Order>
    package let buyer: ID<Account>
    /// Whom to send it to, as JSON that the route has checked.
    package let address: JSON
    /// Whose post led to it.
    package let attribution: Attribution?
    /// The top-up or authorisation that it waits for, by the number of its id.
    package let awaitedPayment: Int64?
    package let total: Money
    /// In the order of their shops.
    package let parts: [OrderPart]
    package let lines: [OrderLine]

    package init(
        id: ID<Order>, buyer: ID<Account>, address: JSON, attribution: Attribution?, awaitedPayment: Int64?,
        total: Money,
        parts: [OrderPart], lines: [OrderLine]
    ) {
        self.id = id
        self.buyer = buyer
        self.address = address
        self.attribution = attribution
        self.awaitedPayment = awaitedPayment
        self.total = total
        self.parts = parts
        self.lines = lines
    }
}

/// A part of an order after somebody has done something with it.
package struct OrderChange: Sendable {
    package let part: OrderPart
    package let event: OrderEvent
    package let party: OrderParty
    /// Who has done it; nil for the clock.
    package let account: ID<Account>?
    package let machine: OrderStateMachine
    package let before: OrderStateMachine
    package let money: OrderPart.SettledMoney

    package init(
        part: OrderPart, event: OrderEvent, party: OrderParty, account: ID<Account>?, before: OrderStateMachine,
        machine: OrderStateMachine, money: OrderPart.SettledMoney
    ) {
        self.part = part
        self.event = event
        self.party = party
        self.account = account
        self.before = before
        self.machine = machine
        self.money = money
    }

    /// The part as it is then.
    package var after: OrderPart {
        OrderPart(
            order: part.order, shop: part.shop, state: machine.state, total: part.total, money: money, hold: part.hold,
            feeBasisPoints: part.feeBasisPoints, dueAt: machine.dueAt)
    }

    /// What the buyer, the seller or the platform got or gave, as the event has it.
    var amount: Int64 {
        switch event.kind {
        case .pay: money.paid - part.money.paid
        case .complete: money.released - part.money.released
        case .cancel, .refund, .expire, .decline: money.refunded - part.money.refunded
        case .place, .ship, .deliver: 0
        }
    }

    /// Pieces that were given back.
    var pieces: [SaleLine] {
        zip(before.lines, machine.lines).compactMap { old, new in
            new.givenBack > old.givenBack ? SaleLine(new.variant, new.givenBack - old.givenBack) : nil
        }
    }
}
