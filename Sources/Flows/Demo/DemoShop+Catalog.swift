import Core
import Market
import Social
import Storage

extension DemoShop {
    private static let viewersPerProduct = 40

    func open(
        _ words: DemoCatalog.Shop, by seller: ID<Account>
    ) async throws -> (id: ID<Shop>, listings: [Listing]) {
        guard let currency = Currency("EUR") else { preconditionFailure("the euro is a currency") }
        let shop = try await market.openShop(handle: words.handle, name: words.name, currency: currency, by: seller).id
        var listings: [Listing] = []
        for thing in words.products {
            let draft = thing.draft(of: words.name, origin, at: clock.now())
            let page = try await market.create(draft, in: shop, by: seller)
            listings.append(
                Listing(product: page.id, seller: seller, thing: thing, variants: try choices(page, currency)))
        }
        try await collect(listings, in: shop, of: seller)
        return (shop, listings)
    }

    private func choices(_ page: ProductPage, _ currency: Currency) throws -> [Listing.Choice] {
        let variants = try JSONParser.parse(page.json)["variants"]?.array ?? []
        return variants.compactMap { variant in
            guard let id = variant["id"]?.string.flatMap({ ID<Variant>($0) }),
                let price = variant["price"]?["amount"]?.integer
            else { return nil }
            return Listing.Choice(
                id: id, price: Money(price, currency), available: variant["available"]?.integer ?? .max)
        }
    }

    private func collect(_ listings: [Listing], in shop: ID<Shop>, of seller: ID<Account>) async throws {
        let gifts = listings.filter { $0.thing.price < 3_500 }
        for (title, members) in [("New this week", Array(listings.prefix(3))), ("Gifts under 35 euros", gifts)] {
            let collection = try await market.createCollection(handle: nil, title: title, in: shop, by: seller).id
            for member in members { try await market.add(member.product, to: collection, by: seller) }
        }
    }

    /// New posts that tag what is sold; some people say something.
    func announce(
        _ listings: inout [Listing], to people: [ID<Account>], _ random: inout SplitMix64,
        _ report: inout DemoShopReport
    ) async throws {
        for index in listings.indices {
            let (thing, seller) = (listings[index].thing, listings[index].seller)
            guard let caption = thing.caption else { continue }
            let draft = PostDraft(
                caption: caption, media: .array(thing.gallery.map { $0.media(origin) }),
                products: [listings[index].product])
            let post = try await social.publish(draft, by: seller).card.id
            listings[index].post = post
            report.posts += 1
            try await remark(
                on: post, thing.picture(thing.colours[0], thing.scene), seller, people.filter { $0 != seller }, &random)
        }
    }

    /// Most like and watch what shops have posted, the earlier posts more than the later ones, and some pass it on.
    func attend(to posts: [ID<Post>], _ people: [ID<Account>], _ random: inout SplitMix64) async throws {
        let social = social
        for person in people {
            var liked: [ID<Post>] = []
            for (index, post) in posts.enumerated() {
                let percent = 96 - 50 * index / posts.count
                if random.next(below: 100) < percent { liked.append(post) }
            }
            let chosen = liked
            try await database.write { tx in
                for post in chosen { _ = try social.like(post, by: person, in: tx) }
            }
            var events: [EngagementEvent] = []
            for post in liked {
                events.append(EngagementEvent(post: post, kind: .watch, watchedMilliseconds: 4_000))
                if random.next(below: 2) == 0 { events.append(EngagementEvent(post: post, kind: .share)) }
            }
            _ = try await social.record(events, by: person)
        }
    }

    /// The seller answers the first one.
    private func remark(
        on post: ID<Post>, _ picture: DemoPicture, _ seller: ID<Account>, _ people: [ID<Account>],
        _ random: inout SplitMix64
    ) async throws {
        for number in 0..<(2 + random.next(below: 4)) {
            let text = DemoWords.remark(on: picture, &random)
            let comment = try await social.comment(text, on: post, parent: nil, by: random.pick(people))
            guard number == 0 else { continue }
            _ = try await social.comment("Thank you!", on: post, parent: comment.id, by: seller)
        }
    }

    /// Trending is by what people look at and buy.
    func look(at listings: [Listing], _ people: [ID<Account>], _ random: inout SplitMix64) async throws {
        for viewer in people.prefix(Self.viewersPerProduct) {
            let seen = listings.filter { _ in random.next(below: 3) > 0 }.map(\.product)
            _ = try await market.view(seen, by: viewer)
        }
    }

    /// Some stand in line for what is sold out.
    /// - Returns: how many.
    func queue(for listings: [Listing], _ people: [ID<Account>]) async throws -> Int {
        let wanted = listings.filter { !$0.thing.isDrop }.compactMap { $0.variants.first { $0.available == 0 } }
        for variant in wanted {
            for person in people.prefix(3) { _ = try await market.wait(for: variant.id, by: person) }
        }
        return wanted.count * min(3, people.count)
    }
}
