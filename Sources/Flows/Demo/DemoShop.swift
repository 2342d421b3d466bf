package import Chat
package import Core
package import Ledger
package import Market
package import Social
package import Storage

/// What the demonstration sells and says: shops with products, orders in every state, conversations and live rooms.
/// Everything goes through the services that the API calls, so the books balance.
package struct DemoShop: Sendable {
    let database: any Database
    let social: SocialService
    let market: MarketService
    let ledger: LedgerService
    let checkout: Checkout
    let chat: ChatService
    let clock: WallClock
    /// Where browsers will find the server: `http://127.0.0.1:8080`.
    let origin: String

    package init(
        database: any Database, social: SocialService, market: MarketService, ledger: LedgerService, checkout: Checkout,
        chat: ChatService, clock: WallClock, origin: String
    ) {
        self.database = database
        self.social = social
        self.market = market
        self.ledger = ledger
        self.checkout = checkout
        self.chat = chat
        self.clock = clock
        self.origin = origin
    }

    /// A seller for each shop, and as many buyers.
    package static let peopleMin = 2 * DemoCatalog.shops.count
    /// Those who look at what is new and like it.
    package static let peopleMax = 300
    private static let buyersMax = 24

    /// A product that is in a shop.
    struct Listing: Sendable {
        let product: ID<Product>
        let seller: ID<Account>
        let thing: DemoCatalog.Product
        let variants: [Choice]
        /// What its seller has posted about it.
        var post: ID<Post>?

        struct Choice: Sendable {
            let id: ID<Variant>
            let price: Money
            let available: Int64
        }
    }

    /// - Parameter people: ``peopleMin`` at least. The first ones sell, and the very first has something in each list.
    package func open(with people: [ID<Account>], seed: UInt64 = 1) async throws -> DemoShopReport {
        precondition(people.count >= Self.peopleMin, "sellers and buyers")
        let sellers = Array(people.prefix(DemoCatalog.shops.count))
        let buyers = Array(people.dropFirst(sellers.count).prefix(Self.buyersMax))
        var (random, report) = (SplitMix64(seed: seed), DemoShopReport())
        var shops: [(id: ID<Shop>, listings: [Listing])] = []
        for (shop, seller) in zip(DemoCatalog.shops, sellers) { shops.append(try await open(shop, by: seller)) }
        for index in shops.indices {
            try await announce(&shops[index].listings, to: people, &random, &report)
            try await look(at: shops[index].listings, people, &random)
        }
        // By turns, so that no shop has all of the first places.
        let posts = shops.flatMap(\.listings).compactMap(\.post).dealt(into: shops.count)
        try await attend(to: posts, Array(people.dropFirst(sellers.count)), &random)
        for (index, shop) in shops.enumerated() {
            let visitors = buyers.rotated(by: index * 5)
            report.orders += try await sell(shop.listings, to: visitors, &random)
            report.waiting += try await queue(for: shop.listings, visitors)
        }
        try await shopAround(sellers[0], shops.dropFirst().map(\.listings), &report)
        try await befriend(sellers[0], buyers)
        try await talk(sellers[0], buyers, &report)
        try await goLive(zip(shops, sellers).map { ($0.id, $0.listings, $1) }, buyers, &report)
        report.shops = shops.count
        report.products = shops.reduce(0) { $0 + $1.listings.count }
        return report
    }
}

/// What has been made.
package struct DemoShopReport: Sendable, Equatable {
    package internal(set) var shops = 0
    package internal(set) var products = 0
    package internal(set) var posts = 0
    package internal(set) var orders = 0
    /// Places in lines for what is sold out.
    package internal(set) var waiting = 0
    package internal(set) var messages = 0
    package internal(set) var liveRooms = 0
}

extension Array {
    func rotated(by count: Int) -> Array { Array(self[(count % self.count)...] + self[..<(count % self.count)]) }

    /// As cards are: the first to each pile, then the second; one pile after the other.
    func dealt(into piles: Int) -> Array {
        (0..<piles).flatMap { stride(from: $0, to: count, by: piles).map { self[$0] } }
    }
}
