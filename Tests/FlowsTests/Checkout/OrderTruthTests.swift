import Core
import Flows
import Idempotency
import PlazaTesting
import Storage
import Telemetry
import Testing

@testable import Market

/// What is kept of orders is what the tables say, after every write.
@Suite struct OrderTruthTests {
    fileprivate enum Deed: CaseIterable {
        case buy, ship, deliver, complete, cancel, refund, hire, dismiss, leave, rename, forget
    }

    /// After each deed, everybody who could read an order is told what a service without caches tells them.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func everyOrderIsWhatTheTablesSay(seed: UInt64) async throws {
        try await withMarketplace { plaza in
            var random = SplitMix64(seed: seed)
            let shops = [try await plaza.shop("kiln"), try await plaza.shop("loom")]
            var variants: [ID<Variant>] = []
            for shop in shops { variants.append(try await plaza.variant(in: shop, stock: 10_000)) }
            let (buyer, clerk) = (try await plaza.person(with: 10_000_000), try await plaza.person())
            let callers: [OrderCaller] =
                [buyer, clerk, shops[0].owner, shops[1].owner].map { .person($0) } + [.administrator(clerk)]
            var orders: [NewOrder] = []
            for step in 0..<60 {
                let deed = orders.isEmpty ? .buy : Deed.allCases.randomElement(using: &random) ?? .buy
                plaza.clock.advance(seconds: 60)
                let shop = shops[Int.random(in: 0..<2, using: &random)]
                do {
                    if deed == .buy {
                        orders.append(try await plaza.buy(try variants.map { try plaza.line($0) }, by: buyer))
                    } else {
                        let order = orders[Int.random(in: 0..<orders.count, using: &random)]
                        try await plaza.perform(deed, on: order, of: shop, by: buyer, clerk: clerk)
                    }
                } catch is OrderError {
                    // Not everything may be done at any time.
                }
                for order in orders.suffix(4) {
                    // Not all: no more than some copies of an order are kept.
                    for caller in callers.shuffled(using: &random).prefix(3) {
                        let kept = await plaza.market.seen(order.id, by: caller)
                        let read = await plaza.uncached.seen(order.id, by: caller)
                        try #require(kept == read, "seed \(seed), step \(step), \(deed): \(caller)")
                    }
                }
            }
        }
    }

    /// A change that commits after an order has been read and before it is kept: it is not kept.
    @Test func whatACommitOvertakesIsNotKept() async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 10_000)
            let order = try await plaza.buy([try plaza.line(try await plaza.variant(in: shop))], by: buyer)
            let statements = StatementRecorder(database: plaza.database)
            let market = plaza.market(over: statements, cacheBytes: 1_048_576)
            statements.interrupt(read: 0) {
                try await plaza.database.write { tx in
                    try tx.execute("UPDATE purchase SET address = '{}' WHERE id = \(order.id)")
                    market.dropReadOrder(order.id, after: tx)
                }
            }
            let before = await market.seen(order.id, by: .person(buyer))
            #expect(statements.endInterruption())
            _ = statements.take()
            let after = await market.seen(order.id, by: .person(buyer))
            #expect(before != after)
            #expect(statements.take().count == 4)
            #expect(await market.seen(order.id, by: .person(buyer)) == after)
            #expect(statements.take().map(\.text) == [])
        }
    }
}

extension CheckoutFixture {
    fileprivate func perform(
        _ deed: OrderTruthTests.Deed, on order: NewOrder, of shop: ShopProfile, by buyer: ID<Account>,
        clerk: ID<Account>
    ) async throws {
        let owner = OrderCaller.person(shop.owner)
        switch deed {
        case .buy: break
        case .ship: try await act(.ship, on: order, shop: shop.id, by: owner)
        case .deliver: try await act(.deliver, on: order, shop: shop.id, by: .person(buyer))
        case .complete: try await act(.complete, on: order, shop: shop.id, by: .person(buyer))
        case .cancel: try await act(.cancel(nil), on: order, by: .person(buyer))
        case .refund: try await act(.refund(nil, isRestocked: true), on: order, shop: shop.id, by: owner)
        case .hire: try await market.setRole(.clerk, of: clerk, in: shop.id, by: shop.owner)
        case .dismiss: try await market.removeStaff(clerk, from: shop.id, by: shop.owner)
        case .leave: try await database.write { tx in _ = try market.closeShops(of: clerk, in: tx) }
        case .rename:
            try await market.change(shop.id, name: "Shop \(ids.next(Shop.self))", by: shop.owner)
        case .forget: try await database.write { tx in try market.forgetBuyer(buyer, in: tx) }
        }
    }

    /// The same service over the same tables, with no memory.
    fileprivate var uncached: MarketService { market(over: database, cacheBytes: 0) }

    fileprivate func market(over database: any Database, cacheBytes: Int) -> MarketService {
        MarketService(
            database: database, ids: ids, clock: clock.wall, events: market.events, jobs: market.jobs,
            cursors: market.cursors, idempotency: IdempotencyKeys(clock: clock.wall), posts: TaggingPosts(),
            publisher: PushRecorder(), registry: MetricRegistry(), cacheBytes: cacheBytes, spoolDirectory: "")
    }
}

extension MarketService {
    /// An order as it is answered; nil to those who do not see it.
    fileprivate func seen(_ order: ID<Order>, by caller: OrderCaller) async -> String? {
        guard let json = try? await encodedOrder(order, for: caller) else { return nil }
        return String(decoding: json, as: UTF8.self)
    }
}
