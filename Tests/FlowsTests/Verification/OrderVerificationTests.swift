import Core
import Market
import Storage
import Testing

@testable import Flows

/// That what is checked can be wrong: somebody has been at the tables.
@Suite struct OrderVerificationTests {
    @Test(
        arguments: [
            ("order.total", "UPDATE purchase SET total = total + 1 /* scan: test */"),
            ("order_part.total", "UPDATE purchase_line SET quantity = quantity + 1 /* scan: test */"),
            ("order_part.money", "UPDATE purchase_line SET given_back = 1 /* scan: test */"),
            ("order_part.due_at", "UPDATE sub_order SET due_at = 5 /* scan: test */"),
            ("order.stock", "UPDATE purchase_line SET given_back = 1 /* scan: test */"),
            ("order.transfers", "UPDATE sub_order SET fee = fee + 1 /* scan: test */"),
            ("order.transfers", "DELETE FROM sub_order /* scan: test */"),
            ("order.escrow", "UPDATE sub_order SET state = 4 /* scan: test */"),
        ] as [(String, SQL)])
    func itIsFound(check: String, damage: SQL) async throws {
        try await withMarketplace { plaza in
            let shop = try await plaza.shop()
            let buyer = try await plaza.person(with: 5_000)
            _ = try await plaza.buy([try plaza.line(try await plaza.variant(in: shop), 2)], by: buyer)
            #expect(try await plaza.findings() == [])
            try await plaza.database.write { tx in _ = try tx.execute(damage) }
            let found = try await plaza.findings().map(\.check)
            #expect(found.contains(check), "\(found)")
        }
    }

    /// More orders than are compared at once, of several sellers each.
    @Test func manyOrdersAreComparedPageByPage() async throws {
        try await withMarketplace { plaza in
            let shops = [try await plaza.shop("kiln"), try await plaza.shop("loom"), try await plaza.shop("forge")]
            let buyer = try await plaza.person(with: 100_000_000)
            var lines: [Purchase.Line] = []
            for shop in shops { lines.append(try plaza.line(try await plaza.variant(in: shop, stock: 100_000))) }
            let wish = Purchase(lines: lines, address: [:])
            for _ in 0..<18 {
                try await plaza.database.write { tx in
                    for _ in 0..<100 { _ = try plaza.checkout.buy(wish, by: buyer, in: tx) }
                }
            }
            #expect(try await plaza.count("sub_order") == 5_400)
            #expect(try await plaza.findings() == [])
        }
    }
}
