import Core
import Jobs
import Ledger
import PlazaTesting
import Storage
import Testing

@testable import Flows
@testable import Market

/// Buyers, a provider and the clock do anything in any order, and everything adds up at every stop.
@Suite struct AuthorisationWorkloadTests {
    private struct Buyer {
        let id: ID<Account>
        var payments: [ID<Payment>] = []
        var orders: [NewOrder] = []
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func everythingAddsUpWhateverHappens(seed: UInt64) async throws {
        try await withMarketplace { plaza in
            var chance = SplitMix64(seed: seed)
            let shops = [try await plaza.shop("kiln"), try await plaza.shop("loom")]
            let variants = [
                try await plaza.variant(in: shops[0], stock: 1_000),
                try await plaza.variant(in: shops[1], stock: 1_000),
            ]
            var buyers: [Buyer] = []
            for round in 0..<40 {
                // Who lets most orders lapse may not place more.
                if round.isMultiple(of: 8) {
                    buyers += [Buyer(id: try await plaza.person()), Buyer(id: try await plaza.person(with: 3_000))]
                }
                for _ in 0..<6 {
                    try await step(
                        plaza, &buyers[buyers.count - Int.random(in: 1...2, using: &chance)], variants, &chance)
                }
                if Bool.random(using: &chance) { try await plaza.work() }
                plaza.clock.advance(seconds: [1, 30, 600, 1_800, 3_600].randomElement(using: &chance) ?? 1)
                if Bool.random(using: &chance) { try await plaza.checkout.settleDueOrders() }
                let findings = try await plaza.findings()
                try #require(findings == [], "seed \(seed), round \(round)")
            }
            for _ in 0..<8 {
                try await plaza.work()
                try await plaza.checkout.settleDueOrders()
                plaza.clock.advance(seconds: 3_600)
            }
            try await expectSettled(plaza, buyers, seed)
        }
    }

    private func step(
        _ plaza: CheckoutFixture, _ buyer: inout Buyer, _ variants: [ID<Variant>], _ chance: inout SplitMix64
    ) async throws {
        let payment = buyer.payments.suffix(3).randomElement(using: &chance)
        let order = buyer.orders.suffix(3).randomElement(using: &chance)
        switch (Int.random(in: 0..<8, using: &chance), payment, order) {
        case (0...1, _, _):
            buyer.payments.append(try await authorise(plaza, buyer.id, &chance))
        case (2...4, let payment?, _):
            let lines = try variants.shuffled(using: &chance).prefix(Int.random(in: 1...2, using: &chance)).map {
                try plaza.line($0, Int64.random(in: 1...2, using: &chance))
            }
            let wish = Purchase(lines: lines, address: [:], payment: payment)
            let id = buyer.id
            let placed = try? await plaza.database.write { tx in try plaza.checkout.buy(wish, by: id, in: tx) }
            if let placed { buyer.orders.append(placed) }
        case (5, let payment?, _):
            let owner = LedgerOwner.person(buyer.id)
            _ = try? await plaza.database.write { tx in try plaza.ledger.letGo(payment, of: owner, in: tx) }
        case (_, _, let order?):
            let shop = Bool.random(using: &chance) ? nil : order.parts[0].shop
            let event: OrderEvent = Bool.random(using: &chance) ? .cancel(nil) : .pay
            _ = try? await plaza.act(event, on: order, shop: shop, by: .person(buyer.id))
        default: break
        }
    }

    private func authorise(
        _ plaza: CheckoutFixture, _ buyer: ID<Account>, _ chance: inout SplitMix64
    ) async throws -> ID<Payment> {
        let tokens: [TestPaymentProvider.Token] = [
            .good, .good, .decline, .declineCapture, .delay, .duplicate, .timeOutAfterCharge, .timeOutAfterCapture,
        ]
        let token = (tokens.randomElement(using: &chance) ?? .good).rawValue
        let amount = try plaza.euros(Int64.random(in: 1...5, using: &chance) * 1_000)
        return try await plaza.database.write { tx in
            try plaza.ledger.authorise(amount, for: .person(buyer), token: token, in: tx).id
        }
    }

    /// Nothing waits any more, and what a provider has kept is what orders were paid with.
    private func expectSettled(_ plaza: CheckoutFixture, _ buyers: [Buyer], _ seed: UInt64) async throws {
        var (kept, paid, count): (Int64, Int64, Int) = (0, 0, 0)
        for buyer in buyers {
            for id in buyer.payments {
                let payment = try await plaza.ledger.payment(id, of: .person(buyer.id))
                #expect(["completed", "failed"].contains(payment.progress), "seed \(seed), \(id)")
                kept += plaza.provider.moved(id.description) - payment.refundedAmount
            }
            for order in buyer.orders {
                let parts = try await plaza.market.order(order.id, for: .person(buyer.id)).parts
                #expect(parts.allSatisfy { $0.found.part.state != .placed }, "seed \(seed), \(order.id)")
                paid += parts.reduce(0) { $0 + $1.found.part.money.paid }
                count += 1
            }
        }
        #expect(kept == paid, "seed \(seed)")
        #expect(count > 10, "seed \(seed)")
        #expect(try await plaza.findings() == [], "seed \(seed)")
    }
}
