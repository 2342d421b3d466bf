import Core
import PlazaTesting
import Storage
import Testing

@testable import Market

@Suite struct CartTests {
    private func put(
        _ market: MarketFixture, _ variant: ID<Variant>, of person: ID<Account>, _ shop: ShopProfile,
        quantity: Int64 = 1, price: Int64 = 1_999
    ) async throws {
        try await market.market.putInCart(
            variant, quantity: quantity, price: Money(price, shop.currency), of: person)
    }

    @Test func aCartIsGroupedByShopAndAddedUp() async throws {
        try await withMarket { market in
            let (kiln, loom) = (try await market.shop("kiln"), try await market.shop("loom"))
            let person = market.person()
            let bowl = try await market.variant(of: try await market.product(in: kiln))
            let vase = try await market.variant(of: try await market.product("Vase", in: kiln, price: 100))
            let scarf = try await market.variant(of: try await market.product("Scarf", in: loom, price: 500))
            for (variant, quantity, price) in [(scarf, Int64(1), Int64(500)), (bowl, 2, 1_999), (vase, 3, 100)] {
                market.clock.advance(seconds: 1)
                try await put(market, variant, of: person, kiln, quantity: quantity, price: price)
            }
            _ = market.statements.take()
            let cart = try await market.market.cart(of: person)
            #expect(market.statements.take().count == 3)
            #expect(cart.groups.map(\.shop.id) == [loom.id, kiln.id])
            #expect(cart.groups.map(\.total.amount) == [500, 4_298])
            #expect(cart.groups[1].lines.map(\.variant.id) == [bowl, vase])
            #expect(cart.totals.map(\.amount) == [4_798])
            #expect(cart.groups.flatMap(\.lines).allSatisfy { $0.changes.isEmpty && $0.canBeHad })
            #expect(try await market.market.cart(of: market.person()).groups.isEmpty)
        }
    }

    @Test func aCartSaysWhatHasChanged() async throws {
        try await withMarket { market in
            let (kiln, loom) = (try await market.shop("kiln"), try await market.shop("loom"))
            let person = market.person()
            var products: [String: ID<Product>] = [:]
            for name in ["Dearer", "Gone", "Archived", "Draft", "Limited", "Later", "Same"] {
                products[name] = try await market.product(name, in: kiln)
                try await put(
                    market, try await market.variant(of: try #require(products[name])), of: person, kiln, quantity: 2)
            }
            let closed = try await market.variant(of: try await market.product("Closed", in: loom))
            try await put(market, closed, of: person, loom)
            func change(_ name: String, _ change: @escaping @Sendable (inout ProductDraft) -> Void) async throws {
                _ = try await market.market.change(try #require(products[name]), by: kiln.owner, change)
            }
            let dearer = try await market.variant(of: try #require(products["Dearer"]))
            try await market.database.write { tx in
                _ = try tx.execute("UPDATE variant SET price = 2500 WHERE id = \(dearer)")
            }
            let gone = try await market.variant(of: try #require(products["Gone"]))
            try await market.take([SaleLine(gone, 9)], by: market.person())
            try await change("Archived") { $0.status = .archived }
            try await change("Draft") { $0.status = .draft }
            try await change("Limited") { $0.perPersonMax = 1 }
            let opensAt = market.clock.now.advanced(bySeconds: 60)
            try await change("Later") { $0.opensAt = opensAt }
            _ = try await market.market.change(loom.id, state: .closed, by: loom.owner)

            let lines = try await market.market.cart(of: person).groups.flatMap(\.lines)
            let changes = Dictionary(uniqueKeysWithValues: lines.map { ($0.variant.title, $0.changes) })
            #expect(
                changes == [
                    "Dearer": ["price_changed"], "Gone": ["sold_out"], "Archived": ["archived"],
                    "Draft": ["not_for_sale"], "Limited": ["person_limit"], "Later": ["not_open"], "Same": [],
                    "Closed": ["shop_closed"],
                ])
            let total = try await market.market.cart(of: person).totals
            #expect(total.map(\.amount) == [8_998], "only what can be had, at the price of now")
            // Setting the line anew agrees.
            try await put(market, dearer, of: person, kiln, price: 2_500)
            let again = try await market.market.cart(of: person).groups.flatMap(\.lines)
            #expect(again.first { $0.variant.id == dearer }?.changes == [])
        }
    }

    @Test func aCartHasABound() async throws {
        try await withMarket { market in
            let shop = try await market.shop()
            let person = market.person()
            let other = try await market.variant(of: try await market.product(in: shop))
            try await market.database.write { tx in
                for index in 1...CartLimits.linesMax {
                    try tx.execute(
                        """
                        INSERT INTO cart_line (account_id, variant_id, quantity, price, currency, added_at)
                        VALUES (\(person), \(index), 1, 1, 'EUR', 1)
                        """)
                }
            }
            await #expect(throws: OrderError.cartFull) { try await put(market, other, of: person, shop) }
            try await market.market.takeOutOfCart(ID(rawValue: 1), of: person)
            try await put(market, other, of: person, shop)
            // What is there can still be changed.
            try await put(market, other, of: person, shop, quantity: 5)
        }
    }

    @Test func oddLinesAreRefused() async throws {
        try await withMarket { market in
            let shop = try await market.shop()
            let person = market.person()
            let product = try await market.product(in: shop)
            let variant = try await market.variant(of: product)
            await #expect(throws: MarketError.variantNotFound) {
                try await put(market, ID(rawValue: 1), of: person, shop)
            }
            let dollars = Money(1_999, try #require(Currency("USD")))
            await #expect(throws: OrderError.currenciesDiffer) {
                try await market.market.putInCart(variant, quantity: 1, price: dollars, of: person)
            }
            _ = try await market.market.change(product, by: shop.owner) { $0.status = .archived }
            await #expect(throws: MarketError.variantNotFound) { try await put(market, variant, of: person, shop) }
            #expect(try await market.market.cart(of: person).groups.isEmpty)
        }
    }
}
