import Core
import HTTP
import PlazaTesting
import Storage
import Testing

@testable import Market

@Suite struct ProductListTests {
    private static let bound: [ProductFilter.Order] = ProductFilter.Order.allCases

    /// Forty products of two types, in two shops.
    private func populate(_ plaza: MarketFixture) async throws -> (ShopProfile, ShopProfile) {
        let (kiln, loom) = (try await plaza.shop("kiln"), try await plaza.shop("loom"))
        for index in 0..<40 {
            try await plaza.product(
                "Thing \(index)", in: index % 4 == 0 ? loom : kiln, price: Int64(index * 37 % 40) * 100
            ) { draft in
                draft.type = index % 3 == 0 ? "Bowls" : "Mugs"
                draft.vendor = "Maker \(index % 5)"
                draft.tags = index % 2 == 0 ? ["Blue", "clay"] : ["red"]
            }
        }
        return (kiln, loom)
    }

    private func titles(_ plaza: MarketFixture, limit: Int, _ filter: ProductFilter) async throws -> [String] {
        var titles: [String] = []
        var cursor: String?
        repeat {
            let page = try await plaza.market.products(filter, cursor: cursor, limit: limit).page
            titles += try page.items.map { try JSONParser.parse($0.json)["title"]?.string ?? "" }
            cursor = page.next
        } while cursor != nil
        return titles
    }

    @Test(arguments: bound) func pagesOfAnOrderAreTheWholeList(order: ProductFilter.Order) async throws {
        try await withMarket { plaza in
            _ = try await populate(plaza)
            var filter = ProductFilter()
            filter.order = order
            filter.currency = try await plaza.market.shop(.handle("kiln")).currency
            let whole = try await titles(plaza, limit: 100, filter)
            #expect(whole.count == 40 && Set(whole).count == 40)
            #expect(try await titles(plaza, limit: 7, filter) == whole)
            switch order {
            case .trending, .newest: #expect(whole == (0..<40).reversed().map { "Thing \($0)" })
            case .price: #expect(whole == (0..<40).sorted { $0 * 37 % 40 < $1 * 37 % 40 }.map { "Thing \($0)" })
            }
        }
    }

    @Test(arguments: bound) func filtersKeepTheOrder(order: ProductFilter.Order) async throws {
        try await withMarket { plaza in
            _ = try await populate(plaza)
            var filter = ProductFilter()
            filter.order = order
            filter.shop = .handle("kiln")
            let ofShop = try await titles(plaza, limit: 100, filter)
            #expect(ofShop.count == 30)
            filter.type = "bowls"
            let bowls = try await titles(plaza, limit: 3, filter)
            #expect(bowls == ofShop.filter { Int($0.dropFirst(6)).map { $0 % 3 == 0 } ?? false })
            filter.tag = "BLUE"
            filter.vendor = "maker 0"
            filter.priceMin = 100
            filter.priceMax = 3_000
            let few = try await titles(plaza, limit: 1, filter)
            #expect(
                few
                    == bowls.filter { title in
                        let index = Int(title.dropFirst(6)) ?? 0
                        return index % 2 == 0 && index % 5 == 0 && (1...30).contains(index * 37 % 40)
                    })
            #expect(!few.isEmpty)
        }
    }

    @Test func aWalkThatEndsEarlyGoesOnWithItsCursor() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.product("Needle", in: shop, price: 5) { $0.tags = ["common"] }
            try await plaza.importText(CatalogFile.many(ProductListing.walkMax + 10), into: shop)
            var filter = ProductFilter()
            filter.order = .newest
            filter.currency = shop.currency
            filter.priceMax = 5
            let first = try await plaza.market.products(filter, cursor: nil, limit: 10).page
            #expect(first.items.isEmpty && first.next != nil)
            #expect(try await titles(plaza, limit: 10, filter) == ["Needle"])
        }
    }

    @Test func wordsAreFoundInTitlesTagsAndDescriptions() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.product("Blue bowl", in: shop)
            try await plaza.product("Mug", in: shop) { $0.body = "<p class=\"wide\">Goes with the <b>bowl</b>.</p>" }
            try await plaza.product("Hidden bowl", in: shop) { $0.status = .draft }
            try await plaza.follow()
            for order in ProductFilter.Order.allCases {
                var filter = ProductFilter()
                filter.order = order
                filter.shop = .id(shop.id)
                filter.query = "bowl"
                #expect(try await Set(titles(plaza, limit: 1, filter)) == ["Mug", "Blue bowl"])
                filter.query = "wide"
                #expect(try await titles(plaza, limit: 1, filter) == [])
                filter.query = "blue bowl"
                #expect(try await titles(plaza, limit: 5, filter) == ["Blue bowl"])
            }
        }
    }

    @Test func collectionsAreListed() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.product(in: shop)
            try await plaza.product("Mug", in: shop)
            let winter = try await plaza.market.createCollection(
                handle: nil, title: "Winter 2026", in: shop.id, by: shop.owner)
            #expect(winter.handle == "winter-2026")
            try await plaza.market.add(bowl, to: winter.id, by: shop.owner)
            var filter = ProductFilter()
            filter.collection = winter.id
            #expect(try await titles(plaza, limit: 5, filter) == ["Blue bowl"])
        }
    }

    @Test func facetsCountTheListTheyNarrow() async throws {
        try await withMarket { plaza in
            _ = try await populate(plaza)
            var filter = ProductFilter()
            filter.shop = .handle("kiln")
            filter.tag = "blue"
            let found = try await plaza.market.products(filter, cursor: nil, limit: 2, withFacets: true).facets
            let facets = try #require(found)
            let expected = (0..<40).filter { $0 % 4 != 0 && $0 % 2 == 0 }
            #expect(facets.counted == Int64(expected.count) && facets.isComplete)
            #expect(facets.types.reduce(0) { $0 + $1.count } == facets.counted)
            #expect(facets.types.first { $0.value == "Bowls" }?.count == Int64(expected.count { $0 % 3 == 0 }))
            #expect(facets.prices.reduce(0) { $0 + $1.count } == facets.counted)
        }
    }

    @Test func aCursorIsBoundToItsList() async throws {
        try await withMarket { plaza in
            _ = try await populate(plaza)
            var filter = ProductFilter()
            let cursor = try await plaza.market.products(filter, cursor: nil, limit: 5).page.next
            filter.tag = "blue"
            let other = filter
            await #expect(throws: CursorError.self) {
                _ = try await plaza.market.products(other, cursor: cursor, limit: 5)
            }
        }
    }

    @Test func pricesOfSeveralCurrenciesAreNotCompared() async throws {
        try await withMarket { plaza in
            var filter = ProductFilter()
            filter.order = .price
            let chosen = filter
            await #expect(throws: MarketError.currencyNeeded) {
                _ = try await plaza.market.products(chosen, cursor: nil, limit: 5)
            }
        }
    }

    @Test func draftsAndArchivedProductsAreForStaffAlone() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let draft = try await plaza.product("Draft", in: shop) { $0.status = .draft }
            let page = try await plaza.market.products(ProductFilter(), cursor: nil, limit: 5).page
            #expect(page.items.isEmpty)
            await #expect(throws: MarketError.productNotFound) {
                _ = try await plaza.market.product(draft, viewer: plaza.person())
            }
            await #expect(throws: MarketError.productNotFound) {
                _ = try await plaza.market.product(draft, viewer: nil)
            }
            #expect(try await plaza.market.product(draft, viewer: shop.owner).id == draft)
            let all = try await plaza.market.allProducts(
                of: shop.id, status: .draft, cursor: nil, limit: 5, viewer: shop.owner)
            #expect(all.items.map(\.id) == [draft])
        }
    }

    @Test func aClosedShopLeavesTheListsAndComesBack() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.product(in: shop)
            try await plaza.product("Draft", in: shop) { $0.status = .draft }
            for (state, count) in [(ShopProfile.State.closed, 0), (.open, 1)] {
                try await plaza.market.change(shop.id, state: state, by: shop.owner)
                try await plaza.runJobs()
                let page = try await plaza.market.products(ProductFilter(), cursor: nil, limit: 5).page
                #expect(page.items.count == count)
                #expect(try await plaza.findings() == [])
            }
        }
    }

    @Test func aCardHasThePriceAndStockOfTheLastCommit() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.product(in: shop, price: 1_000, stock: 4)
            let variant = try await plaza.variant(of: bowl)
            func card() async throws -> JSON {
                let page = try await plaza.market.products(ProductFilter(), cursor: nil, limit: 5).page
                return try JSONParser.parse(page.items[0].json)
            }
            #expect(try await card()["available"]?.integer == 4)
            try await plaza.take([SaleLine(variant, 3)], by: plaza.person())
            #expect(try await card()["available"]?.integer == 1)
            _ = try await plaza.market.change(variant, by: shop.owner) { $0.price = 900 }
            #expect(try await card()["price"]?["amount"]?.integer == 900)
            let page = try JSONParser.parse(try await plaza.market.product(bowl, viewer: nil).json)
            #expect(page["variants"]?.array?[0]["available"]?.integer == 1)
            #expect(page["variants"]?.array?[0]["price"]?["amount"]?.integer == 900)
        }
    }

    @Test func salesAndViewsLiftAProduct() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let old = try await plaza.product("Old", in: shop)
            let seen = try await plaza.product("Seen", in: shop)
            try await plaza.product("New", in: shop)
            let viewer = plaza.person()
            #expect(try await plaza.market.view([seen, seen], by: viewer) == 1)
            #expect(try await plaza.market.view([seen], by: viewer) == 0)
            #expect(try await plaza.market.view([old, seen], by: shop.owner) == 0)
            try await plaza.buy([SaleLine(try await plaza.variant(of: old), 2)], by: viewer)
            try await plaza.follow()
            #expect(try await titles(plaza, limit: 5, ProductFilter()) == ["Old", "Seen", "New"])
            let page = try JSONParser.parse(try await plaza.market.product(old, viewer: nil).json)
            #expect(page["counts"]?["sales"]?.integer == 2)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aPlainPageTakesOneStatementAndNoneForCardsInMemory() async throws {
        try await withMarket { plaza in
            _ = try await populate(plaza)
            _ = plaza.statements.take()
            _ = try await plaza.market.products(ProductFilter(), cursor: nil, limit: 20)
            #expect(plaza.statements.take().count == 2)
            _ = try await plaza.market.products(ProductFilter(), cursor: nil, limit: 20)
            let statements = plaza.statements.take()
            #expect(statements.count == 1)
            let plan = try await plaza.statements.plan(of: try #require(statements.first))
            #expect(plan.first?.contains("USING COVERING INDEX product_trending") == true, "\(plan)")
            var filter = ProductFilter()
            filter.type = "Bowls"
            _ = try await plaza.market.products(filter, cursor: nil, limit: 20)
            #expect(plaza.statements.take().count == 3)
            _ = try await plaza.market.products(filter, cursor: nil, limit: 20)
            #expect(plaza.statements.take().count == 2)
        }
    }

    /// What is walked is read from an index alone, in the list's order.
    @Test(arguments: bound) func walksAreReadFromIndexes(order: ProductFilter.Order) async throws {
        try await withMarket { plaza in
            let (kiln, _) = try await populate(plaza)
            for shop in [nil, ShopName.id(kiln.id)] {
                var filter = ProductFilter()
                filter.order = order
                filter.shop = shop
                filter.currency = kiln.currency
                if shop != nil { filter.currency = nil }
                if order != .price { filter.currency = nil }
                _ = plaza.statements.take()
                _ = try await plaza.market.products(filter, cursor: nil, limit: 20)
                let walk = try #require(plaza.statements.take().first { $0.text.contains("sort_key") })
                let plan = try await plaza.statements.plan(of: walk)
                #expect(plan.count == 1 && plan[0].contains("COVERING INDEX product_"), "\(plan)")
            }
        }
    }
}
