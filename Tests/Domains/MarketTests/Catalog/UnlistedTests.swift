import Core
import PlazaTesting
import Storage
import Testing

@testable import Market

/// Products that are for sale to whoever has their link.
@Suite struct UnlistedTests {
    private func titles(_ market: MarketFixture, _ change: (inout ProductFilter) -> Void) async throws -> [String] {
        var filter = ProductFilter()
        change(&filter)
        let page = try await market.market.products(filter, cursor: nil, limit: 50).page
        return try page.items.map { try JSONParser.parse($0.json)["title"]?.string ?? "" }
    }

    private func pair(_ market: MarketFixture, in shop: ShopProfile) async throws -> (
        shown: ID<Product>, hidden: ID<Product>
    ) {
        let shown = try await market.product("Shown soap", in: shop) { draft in
            (draft.type, draft.tags) = ("Soap", ["lavender"])
        }
        let hidden = try await market.product("Hidden soap", in: shop) { draft in
            (draft.type, draft.tags, draft.status) = ("Soap", ["lavender"], .unlisted)
        }
        return (shown, hidden)
    }

    @Test func anUnlistedProductIsInNoListFacetOrSearch() async throws {
        try await withMarket { market in
            let shop = try await market.shop()
            let (shown, hidden) = try await pair(market, in: shop)
            try await market.follow()
            for list in [
                try await titles(market) { _ in }, try await titles(market) { $0.order = .newest },
                try await titles(market) { $0.shop = .handle("kiln") },
                try await titles(market) { $0.tag = "lavender" },
                try await titles(market) { $0.type = "soap" }, try await titles(market) { $0.query = "soap" },
            ] {
                #expect(list == ["Shown soap"])
            }
            // Posts that tag it, orders and feeds ask for cards.
            let cards = try await market.market.productCards([shown, hidden])
            #expect(cards.map { $0?.id } == [shown, nil])
            #expect(try await market.findings() == [])
        }
    }

    @Test func itIsHadByItsIdAndBoughtUntilTheShopCloses() async throws {
        try await withMarket { market in
            let shop = try await market.shop()
            let hidden = try await pair(market, in: shop).hidden
            let page = try await market.market.product(hidden, viewer: nil)
            #expect(try JSONParser.parse(page.json)["status"] == "unlisted")
            let buyer = market.person()
            let variant = try await market.variant(of: hidden)
            try await market.market.putInCart(
                variant, quantity: 1, price: Money(1_999, shop.currency), of: buyer)
            #expect(try await market.refusals(of: [SaleLine(variant, 1)], by: buyer) == [])
            _ = try await market.market.change(shop.id, state: .closed, by: shop.owner)
            try await market.runJobs()
            await #expect(throws: MarketError.productNotFound) {
                try await market.market.product(hidden, viewer: buyer)
            }
            #expect(try await market.findings() == [])
        }
    }

    @Test func staffFindItByItsStatusAndListItAgain() async throws {
        try await withMarket { market in
            let shop = try await market.shop()
            let hidden = try await pair(market, in: shop).hidden
            func staffSee(_ status: ProductStatus) async throws -> [ID<Product>] {
                try await market.market.allProducts(
                    of: shop.id, status: status, cursor: nil, limit: 10, viewer: shop.owner
                ).items.map(\.id)
            }
            #expect(try await staffSee(.unlisted) == [hidden])
            #expect(try await !staffSee(.active).contains(hidden))
            _ = try await market.market.change(hidden, by: shop.owner) { $0.status = .active }
            #expect(try await staffSee(.active).contains(hidden))
            #expect(try await titles(market) { _ in }.contains("Hidden soap"))
            #expect(try await market.findings() == [])
        }
    }
}
