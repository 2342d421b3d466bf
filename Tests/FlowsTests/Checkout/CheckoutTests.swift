import Core
import Ledger
import LedgerCore
@testable import Market
import Testing

@testable import Flows

@Suite struct CheckoutTests {
    @Test func stockMoneyAndOrderMoveTogether() async throws {
        try await withMarketplace { plaza in
            let (kiln, loom) = (try await plaza.shop("kiln"), try await plaza.shop("loom"))
            let buyer = try await plaza.person(with: 10_000)
            let bowl = try await plaza.variant(in: kiln, price: 999, stock: 5)
            let scarf = try await plaza.variant(in: loom, price: 4_000, stock: 5)
            let price = try plaza.euros(999)
            for variant in [bowl, scarf] {
                try await plaza.market.putInCart(
                    variant, quantity: 1, price: variant == bowl ? price : try plaza.euros(4_000), of: buyer)
            }
            let order = try await plaza.buy(
                [try plaza.line(bowl, 2, price: 999), try plaza.line(scarf, price: 4_000)], by: buyer)
            #expect(order.total.amount == 5_998)
            #expect(order.parts.map(\.state) == [.paid, .paid])
            #expect(try await plaza.wallet(buyer) == 4_002)
            #expect(try await plaza.escrow(kiln) == 1_998)
            #expect(try await plaza.escrow(loom) == 4_000)
            #expect(try await plaza.available(bowl) == 3)
            #expect(try await plaza.market.cart(of: buyer).groups.isEmpty)
            #expect(try await plaza.events(MarketEvent.orderPlaced) == 1)
            #expect(try await plaza.events(MarketEvent.orderPaid) == 1)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func anotherPriceIsRefusedWithTheNewOneAndNothingCharged() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 10_000)
            let bowl = try await plaza.variant(in: shop, price: 1_200)
            let vase = try await plaza.variant(in: shop)
            let change = PriceChange(variant: bowl, price: try plaza.euros(1_200))
            await #expect(throws: OrderError.priceChanged([change])) {
                _ = try await plaza.buy([try plaza.line(bowl, price: 1_000), try plaza.line(vase)], by: buyer)
            }
            try await Self.expectUntouched(plaza, buyer, [bowl, vase])
        }
    }

    @Test func whatCannotBeHadTakesNothing() async throws {
        try await withMarketplace { plaza in
            let (kiln, loom) = (try await plaza.shop("kiln"), try await plaza.shop("loom"))
            let buyer = try await plaza.person(with: 10_000)
            let good = try await plaza.variant(in: kiln)
            let gone = try await plaza.variant(in: kiln, stock: 1)
            let archived = try await plaza.product(in: kiln)
            let old = try await plaza.variant(of: archived)
            let closed = try await plaza.variant(in: loom)
            _ = try await plaza.market.change(loom.id, state: .closed, by: loom.owner)
            _ = try await plaza.market.change(archived, by: kiln.owner) { $0.status = .archived }
            let cases: [(ID<Variant>, Int64, SaleRefusal)] = [
                (gone, 2, .soldOut(left: 1)), (old, 1, .notForSale), (closed, 1, .shopClosed),
                (ID(rawValue: 1), 1, .unknown), (good, 0, .invalidQuantity), (good, -1, .invalidQuantity),
                (good, .max, .invalidQuantity), (good, CatalogLimits.lineQuantityMax + 1, .invalidQuantity),
            ]
            for (variant, quantity, refusal) in cases {
                var lines = [try plaza.line(variant, quantity)]
                if variant != good { lines.insert(try plaza.line(good), at: 0) }
                let wanted = lines
                await #expect(throws: MarketError.notSold([.init(variant: variant, refusal: refusal)]), "\(refusal)") {
                    _ = try await plaza.buy(wanted, by: buyer)
                }
            }
            try await Self.expectUntouched(plaza, buyer, [good])
        }
    }

    @Test func aWalletThatHasTooLittleBuysNothing() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 1_999)
            let bowl = try await plaza.variant(in: shop)
            for capture in Purchase.Capture.allCases {
                await #expect(throws: LedgerError.refused(.insufficientFunds(available: 1_999), at: 0)) {
                    _ = try await plaza.buy([try plaza.line(bowl, 2)], by: buyer, capture: capture)
                }
            }
            #expect(try await plaza.available(bowl) == 10)
            #expect(try await plaza.count("purchase") == 0)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func oddOrdersAreRefused() async throws {
        try await withMarketplace { plaza in
            let (kiln, abroad) = (try await plaza.shop("kiln"), try await plaza.shop("abroad", "USD"))
            let buyer = try await plaza.person(with: 10_000)
            let bowl = try await plaza.variant(in: kiln)
            let mug = try await plaza.variant(in: abroad)
            let dollars = Money(1_000, abroad.currency)
            await #expect(throws: OrderError.currenciesDiffer) {
                let other = Purchase.Line(variant: mug, quantity: 1, price: dollars)
                _ = try await plaza.buy([try plaza.line(bowl), other], by: buyer)
            }
            await #expect(throws: OrderError.duplicateLine(bowl)) {
                _ = try await plaza.buy([try plaza.line(bowl), try plaza.line(bowl)], by: buyer)
            }
            await #expect(throws: OrderError.cartEmpty) { _ = try await plaza.buy(nil, by: buyer) }
            // The right amount in the wrong currency is another price.
            await #expect(throws: OrderError.priceChanged([.init(variant: mug, price: dollars)])) {
                _ = try await plaza.buy([try plaza.line(mug)], by: buyer)
            }
            try await Self.expectUntouched(plaza, buyer, [bowl, mug])
        }
    }

    @Test func whatIsFreeIsBoughtWithoutMoney() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person()
            let sample = try await plaza.variant(in: shop, price: 0)
            for capture in Purchase.Capture.allCases {
                let order = try await plaza.buy([try plaza.line(sample, price: 0)], by: buyer, capture: capture)
                if capture == .later { try await plaza.act(.pay, on: order, by: .person(buyer)) }
                try await plaza.act(.ship, on: order, by: .person(shop.owner))
                try await plaza.act(.complete, on: order, by: .person(buyer))
                try await plaza.act(.refund(nil, isRestocked: true), on: order, by: .person(shop.owner))
            }
            #expect(try await plaza.count("transfer") == 0)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func theLastOneIsSoldToExactlyOneOfAHundred() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.variant(in: shop, stock: 1)
            var buyers: [ID<Account>] = []
            for _ in 0..<100 { buyers.append(try await plaza.person(with: 5_000)) }
            let line = try plaza.line(bowl)
            let sold = await withTaskGroup(of: Bool.self) { group in
                for buyer in buyers {
                    group.addTask {
                        do {
                            _ = try await plaza.buy([line], by: buyer)
                            return true
                        } catch {
                            #expect(
                                error as? MarketError
                                    == .notSold([.init(variant: bowl, refusal: .soldOut(left: 0))]))
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(sold == 1)
            var charged = 0
            for buyer in buyers where try await plaza.wallet(buyer) != 5_000 { charged += 1 }
            #expect(charged == 1)
            #expect(try await plaza.escrow(shop) == 1_000)
            #expect(try await plaza.available(bowl) == 0)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aCartIsCheckedOutOnce() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 10_000)
            let bowl = try await plaza.variant(in: shop)
            try await plaza.market.putInCart(bowl, quantity: 2, price: try plaza.euros(1_000), of: buyer)
            let sold = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await plaza.buy(nil, by: buyer)
                            return true
                        } catch {
                            #expect(error as? OrderError == .cartEmpty)
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(sold == 1)
            #expect(try await plaza.wallet(buyer) == 8_000)
            #expect(try await plaza.findings() == [])
        }
    }

    static func expectUntouched(
        _ plaza: CheckoutFixture, _ buyer: ID<Account>, _ variants: [ID<Variant>]
    ) async throws {
        #expect(try await plaza.available(buyer) == 10_000)
        for variant in variants { #expect(try await plaza.available(variant) == 10) }
        #expect(try await plaza.count("purchase") == 0)
        #expect(try await plaza.events(MarketEvent.orderPlaced) == 0)
        #expect(try await plaza.findings() == [])
    }
}
