import Core
import Ledger
@testable import Market
import PlazaTesting
import Storage
import Testing

@testable import Flows

/// What a purchase does to a product's rank and its number of sales.
@Suite struct SoldPiecesTests {
    @Test func orderingAndCancellingLiftsNothing() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.variant(in: shop)
            let before = try await plaza.standing(of: bowl)
            for _ in 0..<3 {
                let buyer = try await plaza.person(with: 10_000)
                let order = try await plaza.buy([try plaza.line(bowl)], by: buyer, capture: .later)
                try await plaza.work()
                #expect(try await plaza.standing(of: bowl) == before)
                try await plaza.act(.cancel(nil), on: order, by: .person(buyer))
            }
            try await plaza.work()
            #expect(try await plaza.standing(of: bowl) == before)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test(arguments: [Purchase.Capture.now, .later])
    func whatIsGivenBackIsTakenBack(capture: Purchase.Capture) async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.variant(in: shop)
            let buyer = try await plaza.person(with: 10_000)
            let before = try await plaza.standing(of: bowl)
            let order = try await plaza.buy([try plaza.line(bowl, 3)], by: buyer, capture: capture)
            if capture == .later { try await plaza.act(.pay, on: order, by: .person(buyer)) }
            try await plaza.work()
            let sold = try await plaza.standing(of: bowl)
            #expect(sold.sales == 3)
            #expect(sold.score > before.score)
            try await plaza.act(.cancel([SaleLine(bowl, 1)]), on: order, by: .person(buyer))
            try await plaza.work()
            #expect(try await plaza.standing(of: bowl) == Standing(sales: 2, score: sold.score))
            #expect(try await plaza.findings() == [])
            try await plaza.act(.cancel(nil), on: order, by: .person(buyer))
            try await plaza.work()
            let after = try await plaza.standing(of: bowl)
            #expect(after.sales == 0)
            // A purchase weighs ten times what publishing does, and roundings to a millionth grow by as much.
            #expect(abs(after.score - before.score) <= 11)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func onePersonLiftsAProductOnceADayAndItsSellersNever() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.variant(in: shop, stock: 100)
            let before = try await plaza.standing(of: bowl)
            try await plaza.give(10_000, to: .person(shop.owner))
            _ = try await plaza.buy([try plaza.line(bowl, 4)], by: shop.owner)
            try await plaza.work()
            #expect(try await plaza.standing(of: bowl) == Standing(sales: 4, score: before.score))
            let buyer = try await plaza.person(with: 10_000)
            _ = try await plaza.buy([try plaza.line(bowl)], by: buyer)
            try await plaza.work()
            let once = try await plaza.standing(of: bowl)
            #expect(once.score > before.score)
            _ = try await plaza.buy([try plaza.line(bowl)], by: buyer)
            try await plaza.work()
            #expect(try await plaza.standing(of: bowl) == Standing(sales: 6, score: once.score))
            plaza.clock.advance(seconds: 86_400)
            _ = try await plaza.buy([try plaza.line(bowl)], by: buyer)
            try await plaza.work()
            #expect(try await plaza.standing(of: bowl).score > once.score)
            #expect(try await plaza.findings() == [])
        }
    }
}

private struct Standing: Equatable {
    let sales: Int64
    let score: Int64
}

extension CheckoutFixture {
    fileprivate func standing(of variant: ID<Variant>) async throws -> Standing {
        let product = try await product(of: variant)
        return Standing(
            sales: try await number("SELECT sale_count FROM product WHERE id = \(product)"),
            score: try await number("SELECT score FROM product WHERE id = \(product)"))
    }
}
