import Core
package import Events
import Search
import Storage

extension MarketService {
    /// What follows the log of events.
    package var consumers: [EventConsumer] { [textIndexer, ranker, dropPlanner] }

    static let textIndexerName = "market.text_index"

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
                WHERE id IN (\(list: $0)) AND status = 1 AND is_unlisted = 0
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
}
