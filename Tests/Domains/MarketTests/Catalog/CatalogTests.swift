import Core
import HTTP
import PlazaTesting
import Storage
import Testing

@testable import Market

@Suite struct CatalogTests {
    @Test func aHandleIsOneShopsAndAProductsHandleOneInItsShop() async throws {
        try await withMarket { plaza in
            let (shop, other) = (try await plaza.shop(), try await plaza.shop("other"))
            await #expect(throws: MarketError.shopHandleTaken) { _ = try await plaza.shop() }
            try await plaza.product(in: shop)
            try await plaza.product(in: other)
            await #expect(throws: MarketError.productHandleTaken) { try await plaza.product(in: shop) }
        }
    }

    @Test func rolesDecideWhatStaffMayDo() async throws {
        try await withMarket { plaza in
            let market = plaza.market
            let shop = try await plaza.shop()
            let product = try await plaza.product(in: shop)
            let (manager, clerk, stranger) = (plaza.person(), plaza.person(), plaza.person())
            try await market.setRole(.manager, of: manager, in: shop.id, by: shop.owner)
            try await market.setRole(.clerk, of: clerk, in: shop.id, by: shop.owner)
            #expect(try await market.staff(of: shop.id, viewer: clerk).count == 3)
            _ = try await market.change(product, by: manager) { $0.title = "Bluer bowl" }
            for account in [clerk, stranger] {
                await #expect(throws: MarketError.shopRoleRequired(.manager)) {
                    _ = try await market.change(product, by: account) { $0.title = "Red bowl" }
                }
            }
            await #expect(throws: MarketError.shopRoleRequired(.owner)) {
                try await market.setRole(.clerk, of: stranger, in: shop.id, by: manager)
            }
            await #expect(throws: MarketError.ownerStays) {
                try await market.removeStaff(shop.owner, from: shop.id, by: shop.owner)
            }
            try await market.removeStaff(clerk, from: shop.id, by: clerk)
            await #expect(throws: MarketError.shopRoleRequired(.clerk)) {
                _ = try await market.staff(of: shop.id, viewer: clerk)
            }
        }
    }

    @Test func variantsComeAndGoWithoutLosingWhatWasSold() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let product = try await plaza.product(in: shop) { draft in
                draft.options = ["Size"]
                draft.variants[0].options = ["S"]
            }
            let small = try await plaza.variant(of: product)
            var large = VariantDraft(price: 5_000)
            large.options = ["L"]
            let draft = large
            _ = try await plaza.market.add(draft, to: product, by: shop.owner)
            await #expect(throws: MarketError.duplicateVariant) {
                _ = try await plaza.market.add(draft, to: product, by: shop.owner)
            }
            await #expect(throws: MarketError.optionCount) {
                _ = try await plaza.market.add(VariantDraft(price: 1), to: product, by: shop.owner)
            }
            let (order, buyer) = (plaza.ids.next(Order.self), plaza.person())
            try await plaza.take([SaleLine(small, 2)], by: buyer, for: order)
            _ = try await plaza.market.delete(small, by: shop.owner)
            #expect(try await plaza.refusals(of: [SaleLine(small, 1)]) == [.notForSale])
            try await plaza.database.write { tx in
                try plaza.market.handOver([SaleLine(small, 2)], of: order, in: tx)
            }
            let rest = try await plaza.variant(of: product)
            await #expect(throws: MarketError.lastVariant) {
                _ = try await plaza.market.delete(rest, by: shop.owner)
            }
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func stockIsNeverCountedBelowWhatIsSold() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.variant(of: plaza.product(in: shop, stock: 5))
            try await plaza.take([SaleLine(bowl, 3)], by: plaza.person())
            func adjust(_ reason: StockReason, _ amount: StockAdjustment.Amount) async throws -> Int64 {
                try await plaza.database.write { tx in
                    let adjustment = StockAdjustment(reason: reason, amount: amount)
                    return try plaza.market.adjust(bowl, adjustment, by: shop.owner, in: tx).onHand
                }
            }
            #expect(try await adjust(.lost, .change(-1)) == 4)
            #expect(try await adjust(.received, .change(10)) == 14)
            #expect(try await adjust(.counted, .onHand(3)) == 3)
            await #expect(throws: MarketError.belowReserved(reserved: 3)) { _ = try await adjust(.lost, .change(-1)) }
            await #expect(throws: MarketError.stockOutOfRange) { _ = try await adjust(.received, .change(.max)) }
            await #expect(throws: MarketError.stockOutOfRange) { _ = try await adjust(.lost, .change(.min)) }
            let journal = try await plaza.market.journal(of: bowl, cursor: nil, limit: 3, viewer: shop.owner)
            #expect(journal.movements.items.map(\.onHandChange) == [-11, 10, -1])
            #expect(journal.movements.next != nil)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func cardsOfProductsAreInTheOrderAskedFor() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let (bowl, mug) = (try await plaza.product(in: shop), try await plaza.product("Mug", in: shop))
            let draft = try await plaza.product("Draft", in: shop) { $0.status = .draft }
            let wanted = [mug, draft, ID(rawValue: 5), bowl]
            let inTransaction = try await plaza.database.read { db in try plaza.market.productCards(wanted, in: db) }
            #expect(inTransaction.map { $0?.id } == [mug, nil, nil, bowl])
            #expect(try await plaza.market.productCards(wanted).map { $0?.id } == [mug, nil, nil, bowl])
        }
    }

    @Test(arguments: [
        ("2026-03-01T12:00:00Z", 1_772_366_400_000_000 as Int64?), ("2026-03-01T12:00:00.250Z", 1_772_366_400_250_000),
        ("1969-12-31T23:59:59.999999Z", -1), ("2026-02-29T12:00:00Z", nil), ("2026-13-01T12:00:00Z", nil),
        ("2026-03-01T24:00:00Z", nil), ("2026-03-01T12:00:00.Z", nil), ("2026-03-01 12:00:00Z", nil),
        ("2026-03-01T12:00:00+01:00", nil), ("", nil),
    ])
    func timesAreRead(text: String, microseconds: Int64?) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }
}
