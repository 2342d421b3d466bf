import Core
import Idempotency
import PlazaTesting
import Storage
import Telemetry
import Testing

@testable import Market

/// What is kept of lists is what the tables say, after every write.
@Suite struct ListTruthTests {
    /// Shops do anything in any order; after each deed, every page is what a service without caches answers.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func everyPageIsWhatTheTablesSay(seed: UInt64) async throws {
        try await withMarket { plaza in
            var bazaar = try await Bazaar(plaza, seed: seed)
            let uncached = plaza.uncached
            for step in 0..<100 {
                let deed = try await bazaar.act()
                for filter in Bazaar.filters {
                    let kept = try await Self.pages(of: filter, from: plaza.market)
                    let read = try await Self.pages(of: filter, from: uncached)
                    try #require(kept == read, "seed \(seed), step \(step), \(deed): \(filter.name)")
                }
            }
        }
    }

    /// A write that commits after a page has been read and before it is kept: it is not kept. At every read of the page.
    @Test(arguments: Bazaar.Deed.allCases)
    func whatACommitOvertakesIsNotKept(deed: Bazaar.Deed) async throws {
        var (number, isReached) = (0, true)
        while isReached {
            try await withMarket { plaza in
                let bazaar = try await Bazaar(plaza, seed: 1)
                plaza.statements.interrupt(read: number) {
                    var bazaar = bazaar
                    try await bazaar.perform(deed)
                }
                _ = try await Self.pages(of: ProductFilter(), from: plaza.market)
                isReached = plaza.statements.endInterruption()
                let kept = try await Self.pages(of: ProductFilter(), from: plaza.market)
                let read = try await Self.pages(of: ProductFilter(), from: plaza.uncached)
                #expect(kept == read, "\(deed) after read \(number)")
            }
            number += 1
        }
    }

    /// The second look at a page costs nothing, and a sale costs the card alone.
    @Test func aWarmPageNeedsNoStatement() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.product(in: shop)
            try await plaza.product("Mug", in: shop)
            let first = try await plaza.market.encodedProducts(ProductFilter(), cursor: nil, limit: 20)
            _ = plaza.statements.take()
            #expect(try await plaza.market.encodedProducts(ProductFilter(), cursor: nil, limit: 20) == first)
            #expect(plaza.statements.take().map(\.text) == [])
            try await plaza.take([SaleLine(try await plaza.variant(of: bowl), 1)], by: plaza.person())
            _ = plaza.statements.take()
            #expect(try await plaza.market.encodedProducts(ProductFilter(), cursor: nil, limit: 20) != first)
            #expect(plaza.statements.take().count == 1)
        }
    }

    /// The first pages, as they are answered.
    private static func pages(of filter: ProductFilter, from market: MarketService) async throws -> [String] {
        var pages: [String] = []
        var cursor: String?
        repeat {
            let json = try await market.encodedProducts(filter, cursor: cursor, limit: 3)
            pages.append(String(decoding: json, as: UTF8.self))
            cursor = try JSONParser.parse(json)["next"]?.string
        } while cursor != nil && pages.count < 3
        return pages
    }
}

extension MarketFixture {
    /// The same service over the same tables, with no memory.
    var uncached: MarketService {
        MarketService(
            database: database, ids: ids, clock: clock.wall, events: events, jobs: jobs, cursors: market.cursors,
            idempotency: IdempotencyKeys(clock: clock.wall), posts: MarketFixture.NoPosts(), publisher: pushes,
            registry: MetricRegistry(),
            cacheBytes: 0,
            spoolDirectory: "")
    }
}

/// Two shops whose owners do anything that can be done, in an order that a seed decides.
struct Bazaar: Sendable {
    enum Deed: CaseIterable {
        case create, retitle, retag, archive, activate, reprice, addVariant, deleteVariant
        case sell, giveBack, count, view, rename, close, open, suspend, reinstate, bar, unbar
    }

    static let filters: [ProductFilter] =
        ProductFilter.Order.allCases.map { order in
            var filter = ProductFilter()
            filter.order = order
            filter.currency = Currency("EUR")
            return filter
        } + [ProductFilter(), tagged]

    private static var tagged: ProductFilter {
        var filter = ProductFilter()
        filter.tag = "blue"
        return filter
    }

    private let plaza: MarketFixture
    private let shops: [ShopProfile]
    private var products: [(id: ID<Product>, owner: ID<Account>)] = []
    private var sold: [(line: SaleLine, order: ID<Order>)] = []
    private var random: SplitMix64

    init(_ plaza: MarketFixture, seed: UInt64) async throws {
        self.plaza = plaza
        shops = [try await plaza.shop("kiln"), try await plaza.shop("loom")]
        random = SplitMix64(seed: seed)
        for _ in 0..<8 { try await perform(.create) }
    }

    /// - Returns: what was done, or refused.
    mutating func act() async throws -> Deed {
        let deed = Deed.allCases.randomElement(using: &random) ?? .create
        plaza.clock.advance(seconds: 1)
        do {
            try await perform(deed)
        } catch is MarketError {
            // Not everything may be done at any time.
        }
        return deed
    }

    mutating func perform(_ deed: Deed) async throws {
        let shop = shops[Int.random(in: 0..<shops.count, using: &random)]
        let market = plaza.market
        switch deed {
        case .create:
            let (price, tag) = (somePrice(), someTag())
            let product = try await plaza.product("Thing \(products.count)", in: shop, price: price) { draft in
                draft.tags = [tag]
                draft.options = ["Size"]
                draft.variants[0].options = ["S"]
                draft.variants.append(draft.variants[0])
                draft.variants[1].options = ["L"]
            }
            products.append((product, shop.owner))
        case .rename:
            try await market.change(shop.id, name: "Name \(random.next() % 100)", by: shop.owner)
            try await plaza.runJobs()
        case .close, .open:
            try await market.change(shop.id, state: deed == .open ? .open : .closed, by: shop.owner)
            try await plaza.runJobs()
        case .suspend, .reinstate:
            // Seen at once, whatever the jobs have come to.
            try await plaza.database.write { tx in
                try market.setSuspended(deed == .suspend, shopsOf: shop.owner, in: tx)
            }
        case .bar, .unbar:
            if Bool.random(using: &random) {
                _ = try await market.bar(deed == .bar, shop.id)
            } else {
                _ = try await market.bar(deed == .bar, someProduct().id)
            }
        case .retitle, .retag, .archive, .activate: try await change(someProduct(), deed)
        case .reprice, .addVariant, .deleteVariant: try await changeVariants(of: someProduct(), deed)
        case .view:
            _ = try await market.view([someProduct().id], by: plaza.person())
            try await plaza.follow()
        case .sell, .giveBack, .count: try await move(someProduct(), deed)
        }
    }

    private mutating func change(_ product: (id: ID<Product>, owner: ID<Account>), _ deed: Deed) async throws {
        let (title, tag) = ("Thing \(random.next() % 1_000)", someTag())
        _ = try await plaza.market.change(product.id, by: product.owner) { draft in
            switch deed {
            case .retitle: draft.title = title
            case .retag: draft.tags = [tag]
            case .archive: draft.status = .archived
            default: draft.status = .active
            }
        }
    }

    private mutating func changeVariants(
        of product: (id: ID<Product>, owner: ID<Account>), _ deed: Deed
    ) async throws {
        let variants = try await plaza.variants(of: product.id)
        let price = somePrice()
        switch deed {
        case .reprice: _ = try await plaza.market.change(variants[0], by: product.owner) { $0.price = price }
        case .addVariant:
            var variant = VariantDraft(price: price)
            variant.options = ["\(random.next() % 100)"]
            _ = try await plaza.market.add(variant, to: product.id, by: product.owner)
        default: _ = try await plaza.market.delete(variants[0], by: product.owner)
        }
    }

    private mutating func move(_ product: (id: ID<Product>, owner: ID<Account>), _ deed: Deed) async throws {
        let variant = try await plaza.variant(of: product.id)
        switch deed {
        case .sell:
            let (line, order) = (SaleLine(variant, 1), plaza.ids.next(Order.self))
            try await plaza.take([line], by: plaza.person(), for: order)
            sold.append((line, order))
        case .giveBack:
            guard let last = sold.popLast() else { return }
            let market = plaza.market
            let buyer = plaza.person()
            try await plaza.database.write { tx in
                try market.giveBack([last.line], of: last.order, by: buyer, in: tx)
            }
        default:
            let (market, count) = (plaza.market, Int64(random.next() % 20))
            _ = try await plaza.database.write { tx in
                try market.adjust(
                    variant, StockAdjustment(reason: .counted, amount: .onHand(count)), by: product.owner, in: tx)
            }
        }
    }

    private mutating func someProduct() -> (id: ID<Product>, owner: ID<Account>) {
        products.randomElement(using: &random) ?? products[0]
    }

    private mutating func somePrice() -> Int64 { Int64(1 + random.next() % 50) * 100 }
    private mutating func someTag() -> String { random.next() % 2 == 0 ? "blue" : "red" }
}
