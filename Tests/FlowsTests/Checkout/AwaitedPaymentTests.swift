import Core
import Ledger
@testable import Market
import PlazaTesting
import Storage
import Testing

@testable import Flows

/// Orders that wait for money that is on its way.
@Suite struct AwaitedPaymentTests {
    private func topUp(
        _ plaza: CheckoutFixture, _ buyer: ID<Account>, token: String, of amount: Int64 = 5_000
    ) async throws -> ID<Payment> {
        let amount = try plaza.euros(amount)
        return try await plaza.database.write { tx in
            try plaza.ledger.topUp(.person(buyer), by: amount, token: token, in: tx).id
        }
    }

    private func buy(_ plaza: CheckoutFixture, _ line: Purchase.Line, _ payment: ID<Payment>, _ buyer: ID<Account>)
        async throws -> NewOrder
    {
        let wish = Purchase(lines: [line], address: CheckoutFixture.address, payment: payment)
        return try await plaza.database.write { tx in try plaza.checkout.buy(wish, by: buyer, in: tx) }
    }

    @Test func anOrderIsPaidOnceItsTopUpHasCome() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let (buyer, other) = (try await plaza.person(), try await plaza.person())
            let bowl = try await plaza.variant(in: shop)
            let payment = try await topUp(plaza, buyer, token: "tok_ok")
            let first = try await buy(plaza, try plaza.line(bowl, 3), payment, buyer)
            #expect(first.parts.map(\.state) == [.placed])
            #expect(try await plaza.available(bowl) == 7)
            await #expect(throws: OrderError.paymentBacksAnother) {
                _ = try await buy(plaza, try plaza.line(bowl), payment, buyer)
            }
            await #expect(throws: LedgerError.paymentNotFound) {
                _ = try await buy(plaza, try plaza.line(bowl), payment, other)
            }
            #expect(try await plaza.findings() == [])
            try await plaza.work()
            #expect(try await plaza.escrow(shop) == 3_000)
            #expect(try await plaza.wallet(buyer) == 2_000)
            #expect(try await plaza.findings() == [])
            // A top-up that has come is money in the wallet.
            #expect(try await buy(plaza, try plaza.line(bowl), payment, buyer).parts.map(\.state) == [.paid])
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aTopUpBacksNoMoreThanItBrings() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 5_000)
            let bowl = try await plaza.variant(in: shop)
            let cent = try await topUp(plaza, buyer, token: "tok_ok", of: 1)
            await #expect(throws: OrderError.paymentTooSmall(try plaza.euros(1), needed: try plaza.euros(1_000))) {
                _ = try await buy(plaza, try plaza.line(bowl), cent, buyer)
            }
            #expect(try await plaza.available(bowl) == 10)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func whatIsSpentMeanwhileIsGivenUpInTime() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person()
            let bowl = try await plaza.variant(in: shop)
            let payment = try await topUp(plaza, buyer, token: "tok_decline")
            let order = try await buy(plaza, try plaza.line(bowl, 3), payment, buyer)
            try await plaza.work()
            plaza.clock.advance(seconds: OrderTiming.paidWithinSeconds)
            try await plaza.checkout.settleDueOrders()
            #expect(try await plaza.available(bowl) == 10)
            let seen = try await plaza.market.order(order.id, for: .person(buyer))
            #expect(seen.parts.map(\.found.part.state) == [.cancelled])
        }
    }

    @Test func aDeclinedTopUpPaysForNothing() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person()
            let bowl = try await plaza.variant(in: shop)
            let payment = try await topUp(plaza, buyer, token: "tok_decline")
            _ = try await buy(plaza, try plaza.line(bowl), payment, buyer)
            try await plaza.work()
            await #expect(throws: OrderError.paymentFailed) {
                _ = try await buy(plaza, try plaza.line(bowl), payment, buyer)
            }
            plaza.clock.advance(seconds: OrderTiming.paidWithinSeconds)
            try await plaza.checkout.settleDueOrders()
            #expect(try await plaza.available(bowl) == 10)
            #expect(try await plaza.escrow(shop) == 0)
            #expect(try await plaza.findings() == [])
        }
    }
}
