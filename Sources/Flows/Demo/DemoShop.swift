package import Chat
package import Core
package import Ledger
package import Market
package import Social
package import Storage

/// What the demonstration sells and says: shops with products, orders in every state, conversations and a live room.
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

    /// A product as it is wanted below.
    struct Listing: Sendable {
        let product: ID<Product>
        let variant: ID<Variant>
        let price: Money
    }

    /// - Parameter people: eight at least. The first two sell, the next six buy, and all like what is new.
    package func open(with people: [ID<Account>]) async throws -> DemoShopReport {
        precondition(people.count >= 8, "two sellers and six buyers")
        let (sellers, buyers) = (Array(people.prefix(2)), Array(people[2..<8]))
        var report = DemoShopReport()
        for (index, seller) in sellers.enumerated() {
            let shop = try await shop(DemoShopWords.shops[index], of: seller)
            let listings = try await list(DemoShopWords.products[index], in: shop, of: seller)
            report.products += listings.count
            report.orders += try await sell(listings, of: seller, to: buyers)
            try await announce(listings, by: seller, to: people)
            if index == 0 { _ = try await chat.openLive("Kiln opening: what came out today", shop: shop, by: seller) }
        }
        report.messages = try await talk(sellers + buyers)
        return report
    }

    private func shop(_ words: (handle: String, name: String), of seller: ID<Account>) async throws -> ID<Shop> {
        guard let currency = Currency("EUR") else { preconditionFailure("the euro is a currency") }
        return try await market.openShop(handle: words.handle, name: words.name, currency: currency, by: seller).id
    }

    private func list(
        _ things: [DemoShopWords.Product], in shop: ID<Shop>, of seller: ID<Account>
    ) async throws -> [Listing] {
        var listings: [Listing] = []
        for (index, thing) in things.enumerated() {
            let page = try await market.create(
                thing.draft(number: index, origin, at: clock.now()), in: shop, by: seller)
            guard let first = try JSONParser.parse(page.json)["variants"]?.array?.first,
                let variant = first["id"]?.string.flatMap({ ID<Variant>($0) }), let currency = Currency("EUR")
            else { preconditionFailure("a product has a variant") }
            listings.append(
                Listing(
                    product: page.id, variant: variant, price: Money(thing.price, currency)))
        }
        return listings
    }

    /// New posts that tag what is sold, and that many like: they are on top of what people see.
    private func announce(
        _ listings: [Listing], by seller: ID<Account>, to people: [ID<Account>]
    ) async throws {
        let social = social
        for (index, listing) in listings.enumerated() {
            let picture = DemoPicture(thing: index, palette: index * 3 + 1)
            let draft = PostDraft(
                caption: DemoShopWords.captions[index % DemoShopWords.captions.count],
                media: [picture.media(origin)], products: [listing.product])
            let post = try await social.publish(draft, by: seller).card.id
            let fans = people.dropFirst(2).dropLast(index * people.count / 12)
            try await database.write { tx in
                for fan in fans { _ = try social.like(post, by: fan, in: tx) }
            }
        }
    }

    /// - Returns: messages sent.
    private func talk(_ people: [ID<Account>]) async throws -> Int {
        var count = 0
        for (index, other) in people.dropFirst().enumerated() {
            let pair = try await chat.openPair(of: other, with: people[0]).view.conversation.id
            for (turn, text) in DemoShopWords.talk.prefix(2 + index % 3).enumerated() {
                _ = try await chat.send(MessageDraft(text), to: pair, by: turn.isMultiple(of: 2) ? other : people[0])
                count += 1
            }
        }
        let group = try await chat.makeGroup("Market day", members: Array(people.dropFirst()), by: people[0])
        for (index, text) in DemoShopWords.plans.enumerated() {
            _ = try await chat.send(MessageDraft(text), to: group.conversation.id, by: people[index % people.count])
            count += 1
        }
        return count
    }
}

/// What has been made.
package struct DemoShopReport: Sendable, Equatable {
    package internal(set) var products = 0
    package internal(set) var orders = 0
    package internal(set) var messages = 0
}

extension DemoPicture {
    /// As a post shows it.
    func media(_ origin: String) -> JSON {
        [
            "kind": "image", "url": .string(origin + path), "width": 800, "height": 800, "alt": .string(alt),
        ]
    }
}
