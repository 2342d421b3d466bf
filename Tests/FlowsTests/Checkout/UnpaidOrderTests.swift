import Core
@testable import Market
import PlazaTesting
import Storage
import Testing

@testable import Flows

/// Stock that is held by orders which nobody has paid.
@Suite struct UnpaidOrderTests {
    @Test func onePersonHoldsFewUnpaidPiecesOfAProduct() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 1_000_000)
            let bowl = try await plaza.variant(in: shop, stock: 100)
            let most = UnpaidOrderLimits.productPiecesMax
            let product = try await plaza.product(of: bowl)
            await #expect(throws: OrderError.unpaidPiecesHeld(product, max: most)) {
                _ = try await plaza.buy([try plaza.line(bowl, most + 1)], by: buyer, capture: .later)
            }
            #expect(try await plaza.available(bowl) == 100)
            _ = try await plaza.buy([try plaza.line(bowl, most)], by: buyer, capture: .later)
            await #expect(throws: OrderError.unpaidPiecesHeld(product, max: most)) {
                _ = try await plaza.buy([try plaza.line(bowl)], by: buyer, capture: .later)
            }
            // What is paid at once is bounded by the stock alone.
            _ = try await plaza.buy([try plaza.line(bowl, 50)], by: buyer)
            #expect(try await plaza.available(bowl) == 100 - most - 50)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aDropIsHeldByMany() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 1_000_000)
            let bowl = try await plaza.variant(in: shop, stock: 100)
            let product = try await plaza.product(of: bowl)
            try await plaza.database.write { tx in
                try tx.execute("UPDATE product SET opens_at = 1 WHERE id = \(product)")
            }
            let most = UnpaidOrderLimits.dropPiecesMax
            await #expect(throws: OrderError.unpaidPiecesHeld(product, max: most)) {
                _ = try await plaza.buy([try plaza.line(bowl, most + 1)], by: buyer, capture: .later)
            }
            _ = try await plaza.buy([try plaza.line(bowl, most)], by: buyer, capture: .later)
        }
    }

    @Test func onePersonHasFewUnpaidOrders() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let (buyer, other) = (try await plaza.person(with: 1_000_000), try await plaza.person(with: 1_000_000))
            let bowl = try await plaza.variant(in: shop, stock: 100)
            var orders: [NewOrder] = []
            for _ in 0..<UnpaidOrderLimits.ordersMax {
                orders.append(try await plaza.buy([try plaza.line(bowl)], by: buyer, capture: .later))
            }
            await #expect(throws: OrderError.unpaidOrdersHeld(max: UnpaidOrderLimits.ordersMax)) {
                _ = try await plaza.buy([try plaza.line(bowl)], by: buyer, capture: .later)
            }
            _ = try await plaza.buy([try plaza.line(bowl)], by: other, capture: .later)
            try await plaza.act(.pay, on: orders[0], by: .person(buyer))
            _ = try await plaza.buy([try plaza.line(bowl)], by: buyer, capture: .later)
        }
    }

    @Test func whoLetsHoldsLapseAgainAndAgainPaysAtOnce() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 1_000_000)
            let bowl = try await plaza.variant(in: shop, stock: 100)
            for lapse in 0..<3 {
                let order = try await plaza.buy([try plaza.line(bowl)], by: buyer, capture: .later)
                if lapse == 0 {
                    plaza.clock.advance(seconds: OrderTiming.paidWithinSeconds)
                    try await plaza.checkout.settleDueOrders()
                } else {
                    try await plaza.act(.cancel(nil), on: order, by: .person(buyer))
                }
            }
            await #expect(throws: OrderError.unpaidOrdersHeld(max: 0)) {
                _ = try await plaza.buy([try plaza.line(bowl)], by: buyer, capture: .later)
            }
            #expect(try await plaza.buy([try plaza.line(bowl)], by: buyer).parts.map(\.state) == [.paid])
            plaza.clock.advance(seconds: 86_400)
            _ = try await plaza.buy([try plaza.line(bowl)], by: buyer, capture: .later)
            #expect(try await plaza.findings() == [])
        }
    }
}

extension CheckoutFixture {
    func product(of variant: ID<Variant>) async throws -> ID<Product> {
        ID(rawValue: try await number("SELECT product_id FROM variant WHERE id = \(variant)"))
    }
}
