import Core
package import Events
import Search
import Storage

extension MarketService {
    /// What follows the log of events.
    package var consumers: [EventConsumer] { [textIndexer, ranker, dropPlanner] }

    static let textIndexerName = "market.text_index"
    static let rankerName = "market.rank"

    /// Keeps the text index in step with what happens. An event of an import names a hundred products.
    private var textIndexer: EventConsumer {
        let types: Set = [MarketEvent.productCreated, MarketEvent.productChanged, MarketEvent.productsImported]
        return EventConsumer(Self.textIndexerName, types: types, batchMax: 20) { events, tx in
            let products = events.flatMap { event in
                ID<Product>(event.subject).map { [$0] } ?? event.data["products"]?.ids() ?? []
            }
            try index(Set(products), in: tx)
        }
    }

    /// Brings the index to what the table holds now, whatever the events were: again is the same.
    private func index(_ products: Set<ID<Product>>, in tx: WriteTransaction) throws {
        var texts: [(id: Int64, text: String)] = []
        let sorted = products.sorted()
        try tx.forEach(
            in: sorted,
            {
                """
                SELECT title, vendor, type, tags, body, id
                FROM product
                WHERE id IN (\(list: $0)) AND status = 1
                """
            }
        ) { texts.append((id: $0.integer(5), text: try Self.searchText($0))) }
        let kept = Set(texts.map(\.id))
        for product in sorted where !kept.contains(product.rawValue) {
            try Self.productText.remove(product.rawValue, in: tx)
        }
        try Self.productText.putMany(texts, in: tx)
    }

    /// - Parameter row: title, vendor, type, tags and body.
    static func searchText(_ row: Row) throws -> String {
        ProductDraft.searchText(
            title: row.text(0), body: row.text(4), vendor: row.text(1), type: row.text(2),
            tags: try JSONParser.parse(row.text(3)).strings)
    }

    /// Counts sales and views, and lifts what is sold and seen. Many events are one update of a product.
    private var ranker: EventConsumer {
        let types: Set = [MarketEvent.stockReserved, MarketEvent.stockReleased, MarketEvent.productsViewed]
        return EventConsumer(Self.rankerName, types: types, batchMax: 500) { events, tx in
            var changes: [ID<Product>: RankChange] = [:]
            for event in events {
                for product in event.data["products"]?.ids(of: Product.self) ?? [] {
                    changes[product, default: RankChange()].addView(at: event.time)
                }
                for line in event.data["sold"]?.array ?? [] {
                    guard let product = line["product"]?.string.flatMap({ ID<Product>($0) }) else { continue }
                    let quantity = line["quantity"]?.integer ?? 0
                    changes[product, default: RankChange()].addSale(
                        event.type == MarketEvent.stockReserved ? quantity : -quantity, at: event.time)
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
            values.append(.integer(row.score.adding(weight: change.weight, at: change.at).stored))
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
    /// Of an order, however many pieces it has: nobody lifts a product by a thousand pieces of a cent.
    private static let saleWeight = 10.0
    private static let viewWeight = 1.0

    private(set) var sales: Int64 = 0
    private(set) var views: Int64 = 0
    private(set) var weight = 0.0
    private(set) var at = Timestamp(microseconds: 0)

    mutating func addView(at time: Timestamp) {
        views += 1
        weight += Self.viewWeight
        at = max(at, time)
    }

    mutating func addSale(_ quantity: Int64, at time: Timestamp) {
        sales += quantity
        // What was given back has been looked for all the same.
        if quantity > 0 { weight += Self.saleWeight }
        at = max(at, time)
    }
}
