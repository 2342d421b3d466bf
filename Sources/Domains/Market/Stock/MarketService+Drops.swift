import Core
import Events
import Jobs
import Realtime
import Storage

/// Says in a shop's channel that a drop has opened.
struct OpenDrop: Job {
    static let kind = "market.open_drop"
    let product: ID<Product>
    let at: Timestamp

    init(product: ID<Product>, at: Timestamp) {
        self.product = product
        self.at = at
    }

    init(payload: JSON) throws {
        guard let product = payload["id"]?.string.flatMap({ ID<Product>($0) }), let at = payload["at"]?.integer else {
            throw PermanentJobFailure("the payload names no drop")
        }
        self.init(product: product, at: Timestamp(microseconds: at))
    }

    var payload: JSON { ["id": .id(product), "at": .integer(at.microseconds)] }
}

/// A drop opens without a write: what is sold from a time on is sold then. That it has opened is told by a job, which
/// is made when the time is set and does nothing when it was set to another one since.
extension MarketService {
    static let dropPlannerName = "market.plan_drops"

    /// Makes the jobs that tell of drops to come. An event of an import names a hundred products.
    var dropPlanner: EventConsumer {
        let types: Set = [MarketEvent.productCreated, MarketEvent.productChanged, MarketEvent.productsImported]
        return EventConsumer(Self.dropPlannerName, types: types, batchMax: 100) { events, tx in
            let products = events.flatMap { event in
                ID<Product>(event.subject).map { [$0] } ?? event.data["products"]?.ids() ?? []
            }
            try planDrops(of: Set(products), in: tx)
        }
    }

    private func planDrops(of products: Set<ID<Product>>, in tx: WriteTransaction) throws {
        var drops: [OpenDrop] = []
        try tx.forEach(
            in: products.sorted(),
            { "SELECT id, opens_at FROM product WHERE id IN (\(list: $0)) AND opens_at > \(clock.now())" }
        ) { drops.append(OpenDrop(product: $0.id(0), at: $0.timestamp(1))) }
        for drop in drops {
            let key = "market.drop:\(drop.product):\(drop.at.microseconds)"
            try jobs.enqueue(drop, priority: .high, at: drop.at, uniqueKey: key, in: tx)
        }
    }

    /// Told once however often the job runs: the push is named by the drop.
    func open(_ drop: OpenDrop) async throws {
        let found = try await database.read { db in
            try db.first(
                """
                SELECT shop_id, title
                FROM product
                WHERE id = \(drop.product) AND opens_at = \(drop.at) AND is_listed = 1
                    AND EXISTS (SELECT 1 FROM shop WHERE shop.id = product.shop_id AND shop.state = 0)
                """
            ) { (shop: $0.id(0, Shop.self), title: $0.text(1)) }
        }
        guard let found else { return }
        let data: JSON = [
            "type": "drop.opened", "shop": .id(found.shop), "product": .id(drop.product),
            "title": .string(found.title), "opened_at": .string("\(drop.at)"),
        ]
        let channel = ShopChannels.channel(of: found.shop)
        publisher.publish(Push(channel, data, key: "drop:\(drop.product):\(drop.at.microseconds)"))
    }
}
