import Core
package import Events
import Realtime
import Storage

extension NotificationsService {
    static let consumerName = "notifications.tell"
    /// A batch is one write of each group, however many events it holds.
    private static let batchMax = 500

    /// Makes notifications of what happens, and tells buyers what becomes of their orders.
    ///
    /// An inbox knows the last event that it has taken: the same events again change nothing.
    package var consumer: EventConsumer {
        EventConsumer(
            Self.consumerName, types: News.eventTypes.union(News.orderTypes).union(Self.retractionTypes),
            batchMax: Self.batchMax
        ) { events, tx in try tell(events, in: tx) }
    }

    func tell(_ events: [Event], in tx: WriteTransaction) throws {
        let buyers = try buyers(in: events, tx)
        let shops = Set(events.flatMap { News.shops(of: $0) }).sorted()
        let staff = shops.isEmpty ? [:] : try directory.staff(of: shops, in: tx)
        var news: [News] = []
        for event in events {
            if Self.retractionTypes.contains(event.type) {
                // In the order of what happened: who deletes a comment and writes another is told of once.
                try deliver(news, in: tx)
                news = []
                try retract(event, in: tx)
            } else {
                news += News.told(by: event) + News.ordered(event, from: staff)
                news += buyers[event.position].map { News.sold(event, to: $0) } ?? []
            }
        }
        try deliver(news, in: tx)
        for event in events {
            if let buyer = buyers[event.position] { push(event, to: buyer, after: tx) }
        }
    }

    /// Who has bought what these events are about, by the events' positions.
    private func buyers(in events: [Event], _ tx: WriteTransaction) throws -> [Int64: ID<Account>] {
        let orders = events.compactMap { event in
            News.orderTypes.contains(event.type)
                ? ID<Order>(event.subject).map { (position: event.position, order: $0) } : nil
        }
        guard !orders.isEmpty else { return [:] }
        let buyers = try directory.buyers(of: Set(orders.map(\.order)).sorted(), in: tx)
        return Dictionary(orders.compactMap { item in buyers[item.order].map { (item.position, $0) } }) { $1 }
    }
}
