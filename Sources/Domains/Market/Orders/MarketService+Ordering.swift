package import Core
import Events
package import Storage

/// Writing orders, inside the transaction that moves their stock and money: the seam for `Flows`.
extension MarketService {
    /// Writes an order, tells of it, and takes what was bought out of the buyer's cart.
    package func place(_ order: NewOrder, in tx: WriteTransaction) throws {
        try tx.insert(order)
        try tx.insert(placing(order), of: order.id)
        try takeOutOfCart(order.lines.map(\.variant), of: order.buyer, in: tx)
        if let sum = order.attributedSum { try tx.addSold(sum, order.total.currency) }
        try events.append(order.events, subject: order.id.description, in: tx)
        try tellOfSale(order, in: tx)
    }

    /// An order that is paid at once has been placed all the same.
    private func placing(_ order: NewOrder) -> [OrderHistoryEntry] {
        order.parts.flatMap { part in
            let placed = OrderHistoryEntry(
                id: ids.next(), shop: part.shop, event: .place, party: .buyer, account: order.buyer,
                amount: part.total.amount)
            guard part.state == .paid else { return [placed] }
            let paid = OrderHistoryEntry(
                id: ids.next(), shop: part.shop, event: .pay, party: .buyer, account: order.buyer,
                amount: part.money.paid)
            return [placed, paid]
        }
    }

    /// The parts of an order that somebody has to do with, each with its lines. Two statements.
    /// - Throws: ``OrderError/orderNotFound`` when there are none.
    package func parts(
        of order: ID<Order>, for caller: OrderCaller, in db: some Queryable
    ) throws -> [CallersPart] {
        let parts = try db.parts(of: order, viewer: caller.account).compactMap { found in
            let parties = found.parties(of: caller)
            return parties.isEmpty ? nil : (found, parties)
        }
        guard let first = parts.first else { throw OrderError.orderNotFound }
        let lines = try db.lines(of: [order], currencies: [order: first.0.part.total.currency])[order] ?? []
        return parts.map { found, parties in
            CallersPart(
                part: found.part, buyer: found.buyer, awaitedPayment: found.awaitedPayment, parties: parties,
                lines: lines.filter { $0.shop == found.part.shop })
        }
    }

    /// Writes what has become of parts of one order, and tells of it.
    package func save(_ changes: [OrderChange], of order: ID<Order>, in tx: WriteTransaction) throws {
        guard let first = changes.first else { return }
        for change in changes {
            if let sum = try tx.save(change) { try tx.addGivenBack(sum, first.part.total.currency) }
        }
        dropReadOrder(order, after: tx)
        let entries = changes.map { change in
            OrderHistoryEntry(
                id: ids.next(), shop: change.part.shop, event: change.event.kind, party: change.party,
                account: change.account, amount: change.amount, pieces: change.pieces)
        }
        try tx.insert(entries, of: order)
        try tellOfSales(changes, of: order, in: tx)
        let amount = Money(changes.reduce(0) { $0 + $1.amount }, first.part.total.currency)
        try tell(
            first.event.kind.told, about: order,
            [
                "shops": .ids(changes.map(\.part.shop)), "by": .string(OrderParty.names[Int(first.party.rawValue)]),
                "amount": .money(amount), "lines": .pieces(changes.flatMap(\.pieces)),
            ], in: tx)
    }

    /// Orders that were placed with a payment that was still under way, and their buyers.
    package func orders(
        awaiting payment: Int64, in db: some Queryable
    ) throws -> [(order: ID<Order>, buyer: ID<Account>)] {
        try db.rows("SELECT id, buyer_id FROM purchase WHERE payment_id = \(payment) ORDER BY id") { row in
            (order: row.id(0), buyer: row.id(1))
        }
    }

    /// Parts whose time has come, the longest due first.
    package func due(
        at now: Timestamp, after: DueOrder?, limit: Int, in db: some Queryable
    ) throws -> [DueOrder] {
        let after =
            after ?? DueOrder(dueAt: Timestamp(microseconds: .min), order: ID(rawValue: 0), shop: ID(rawValue: 0))
        return try db.rows(
            """
            SELECT due_at, purchase_id, shop_id, state
            FROM sub_order
            WHERE due_at IS NOT NULL AND due_at <= \(now)
                AND (due_at, purchase_id, shop_id) > (\(after.dueAt), \(after.order), \(after.shop))
            ORDER BY due_at, purchase_id, shop_id
            LIMIT \(limit)
            """
        ) { row in
            DueOrder(
                dueAt: row.timestamp(0), order: row.id(1), shop: row.id(2),
                event: row.integer(3) == OrderState.placed.rawValue ? .expire : .complete)
        }
    }
}

/// Who wants something of an order.
package enum OrderCaller: Sendable, Equatable {
    case person(ID<Account>)
    /// An administrator, who may be a buyer or seller as well.
    case administrator(ID<Account>)
    case clock

    package var account: ID<Account>? {
        switch self {
        case .person(let account), .administrator(let account): account
        case .clock: nil
        }
    }
}

/// A part of an order, and what the caller is to it.
package struct CallersPart: Sendable {
    package let part: OrderPart
    package let buyer: ID<Account>
    /// The top-up or authorisation that it was placed with, by the number of its id.
    package let awaitedPayment: Int64?
    package let parties: [OrderParty]
    package let lines: [OrderLine]
}

/// A part of an order whose time has come.
package struct DueOrder: Sendable, Equatable {
    package let dueAt: Timestamp
    package let order: ID<Order>
    package let shop: ID<Shop>
    package var event = OrderEvent.expire
}

extension OrderEvent.Kind {
    /// The name of the event that tells of it.
    fileprivate var told: String {
        switch self {
        case .place: MarketEvent.orderPlaced
        case .pay: MarketEvent.orderPaid
        case .ship: MarketEvent.orderShipped
        case .deliver: MarketEvent.orderDelivered
        case .complete: MarketEvent.orderCompleted
        case .cancel, .expire, .decline: MarketEvent.orderCancelled
        case .refund: MarketEvent.orderRefunded
        }
    }
}

extension NewOrder {
    /// What is told of it: that it is there, whether it is paid already, and whose post led to it.
    fileprivate var events: [(type: String, data: JSON)] {
        var events = [(type: MarketEvent.orderPlaced, data: placed)]
        if parts.contains(where: { $0.state == .paid }) {
            let paid: JSON = ["buyer": .id(buyer), "shops": .ids(parts.map(\.shop)), "amount": .money(total)]
            events.append((MarketEvent.orderPaid, paid))
        }
        if let attributed { events.append((MarketEvent.orderAttributed, attributed)) }
        return events
    }

    /// Without the address: the log outlives it.
    private var placed: JSON {
        [
            "buyer": .id(buyer), "shops": .ids(parts.map(\.shop)), "amount": .money(total),
            "lines": .array(lines.map(\.event)), "source_post": attribution.map { .id($0.post) } ?? .null,
        ]
    }

    /// Without the buyer: it is for the author.
    private var attributed: JSON? {
        guard let attribution, let sum = attributedSum else { return nil }
        return [
            "post": .id(attribution.post), "author": .id(attribution.author),
            "amount": .money(Money(sum.amount, total.currency)),
            "lines": .array(lines.filter { attribution.author(of: $0) != nil }.map(\.event)),
        ]
    }
}

extension OrderLine {
    fileprivate var event: JSON {
        [
            "shop": .id(shop), "product": .id(product), "variant": .id(variant), "quantity": .integer(quantity),
            "amount": .money(total),
        ]
    }
}
