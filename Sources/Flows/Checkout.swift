package import Core
package import Idempotency
package import Ledger
import LedgerCore
package import Market
package import Storage

/// Buying, and everything that is done with an order afterwards: what moves stock and money together.
///
/// A checkout is one transaction: stock is taken for every line or for none, the buyer's money goes to each seller's
/// escrow or is set aside for it, the order is written and told of. What `OrderStateMachine` decides later is done in
/// one transaction too. Prices are charged as they were shown, or not at all.
package struct Checkout: Sendable {
    let database: any Database
    let market: MarketService
    let ledger: LedgerService
    let keys: IdempotencyKeys
    let ids: IDGenerator
    /// The platform's share of what sellers get, of orders from now on.
    let feeBasisPoints: Int64

    package init(
        database: any Database, market: MarketService, ledger: LedgerService, keys: IdempotencyKeys, ids: IDGenerator,
        feeBasisPoints: Int64
    ) {
        self.database = database
        self.market = market
        self.ledger = ledger
        self.keys = keys
        self.ids = ids
        self.feeBasisPoints = feeBasisPoints
    }

    /// Buys what is wanted, all of it or nothing.
    /// - Throws: ``OrderError``, ``MarketError/notSold(_:)``, ``LedgerError/refused(_:at:)``.
    package func buy(_ wish: Purchase, by buyer: ID<Account>, in tx: WriteTransaction) throws -> NewOrder {
        let wanted = try wish.lines ?? market.cartLines(of: buyer, in: tx).map(Purchase.Line.init)
        guard !wanted.isEmpty else { throw OrderError.cartEmpty }
        if let variant = wanted.repeatedVariant { throw OrderError.duplicateLine(variant) }
        let order = ids.next(Order.self)
        let sold = try market.take(
            wanted.map { SaleLine($0.variant, $0.quantity) }, for: order, by: buyer, in: tx)
        try requireShownPrices(wanted, sold)
        let totals = try OrderTotals(zip(sold, wanted).map { ($0.price, $1.quantity) })
        let lines = zip(sold, wanted).map { OrderLine($0, quantity: $1.quantity) }
        let new = NewOrder(
            id: order, buyer: buyer, address: wish.address, sourcePost: wish.sourcePost, total: totals.total,
            parts: try pay(sums(of: lines), order: order, buyer: buyer, wish.capture, in: tx), lines: lines)
        try market.place(new, in: tx)
        return new
    }

    private func requireShownPrices(_ wanted: [Purchase.Line], _ sold: [SaleVariant]) throws {
        let changes = zip(wanted, sold).filter { $0.price != $1.price }
        guard changes.isEmpty else {
            throw OrderError.priceChanged(changes.map { PriceChange(variant: $1.id, price: $1.price) })
        }
    }

    /// What each shop's lines come to, in the order of the shops. It fits: all lines together did.
    private func sums(of lines: [OrderLine]) -> [(shop: ID<Shop>, total: Money)] {
        Dictionary(grouping: lines, by: \.shop).sorted { $0.key < $1.key }.map { shop, lines in
            (shop, Money(lines.reduce(0) { $0 + $1.total.amount }, lines[0].price.currency))
        }
    }

    /// Moves the money of each part into its seller's escrow, or sets it aside.
    private func pay(
        _ sums: [(shop: ID<Shop>, total: Money)], order: ID<Order>, buyer: ID<Account>, _ capture: Purchase.Capture,
        in tx: WriteTransaction
    ) throws -> [OrderPart] {
        let accounts = try OrderAccounts(
            of: buyer, shops: sums.map(\.shop), sums[0].total.currency, ledger: ledger, in: tx)
        let deadline =
            try capture == .later ? ledger.now(in: tx).advanced(bySeconds: OrderTiming.paidWithinSeconds) : nil
        var (transfers, parts): ([Transfer], [OrderPart]) = ([], [])
        for (shop, total) in sums {
            // Nothing moves for what costs nothing.
            let transfer = total.amount > 0 ? ids.next(Transfer.self) : nil
            if let transfer {
                // The order gives a hold back in time. The books do only if nobody has looked after orders for a day.
                let action =
                    deadline.map { accounts.hold(total, for: shop, until: $0.advanced(bySeconds: 86_400)) }
                    ?? accounts.pay(total, to: shop)
                transfers.append(.init(id: transfer, action, for: .orderPayment, of: order.rawValue))
            }
            parts.append(
                OrderPart(
                    order: order, shop: shop, state: deadline == nil ? .paid : .placed, total: total,
                    money: .init(paid: deadline == nil ? total.amount : 0),
                    hold: deadline == nil ? nil : transfer?.rawValue, feeBasisPoints: feeBasisPoints, dueAt: deadline))
        }
        try ledger.postTogether(transfers, in: tx)
        return parts
    }
}

extension [Purchase.Line] {
    fileprivate var repeatedVariant: ID<Variant>? {
        var seen: Set<ID<Variant>> = []
        return first { !seen.insert($0.variant).inserted }?.variant
    }
}
