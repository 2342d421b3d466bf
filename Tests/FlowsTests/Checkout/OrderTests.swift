import Core
@testable import Ledger
import LedgerCore
import PlazaTesting
import Storage
import Testing

@testable import Flows
@testable import Market

@Suite struct OrderTests {
    @Test func anOrderGoesAllTheWayToTheSellersWallet() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 5_000)
            let bowl = try await plaza.variant(in: shop, price: 999)
            let order = try await plaza.buy([try plaza.line(bowl, 3, price: 999)], by: buyer)
            try await plaza.act(.ship, on: order, by: .person(shop.owner))
            #expect(try await plaza.onHand(bowl) == 7)
            try await plaza.act(.deliver, on: order, by: .person(buyer))
            #expect(try await plaza.wallet(shop) == 0)
            let parts = try await plaza.act(.complete, on: order, by: .person(buyer))
            #expect(parts.map(\.state) == [.completed])
            // 5 % of 2997 are 149.85.
            #expect(try await plaza.wallet(shop) == 2_847)
            #expect(try await plaza.fees() == 150)
            #expect(try await plaza.escrow(shop) == 0)
            let history = try await plaza.database.read { db in try db.history(of: order.id, limit: 100) }
            #expect(history.map(\.event) == [.place, .pay, .ship, .deliver, .complete])
            #expect(history.map(\.account) == [buyer, buyer, shop.owner, buyer, buyer])
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func theClockReleasesWhatNobodyComplainsAbout() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 5_000)
            let bowl = try await plaza.variant(in: shop)
            let delivered = try await plaza.buy([try plaza.line(bowl)], by: buyer)
            let shipped = try await plaza.buy([try plaza.line(bowl)], by: buyer)
            for order in [delivered, shipped] { try await plaza.act(.ship, on: order, by: .person(shop.owner)) }
            try await plaza.act(.deliver, on: delivered, by: .person(shop.owner))
            plaza.clock.advance(seconds: OrderTiming.completedAfterDeliverySeconds - 1)
            try await plaza.checkout.settleDueOrders()
            #expect(try await plaza.wallet(shop) == 0)
            plaza.clock.advance(seconds: 1)
            try await plaza.checkout.settleDueOrders()
            #expect(try await plaza.wallet(shop) == 950)
            plaza.clock.advance(seconds: OrderTiming.completedAfterShippingSeconds)
            try await plaza.checkout.settleDueOrders()
            try await plaza.checkout.settleDueOrders()
            #expect(try await plaza.wallet(shop) == 1_900)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aFrozenWalletKeepsNobodyElseWaiting() async throws {
        try await withMarketplace { plaza in
            let (kiln, loom) = (try await plaza.shop("kiln"), try await plaza.shop("loom"))
            let buyer = try await plaza.person(with: 5_000)
            for shop in [kiln, loom] {
                let order = try await plaza.buy([try plaza.line(try await plaza.variant(in: shop))], by: buyer)
                try await plaza.act(.ship, on: order, by: .person(shop.owner))
            }
            try await plaza.give(1, to: .shop(kiln.id))
            let accounts = try await plaza.ledger.accounts(of: .shop(kiln.id))
            let frozen = try #require(accounts.first { $0.key.purpose == .wallet })
            _ = try await plaza.ledger.freeze(frozen.account.id, true)
            plaza.clock.advance(seconds: OrderTiming.completedAfterShippingSeconds)
            try await plaza.checkout.settleDueOrders()
            #expect(try await plaza.wallet(loom) == 950)
            #expect(try await plaza.escrow(kiln) == 1_000)
            _ = try await plaza.ledger.freeze(frozen.account.id, false)
            try await plaza.checkout.settleDueOrders()
            #expect(try await plaza.wallet(kiln) == 951)
            #expect(try await plaza.findings() == [])
        }
    }

    // MARK: Paying later

    @Test func moneyThatIsSetAsideIsPaidLater() async throws {
        try await withMarketplace { plaza in
            let (kiln, loom) = (try await plaza.shop("kiln"), try await plaza.shop("loom"))
            let buyer = try await plaza.person(with: 3_000)
            let (bowl, scarf) = (try await plaza.variant(in: kiln), try await plaza.variant(in: loom))
            let order = try await plaza.buy(
                [try plaza.line(bowl, 2), try plaza.line(scarf)], by: buyer, capture: .later)
            #expect(order.parts.map(\.state) == [.placed, .placed])
            #expect(try await plaza.wallet(buyer) == 3_000)
            #expect(try await plaza.available(buyer) == 0)
            #expect(try await plaza.escrow(kiln) == 0)
            #expect(try await plaza.findings() == [])
            try await plaza.act(.cancel([SaleLine(bowl, 1)]), on: order, shop: kiln.id, by: .person(buyer))
            let paid = try await plaza.act(.pay, on: order, by: .person(buyer))
            #expect(paid.map(\.money.paid) == [1_000, 1_000])
            #expect(try await plaza.wallet(buyer) == 1_000)
            #expect(try await plaza.available(buyer) == 1_000)
            #expect(try await plaza.available(bowl) == 9)
            #expect(try await plaza.findings() == [])
            await #expect(throws: OrderError.refused(.wrongState(.pay, .paid))) {
                try await plaza.act(.pay, on: order, by: .person(buyer))
            }
        }
    }

    @Test func whatIsNotPaidInTimeGivesStockAndMoneyBack() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 3_000)
            let bowl = try await plaza.variant(in: shop)
            let order = try await plaza.buy([try plaza.line(bowl, 2)], by: buyer, capture: .later)
            plaza.clock.advance(seconds: OrderTiming.paidWithinSeconds - 1)
            try await plaza.checkout.settleDueOrders()
            #expect(try await plaza.available(bowl) == 8)
            plaza.clock.advance(seconds: 1)
            await #expect(throws: OrderError.refused(.paymentTimedOut)) {
                try await plaza.act(.pay, on: order, by: .person(buyer))
            }
            try await plaza.checkout.settleDueOrders()
            #expect(try await plaza.available(bowl) == 10)
            #expect(try await plaza.available(buyer) == 3_000)
            #expect(try await plaza.events(MarketEvent.orderCancelled) == 1)
            #expect(try await plaza.findings() == [])
        }
    }

    /// When nobody has looked after orders for days, the books have given the money back by themselves.
    @Test func ordersFollowHoldsThatTheBooksHaveEnded() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 3_000)
            let bowl = try await plaza.variant(in: shop)
            _ = try await plaza.buy([try plaza.line(bowl, 2)], by: buyer, capture: .later)
            plaza.clock.advance(seconds: 3 * 86_400)
            try await plaza.ledger.expireHolds()
            #expect(try await plaza.available(buyer) == 3_000)
            try await plaza.checkout.settleDueOrders()
            #expect(try await plaza.available(bowl) == 10)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aClockThatJumpsBackGivesNobodyMoreTime() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 3_000)
            let order = try await plaza.buy(
                [try plaza.line(try await plaza.variant(in: shop))], by: buyer, capture: .later)
            plaza.clock.advance(seconds: OrderTiming.paidWithinSeconds)
            // The books have been at this time.
            try await plaza.give(1, to: .person(buyer))
            plaza.clock.advance(seconds: -86_400)
            await #expect(throws: OrderError.refused(.paymentTimedOut)) {
                try await plaza.act(.pay, on: order, by: .person(buyer))
            }
            try await plaza.checkout.settleDueOrders()
            #expect(try await plaza.available(buyer) == 3_001)
            #expect(try await plaza.findings() == [])
        }
    }

    // MARK: Others

    @Test func othersSeeAndDoNothing() async throws {
        try await withMarketplace { plaza in
            let (kiln, loom) = (try await plaza.shop("kiln"), try await plaza.shop("loom"))
            let buyer = try await plaza.person(with: 5_000)
            let stranger = try await plaza.person()
            let (bowl, scarf) = (try await plaza.variant(in: kiln), try await plaza.variant(in: loom))
            let order = try await plaza.buy([try plaza.line(bowl), try plaza.line(scarf)], by: buyer)
            for event in [OrderEvent.pay, .ship, .deliver, .complete, .cancel(nil), .refund(nil, isRestocked: false)] {
                await #expect(throws: OrderError.orderNotFound) {
                    try await plaza.act(event, on: order, by: .person(stranger))
                }
            }
            await #expect(throws: OrderError.orderNotFound) {
                _ = try await plaza.market.order(order.id, for: .person(stranger))
            }
            await #expect(throws: OrderError.orderNotFound) {
                try await plaza.act(.ship, on: order, shop: loom.id, by: .person(kiln.owner))
            }
            await #expect(throws: OrderError.refused(.notAllowed(.complete))) {
                try await plaza.act(.complete, on: order, by: .person(kiln.owner))
            }
            await #expect(throws: OrderError.refused(.notAllowed(.refund))) {
                try await plaza.act(.refund(nil, isRestocked: false), on: order, shop: kiln.id, by: .person(buyer))
            }
            await #expect(throws: OrderError.shopNeeded) {
                try await plaza.act(.deliver, on: order, by: .person(buyer))
            }
            let seen = try await plaza.market.order(order.id, for: .person(kiln.owner))
            #expect(seen.parts.map(\.found.part.shop) == [kiln.id])
            #expect(seen.total.amount == 1_000)
            #expect(seen.detail?.history.allSatisfy { $0.shop == kiln.id } == true)
            await #expect(throws: MarketError.shopNotFound) {
                _ = try await plaza.market.orders(of: kiln.id, in: nil, viewer: buyer, cursor: nil, limit: 10)
            }
            #expect(try await plaza.findings() == [])
        }
    }

    // MARK: Back

    @Test func cancellingAllGivesAllBackButWhatWasShipped() async throws {
        try await withMarketplace { plaza in
            let (kiln, loom) = (try await plaza.shop("kiln"), try await plaza.shop("loom"))
            let buyer = try await plaza.person(with: 5_000)
            let (bowl, scarf) = (try await plaza.variant(in: kiln), try await plaza.variant(in: loom))
            let order = try await plaza.buy([try plaza.line(bowl, 2), try plaza.line(scarf)], by: buyer)
            try await plaza.act(.ship, on: order, by: .person(loom.owner))
            let cancelled = try await plaza.act(.cancel(nil), on: order, by: .person(buyer))
            #expect(cancelled.map(\.shop) == [kiln.id])
            #expect(try await plaza.wallet(buyer) == 4_000)
            #expect(try await plaza.available(bowl) == 10)
            await #expect(throws: OrderError.refused(.wrongState(.cancel, .cancelled))) {
                try await plaza.act(.cancel(nil), on: order, shop: kiln.id, by: .person(buyer))
            }
            await #expect(throws: OrderError.refused(.wrongState(.cancel, .shipped))) {
                try await plaza.act(.cancel(nil), on: order, shop: loom.id, by: .person(buyer))
            }
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func noMoreIsRefundedThanWasPaid() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 5_000)
            let (bowl, vase) = (try await plaza.variant(in: shop), try await plaza.variant(in: shop))
            let order = try await plaza.buy([try plaza.line(bowl, 3), try plaza.line(vase)], by: buyer)
            try await plaza.act(.ship, on: order, by: .person(shop.owner))
            let two = OrderEvent.refund([SaleLine(bowl, 2)], isRestocked: true)
            try await plaza.act(two, on: order, by: .person(shop.owner))
            #expect(try await plaza.wallet(buyer) == 3_000)
            #expect(try await plaza.onHand(bowl) == 9)
            await #expect(throws: OrderError.refused(.moreThanLeft(bowl, left: 1))) {
                try await plaza.act(two, on: order, by: .person(shop.owner))
            }
            try await plaza.act(.refund(nil, isRestocked: false), on: order, by: .person(shop.owner))
            #expect(try await plaza.wallet(buyer) == 5_000)
            await #expect(throws: OrderError.refused(.wrongState(.refund, .refunded))) {
                try await plaza.act(.refund(nil, isRestocked: false), on: order, by: .person(shop.owner))
            }
            #expect(try await plaza.escrow(shop) == 0)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func refundsAtTheSameTimeGiveBackOnce() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 5_000)
            let order = try await plaza.buy([try plaza.line(try await plaza.variant(in: shop), 3)], by: buyer)
            let done = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        let event: OrderEvent = index % 2 == 0 ? .cancel(nil) : .refund(nil, isRestocked: false)
                        return (try? await plaza.act(event, on: order, by: .person(shop.owner))) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
            #expect(try await plaza.wallet(buyer) == 5_000)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func afterThePayoutTheShopPaysOrIsToldToTopUp() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 5_000)
            let bowl = try await plaza.variant(in: shop)
            let order = try await plaza.buy([try plaza.line(bowl, 2)], by: buyer)
            try await plaza.act(.ship, on: order, by: .person(shop.owner))
            try await plaza.act(.complete, on: order, by: .person(buyer))
            #expect(try await plaza.wallet(shop) == 1_900)
            try await plaza.give(-1_500, to: .shop(shop.id))
            // It has 400 and gets 50 of the fee back.
            let one = OrderEvent.refund([SaleLine(bowl, 1)], isRestocked: false)
            await #expect(throws: OrderError.sellerFundsShort(available: try plaza.euros(450))) {
                try await plaza.act(one, on: order, by: .person(shop.owner))
            }
            #expect(try await plaza.fees() == 100)
            try await plaza.give(550, to: .shop(shop.id))
            try await plaza.act(one, on: order, by: .person(shop.owner))
            #expect(try await plaza.wallet(shop) == 0)
            #expect(try await plaza.wallet(buyer) == 4_000)
            #expect(try await plaza.fees() == 50)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func limitedPiecesThatAreGivenBackCanBeBoughtAgain() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 5_000)
            let product = try await plaza.product(in: shop)
            _ = try await plaza.market.change(product, by: shop.owner) { $0.perPersonMax = 2 }
            let bowl = try await plaza.variant(of: product)
            let order = try await plaza.buy([try plaza.line(bowl, 2)], by: buyer)
            await #expect(throws: MarketError.self) { _ = try await plaza.buy([try plaza.line(bowl)], by: buyer) }
            try await plaza.act(.cancel([SaleLine(bowl, 1)]), on: order, by: .person(buyer))
            _ = try await plaza.buy([try plaza.line(bowl)], by: buyer)
            #expect(try await plaza.findings() == [])
        }
    }
}
