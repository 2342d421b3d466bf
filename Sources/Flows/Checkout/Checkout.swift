package import Core
package import Idempotency
package import Ledger
import LedgerCore
package import Market
package import Social
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
    let social: SocialService
    let keys: IdempotencyKeys
    let ids: IDGenerator
    /// The platform's share of what sellers get, of orders from now on.
    let feeBasisPoints: Int64

    package init(
        database: any Database, market: MarketService, ledger: LedgerService, social: SocialService,
        keys: IdempotencyKeys, ids: IDGenerator, feeBasisPoints: Int64
    ) {
        self.database = database
        self.market = market
        self.ledger = ledger
        self.social = social
        self.keys = keys
        self.ids = ids
        self.feeBasisPoints = feeBasisPoints
    }

    /// Buys what is wanted, all of it or nothing.
    /// - Throws: ``OrderError``, ``MarketError/notSold(_:)``, ``LedgerError/refused(_:at:)``, and
    ///   what claiming an authorisation can throw.
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
        let funding = try funding(of: wish, by: buyer, order: order, totals.total, in: tx)
        if funding != .fromWallet {
            try market.requireUnpaidRoom(for: zip(sold, wanted).map { ($0, $1.quantity) }, by: buyer, in: tx)
        }
        let new = NewOrder(
            id: order, buyer: buyer, address: wish.address,
            attribution: try attribution(of: lines, from: wish.sourcePost, by: buyer, in: tx),
            awaitedPayment: funding.awaited?.rawValue, total: totals.total,
            parts: try pay(sums(of: lines), order: order, buyer: buyer, funding, in: tx), lines: lines)
        try market.place(new, in: tx)
        return new
    }

    /// Whose post led to it. A post that says nothing of what is bought, or that the buyer may not see, stops no sale.
    private func attribution(
        of lines: [OrderLine], from post: ID<Post>?, by buyer: ID<Account>, in tx: WriteTransaction
    ) throws -> Attribution? {
        guard let post else { return nil }
        return try social.attribution(by: post, of: lines.map(\.product), to: buyer, in: tx).map { author, products in
            Attribution(post: post, author: author, products: products)
        }
    }

    /// How an order's money is found.
    private enum Funding: Equatable {
        case fromWallet
        case setAside
        /// It is on its way into the wallet, which pays once it is there.
        case awaiting(ID<Payment>)

        var awaited: ID<Payment>? {
            if case .awaiting(let payment) = self { payment } else { nil }
        }
    }

    private func funding(
        of wish: Purchase, by buyer: ID<Account>, order: ID<Order>, _ total: Money, in tx: WriteTransaction
    ) throws -> Funding {
        let ready = wish.capture == .now ? Funding.fromWallet : .setAside
        guard let id = wish.payment else { return ready }
        let payment = try ledger.payment(id, of: .person(buyer), in: tx)
        guard payment.amount.currency == total.currency else { throw OrderError.currenciesDiffer }
        if payment.kind == .authorisation {
            guard total.amount > 0 else { return ready }
            try ledger.claim(id, of: .person(buyer), for: order, total, in: tx)
            return .awaiting(id)
        }
        guard payment.kind == .topUp else { throw LedgerError.paymentNotFound }
        switch payment.progress {
        case "completed": return ready
        case "failed": throw OrderError.paymentFailed
        default:
            // What has not come yet backs one order, and all of it: nobody holds stock by a cent that may never come.
            guard payment.amount.amount >= total.amount else {
                throw OrderError.paymentTooSmall(payment.amount, needed: total)
            }
            guard try !market.isAwaited(id.rawValue, in: tx) else { throw OrderError.paymentBacksAnother }
            return .awaiting(id)
        }
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

    /// Moves the money of each part into its seller's escrow, sets it aside, or leaves it for when it has come.
    private func pay(
        _ sums: [(shop: ID<Shop>, total: Money)], order: ID<Order>, buyer: ID<Account>, _ funding: Funding,
        in tx: WriteTransaction
    ) throws -> [OrderPart] {
        let accounts = try OrderAccounts(
            of: buyer, shops: sums.map(\.shop), sums[0].total.currency, ledger: ledger, in: tx)
        let deadline = try ledger.now(in: tx).advanced(bySeconds: OrderTiming.paidWithinSeconds)
        var (transfers, parts): ([Transfer], [OrderPart]) = ([], [])
        for (shop, total) in sums {
            let action: Transfer.Action? =
                switch funding {
                case .fromWallet: accounts.pay(total, to: shop)
                // The order gives it back in time. The books do only if nobody has looked after orders for a day.
                case .setAside: accounts.hold(total, for: shop, until: deadline.advanced(bySeconds: 86_400))
                case .awaiting: nil
                }
            // Nothing moves for what costs nothing.
            let transfer = action.flatMap { action in
                total.amount > 0
                    ? Transfer(id: ids.next(), action, for: .orderPayment, of: order.rawValue) : nil
            }
            if let transfer { transfers.append(transfer) }
            parts.append(part(of: order, shop, total, funding, transfer?.id, deadline))
        }
        try ledger.postTogether(transfers, in: tx)
        return parts
    }

    private func part(
        of order: ID<Order>, _ shop: ID<Shop>, _ total: Money, _ funding: Funding, _ transfer: ID<Transfer>?,
        _ deadline: Timestamp
    ) -> OrderPart {
        guard case .fromWallet = funding else {
            return OrderPart(
                order: order, shop: shop, state: .placed, total: total, money: .init(), hold: transfer?.rawValue,
                feeBasisPoints: feeBasisPoints, dueAt: deadline)
        }
        return OrderPart(
            order: order, shop: shop, state: .paid, total: total, money: .init(paid: total.amount), hold: nil,
            feeBasisPoints: feeBasisPoints, dueAt: nil)
    }
}

extension [Purchase.Line] {
    fileprivate var repeatedVariant: ID<Variant>? {
        var seen: Set<ID<Variant>> = []
        return first { !seen.insert($0.variant).inserted }?.variant
    }
}
