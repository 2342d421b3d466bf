import Core
import Events
import Storage

extension MarketService {
    static let rankerName = "market.rank"

    /// Counts paid sales and views, and lifts what is bought and seen. Many events are one update of a product.
    var ranker: EventConsumer {
        let types: Set = [MarketEvent.productsSold, MarketEvent.productsReturned, MarketEvent.productsViewed]
        return EventConsumer(Self.rankerName, types: types, batchMax: 500) { events, tx in
            var changes: [ID<Product>: RankChange] = [:]
            for event in events {
                for product in event.data["products"]?.ids(of: Product.self) ?? [] {
                    changes[product, default: RankChange()].addView(at: event.time)
                }
                for (credit, quantity) in event.soldPieces {
                    var change = changes[credit.product] ?? RankChange()
                    if event.type == MarketEvent.productsSold {
                        change.addSale(quantity, liftsAt: try tx.add(credit, at: event.time) ? event.time : nil)
                        try tx.forgetCredits(of: credit.product, before: credit.day - SaleCredit.daysKept)
                    } else {
                        change.addReturn(quantity, liftedAt: try tx.remove(credit))
                    }
                    changes[credit.product] = change
                }
            }
            try apply(changes, in: tx)
        }
    }

    private func apply(_ changes: [ID<Product>: RankChange], in tx: WriteTransaction) throws {
        var scores: [(product: ID<Product>, score: Score)] = []
        try tx.forEach(
            in: changes.keys.sorted(), { "SELECT id, score FROM product WHERE id IN (\(list: $0)) ORDER BY id" }
        ) { scores.append(($0.id(0), Score(stored: $0.integer(1)))) }
        let template: StaticString =
            "(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))"
        try tx.executeMany(scores, as: template) { row, values in
            guard let change = changes[row.product] else { return }
            values.append(row.product.sqlValue)
            values.append(.integer(change.applied(to: row.score, published: row.product.createdAt).stored))
            values.append(.integer(change.sales))
            values.append(.integer(change.views))
        } statement: { values in
            """
            UPDATE product
            SET score = changed.column2, sale_count = sale_count + changed.column3,
                view_count = view_count + changed.column4
            FROM (\(values)) AS changed
            WHERE product.id = changed.column1
            """
        }
        dropCards(of: scores.map(\.product), after: tx)
        dropPlaces(after: tx)
    }
}

/// What some events say of a product.
private struct RankChange {
    /// Of a purchase, however many pieces it has: nobody lifts a product by a thousand pieces of a cent.
    private static let saleWeight = 10.0
    private static let viewWeight = 1.0

    private(set) var sales: Int64 = 0
    private(set) var views: Int64 = 0
    private var viewedAt = Timestamp(microseconds: 0)
    private var liftedAt: [Timestamp] = []
    private var takenBack: [Timestamp] = []

    mutating func addView(at time: Timestamp) {
        views += 1
        viewedAt = max(viewedAt, time)
    }

    /// - Parameter time: nil for a sale that is counted and lifts nothing.
    mutating func addSale(_ quantity: Int64, liftsAt time: Timestamp?) {
        sales += quantity
        if let time { liftedAt.append(time) }
    }

    /// - Parameter time: when the sale had lifted the product; nil when it had not, or something of it is left.
    mutating func addReturn(_ quantity: Int64, liftedAt time: Timestamp?) {
        sales -= quantity
        if let time { takenBack.append(time) }
    }

    func applied(to score: Score, published: Timestamp) -> Score {
        var score = score.adding(weight: Double(views) * Self.viewWeight, at: viewedAt)
        for time in liftedAt { score = score.adding(weight: Self.saleWeight, at: time) }
        for time in takenBack { score = score.removing(weight: Self.saleWeight, at: time, published: published) }
        return score
    }
}

extension Event {
    /// Of ``MarketEvent/productsSold`` and ``MarketEvent/productsReturned``.
    fileprivate var soldPieces: [(credit: SaleCredit, quantity: Int64)] {
        guard let order = ID<Order>(subject), let buyer = data["buyer"]?.string.flatMap({ ID<Account>($0) }) else {
            return []
        }
        return (data["sold"]?.array ?? []).compactMap { line in
            guard let product = line["product"]?.string.flatMap({ ID<Product>($0) }) else { return nil }
            return (SaleCredit(product: product, buyer: buyer, order: order), line["quantity"]?.integer ?? 0)
        }
    }
}
