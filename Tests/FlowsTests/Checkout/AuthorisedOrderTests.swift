import Core
import Ledger
import LedgerCore
import PlazaTesting
import Storage
import Testing

@testable import Flows
@testable import Market

/// Orders that are paid by what a provider has set aside.
@Suite struct AuthorisedOrderTests {
    /// Of two sellers, 3,000 in all.
    private struct Basket {
        let shops: [ShopProfile]
        let lines: [Purchase.Line]
        let bowl: ID<Variant>
        let buyer: ID<Account>
    }

    private func basket(_ plaza: CheckoutFixture) async throws -> Basket {
        let shops = [try await plaza.shop("kiln"), try await plaza.shop("loom")]
        let (bowl, rug) = (try await plaza.variant(in: shops[0]), try await plaza.variant(in: shops[1]))
        return Basket(
            shops: shops, lines: [try plaza.line(bowl, 2), try plaza.line(rug)], bowl: bowl,
            buyer: try await plaza.person())
    }

    private func authorise(
        _ plaza: CheckoutFixture, _ amount: Int64, _ token: String = "tok_ok", for buyer: ID<Account>
    ) async throws -> ID<Payment> {
        let amount = try plaza.euros(amount)
        return try await plaza.database.write { tx in
            try plaza.ledger.authorise(amount, for: .person(buyer), token: token, in: tx).id
        }
    }

    private func buy(
        _ plaza: CheckoutFixture, _ lines: [Purchase.Line], _ payment: ID<Payment>, _ buyer: ID<Account>
    ) async throws -> NewOrder {
        let wish = Purchase(lines: lines, address: CheckoutFixture.address, payment: payment)
        return try await plaza.database.write { tx in try plaza.checkout.buy(wish, by: buyer, in: tx) }
    }

    private func states(_ plaza: CheckoutFixture, _ order: NewOrder) async throws -> [OrderState] {
        try await plaza.market.order(order.id, for: .person(order.buyer)).parts.map(\.found.part.state)
    }

    @Test(
        arguments: [
            ("tok_ok", true, 3_000), ("tok_decline", false, 0), ("tok_decline_capture", false, 0),
            ("tok_delay", true, 5_000), ("tok_duplicate", true, 3_000), ("tok_timeout_after_charge", true, 5_000),
            ("tok_timeout_after_capture", true, 3_000),
        ] as [(String, Bool, Int64)])
    func itIsPaidWithWhatItComesToOrCancelled(token: String, isPaid: Bool, moved: Int64) async throws {
        try await withMarketplace { plaza in
            let basket = try await basket(plaza)
            let payment = try await authorise(plaza, 5_000, token, for: basket.buyer)
            let order = try await buy(plaza, basket.lines, payment, basket.buyer)
            #expect(order.parts.map(\.state) == [.placed, .placed])
            #expect(try await plaza.findings() == [])
            for _ in 0..<6 {
                try await plaza.work()
                plaza.clock.advance(seconds: 30)
            }
            #expect(try await states(plaza, order) == (isPaid ? [.paid, .paid] : [.cancelled, .cancelled]))
            #expect(try await plaza.available(basket.bowl) == (isPaid ? 8 : 10))
            #expect(try await plaza.escrow(basket.shops[0]) == (isPaid ? 2_000 : 0))
            #expect(try await plaza.escrow(basket.shops[1]) == (isPaid ? 1_000 : 0))
            #expect(try await plaza.wallet(basket.buyer) == 0)
            #expect(plaza.provider.moved(payment.description) == moved)
            #expect(try await plaza.events(MarketEvent.orderPaid) == (isPaid ? 1 : 0))
            #expect(try await plaza.events(MarketEvent.orderCancelled) == (isPaid ? 0 : 1))
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func twoCheckoutsAtTheSameInstantHaveOneAuthorisation() async throws {
        try await withMarketplace { plaza in
            let basket = try await basket(plaza)
            let payment = try await authorise(plaza, 5_000, for: basket.buyer)
            let done = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 {
                    group.addTask { (try? await buy(plaza, [basket.lines[1]], payment, basket.buyer)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
            #expect(try await plaza.count("purchase") == 1)
            try await plaza.work()
            #expect(try await plaza.escrow(basket.shops[1]) == 1_000)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func whatDoesNotCoverTheOrderBuysNothing() async throws {
        try await withMarketplace { plaza in
            let basket = try await basket(plaza)
            let payment = try await authorise(plaza, 2_999, for: basket.buyer)
            let left = try plaza.euros(2_999)
            await #expect(throws: LedgerError.authorisationTooSmall(authorised: left)) {
                _ = try await buy(plaza, basket.lines, payment, basket.buyer)
            }
            let other = try await plaza.person()
            await #expect(throws: LedgerError.paymentNotFound) {
                _ = try await buy(plaza, [basket.lines[1]], payment, other)
            }
            let yen = try await plaza.variant(in: try await plaza.shop("tatami", "JPY"))
            guard let currency = Currency("JPY") else { return }
            let line = Purchase.Line(variant: yen, quantity: 1, price: Money(1_000, currency))
            await #expect(throws: OrderError.currenciesDiffer) {
                _ = try await buy(plaza, [line], payment, basket.buyer)
            }
            #expect(try await plaza.available(basket.bowl) == 10)
            #expect(try await plaza.count("purchase") == 0)
            #expect(try await plaza.findings() == [])
        }
    }

    /// Whoever cancels before the money is taken is not charged, and what one seller's part came to is not either.
    @Test(arguments: [false, true]) func whatIsCancelledBeforeIsNotTaken(isPart: Bool) async throws {
        try await withMarketplace { plaza in
            let basket = try await basket(plaza)
            let payment = try await authorise(plaza, 5_000, for: basket.buyer)
            let order = try await buy(plaza, basket.lines, payment, basket.buyer)
            let shop = isPart ? basket.shops[0].id : nil
            try await plaza.act(.cancel(nil), on: order, shop: shop, by: .person(basket.buyer))
            #expect(try await plaza.findings() == [])
            try await plaza.work()
            #expect(try await states(plaza, order) == [.cancelled, isPart ? .paid : .cancelled])
            #expect(plaza.provider.moved(payment.description) == (isPart ? 1_000 : 0))
            #expect(try await plaza.available(basket.bowl) == 10)
            let ended = try await plaza.ledger.payment(payment, of: .person(basket.buyer))
            #expect(ended.progress == (isPart ? "completed" : "failed"))
            #expect(try await plaza.findings() == [])
        }
    }

    /// The provider is down until the time to pay is over.
    @Test func whatIsTakenTooLateGoesBack() async throws {
        try await withMarketplace { plaza in
            let basket = try await basket(plaza)
            let payment = try await authorise(plaza, 5_000, "tok_delay", for: basket.buyer)
            let order = try await buy(plaza, basket.lines, payment, basket.buyer)
            try await plaza.work()
            #expect(try await states(plaza, order) == [.placed, .placed])
            await #expect(throws: OrderError.paymentUnderWay) {
                try await plaza.act(.pay, on: order, by: .person(basket.buyer))
            }
            plaza.clock.advance(seconds: OrderTiming.paidWithinSeconds)
            try await plaza.checkout.settleDueOrders()
            #expect(try await states(plaza, order) == [.cancelled, .cancelled])
            #expect(try await plaza.findings() == [])
            for _ in 0..<6 {
                try await plaza.work()
                plaza.clock.advance(seconds: 3_600)
            }
            let ended = try await plaza.ledger.payment(payment, of: .person(basket.buyer))
            #expect(ended.progress == "completed" && ended.refundedAmount == 5_000)
            #expect(try await plaza.wallet(basket.buyer) == 0)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aSellerWhoseMoneyIsFrozenIsNotPaidAndTheBuyerNotCharged() async throws {
        try await withMarketplace { plaza in
            let basket = try await basket(plaza)
            let payment = try await authorise(plaza, 5_000, for: basket.buyer)
            let order = try await buy(plaza, basket.lines, payment, basket.buyer)
            let accounts = try await plaza.ledger.accounts(of: .shop(basket.shops[0].id))
            for account in accounts { _ = try await plaza.ledger.freeze(account.account.id, true) }
            try await plaza.work()
            #expect(try await states(plaza, order) == [.cancelled, .cancelled])
            let ended = try await plaza.ledger.payment(payment, of: .person(basket.buyer))
            #expect(ended.capturedAmount == 3_000 && ended.refundedAmount == 3_000)
            #expect(try await plaza.escrow(basket.shops[1]) == 0)
            #expect(try await plaza.wallet(basket.buyer) == 0)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func whatWasPaidIsGivenBackAsEver() async throws {
        try await withMarketplace { plaza in
            let basket = try await basket(plaza)
            let payment = try await authorise(plaza, 5_000, for: basket.buyer)
            let order = try await buy(plaza, basket.lines, payment, basket.buyer)
            try await plaza.work()
            try await plaza.act(.cancel(nil), on: order, by: .person(basket.buyer))
            #expect(try await plaza.wallet(basket.buyer) == 3_000)
            // And from the wallet to the card, if they like.
            _ = try await plaza.database.write { tx in
                try plaza.ledger.refund(payment, of: .person(basket.buyer), amount: nil, in: tx)
            }
            try await plaza.work()
            #expect(try await plaza.wallet(basket.buyer) == 0)
            #expect(try await plaza.findings() == [])
        }
    }

    /// Somebody has been at the tables.
    @Test(
        arguments: [
            "UPDATE payment SET order_id = order_id + 1 WHERE order_id IS NOT NULL",
            "UPDATE payment SET order_id = NULL WHERE order_id IS NOT NULL",
            "UPDATE payment SET captured_amount = captured_amount + 1 WHERE order_id IS NOT NULL",
            "UPDATE payment SET captured_amount = captured_amount - 1 WHERE order_id IS NOT NULL",
            "UPDATE payment SET owner_id = owner_id + 1 WHERE order_id IS NOT NULL",
            "UPDATE payment SET amount = 2999, captured_amount = 2999 WHERE order_id IS NOT NULL",
            "UPDATE payment SET state = 8 WHERE order_id IS NOT NULL",
            "UPDATE payment SET state = 3 WHERE order_id IS NOT NULL",
            "UPDATE purchase SET payment_id = payment_id + 1 /* scan: test */",
            "UPDATE sub_order SET state = 0 /* scan: test */",
        ] as [SQL])
    func aClaimThatIsWrongIsFound(damage: SQL) async throws {
        try await withMarketplace { plaza in
            let basket = try await basket(plaza)
            let payment = try await authorise(plaza, 5_000, for: basket.buyer)
            _ = try await buy(plaza, basket.lines, payment, basket.buyer)
            try await plaza.work()
            #expect(try await plaza.findings() == [])
            try await plaza.database.write { tx in _ = try tx.execute(damage) }
            let found = try await plaza.findings().map(\.check)
            #expect(found.contains("order.authorisation"), "\(found)")
        }
    }
}
