package import Core
package import Realtime
import Storage

/// Answers for the `shop:` channels: everybody hears what an open shop has to say.
package struct ShopChannels: ChannelOwner {
    private let market: MarketService

    package init(market: MarketService) {
        self.market = market
    }

    package var namespace: String { Self.namespace }

    private static let namespace = "shop"

    static func channel(of shop: ID<Shop>) -> ChannelName {
        ChannelName(namespace: namespace, key: shop)
    }

    package let shape = ChannelShape(
        "Everybody, while the shop is open.", key: "shop", keyExample: "shp_0D3PZ7XGQW4K1",
        pushes: [
            PushShape(
                "drop.opened", "A product can be bought from now on.",
                [
                    "shop": "shp_0D3PZ7XGQW4K1", "product": "prd_0D3PZ7XGQW4K1", "title": "Blue bowl",
                    "opened_at": "2026-03-01T12:00:00.000Z",
                ])
        ])

    package func admit(_ principal: Principal, to channel: ChannelName) async throws -> ChannelTerms {
        // An id has several spellings, a channel one: whoever heard another would hear nothing.
        guard let shop = ID<Shop>(channel.key), Self.channel(of: shop) == channel, try await market.isOpen(shop) else {
            throw ChannelRefusal.unknownChannel("There is no such shop, or it is closed.")
        }
        return ChannelTerms()
    }
}

extension MarketService {
    /// A closed shop has nothing to say.
    func endChannel(of shop: ID<Shop>, after tx: WriteTransaction) {
        let publisher = publisher
        tx.afterCommit { publisher.end(ShopChannels.channel(of: shop)) }
    }

    fileprivate func isOpen(_ shop: ID<Shop>) async throws -> Bool {
        let open = ShopProfile.State.open.rawValue
        return try await database.read { db in
            try db.exists("SELECT 1 FROM shop WHERE id = \(shop) AND state = \(open)")
        }
    }
}
