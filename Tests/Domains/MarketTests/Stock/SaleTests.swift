import Core
import PlazaTesting
import Storage
import Testing

@testable import Market

@Suite struct SaleTests {
    @Test func whatIsTakenIsReservedAtThePresentPrice() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.variant(of: plaza.product(in: shop, price: 1_999, stock: 10))
            let cup = try await plaza.variant(of: plaza.product("Cup", in: shop, price: 500, stock: 3))
            let sold = try await plaza.take([SaleLine(cup, 3), SaleLine(bowl, 2)], by: plaza.person())
            #expect(sold.map(\.id) == [cup, bowl])
            #expect(sold.map(\.price) == [Money(500, shop.currency), Money(1_999, shop.currency)])
            let left = try await plaza.stock(of: bowl)
            #expect(left.onHand == 10 && left.reserved == 2 && left.available == 8)
            #expect(try await plaza.stock(of: cup).available == 0)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func allIsTakenOrNothing() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.variant(of: plaza.product(in: shop, stock: 10))
            let cup = try await plaza.variant(of: plaza.product("Cup", in: shop, stock: 1))
            #expect(try await plaza.refusals(of: [SaleLine(bowl, 2), SaleLine(cup, 2)]) == [.soldOut(left: 1)])
            #expect(try await plaza.stock(of: bowl).reserved == 0)
            #expect(
                try await plaza.number("SELECT COUNT(*) FROM stock_movement WHERE reason = 5 /* scan: test */") == 0)
        }
    }

    @Test func oneVariantInTwoLinesIsOneQuantity() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.variant(of: plaza.product(in: shop, stock: 3))
            #expect(try await plaza.refusals(of: [SaleLine(bowl, 2), SaleLine(bowl, 2)]) == [.soldOut(left: 3)])
            let sold = try await plaza.take([SaleLine(bowl, 2), SaleLine(bowl, 1)], by: plaza.person())
            #expect(sold.count == 2)
            #expect(try await plaza.stock(of: bowl).available == 0)
        }
    }

    @Test(arguments: [0, -1, Int64.min, CatalogLimits.lineQuantityMax + 1, .max])
    func quantitiesOutOfBoundsAreRefused(quantity: Int64) async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let file = try await plaza.variant(
                of: plaza.product(in: shop) { $0.variants[0].policy = .untracked })
            #expect(try await plaza.refusals(of: [SaleLine(file, quantity)]) == [.invalidQuantity])
            #expect(
                try await plaza.refusals(of: [SaleLine(file, quantity), SaleLine(file, quantity)]) == [.invalidQuantity]
            )
            #expect(try await plaza.refusals(of: [SaleLine(file, 1), SaleLine(file, quantity)]) == [.invalidQuantity])
        }
    }

    @Test func theReasonIsExact() async throws {
        try await withMarket { plaza in
            let (shop, closed) = (try await plaza.shop(), try await plaza.shop("closed"))
            let opening = plaza.clock.now.advanced(bySeconds: 60)
            let draft = try await plaza.variant(of: plaza.product("Draft", in: shop) { $0.status = .draft })
            let old = try await plaza.variant(of: plaza.product("Old", in: shop) { $0.status = .archived })
            let drop = try await plaza.variant(of: plaza.product("Drop", in: shop) { $0.opensAt = opening })
            let shut = try await plaza.variant(of: plaza.product("Shut", in: closed))
            try await plaza.market.change(closed.id, state: .closed, by: closed.owner)
            let never = ID<Variant>(rawValue: 9)
            let lines = [draft, old, drop, shut, never].sorted().map { SaleLine($0, 1) }
            let expected: [ID<Variant>: SaleRefusal] = [
                draft: .notForSale, old: .notForSale, drop: .notOpen(until: opening), shut: .shopClosed,
                never: .unknown,
            ]
            #expect(try await plaza.refusals(of: lines) == lines.map { expected[$0.variant] })
            plaza.clock.set(opening)
            #expect(try await plaza.refusals(of: [SaleLine(drop, 1)]) == [])
        }
    }

    @Test func aPersonHasNoMoreThanTheirShareAcrossVariantsAndOrders() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let product = try await plaza.product(in: shop) { draft in
                draft.options = ["Size"]
                draft.perPersonMax = 3
                draft.variants = ["S", "M"].map { size in
                    var variant = VariantDraft(price: 100)
                    variant.options = [size]
                    variant.onHand = 50
                    return variant
                }
            }
            let variants = try await plaza.variants(of: product)
            let (ann, ben, order) = (plaza.person(), plaza.person(), plaza.ids.next(Order.self))
            let limit = SaleRefusal.personLimit(3, left: 3)
            #expect(
                try await plaza.refusals(of: [SaleLine(variants[0], 2), SaleLine(variants[1], 2)], by: ann)
                    == [limit, limit])
            try await plaza.take([SaleLine(variants[0], 2)], by: ann, for: order)
            #expect(try await plaza.refusals(of: [SaleLine(variants[1], 2)], by: ann) == [.personLimit(3, left: 1)])
            #expect(try await plaza.refusals(of: [SaleLine(variants[1], 3)], by: ben) == [])
            try await plaza.database.write { tx in
                try plaza.market.giveBack([SaleLine(variants[0], 2)], of: order, by: ann, in: tx)
            }
            #expect(try await plaza.refusals(of: [SaleLine(variants[1], 3)], by: ann) == [])
        }
    }

    @Test func whatNobodyCountsNeverSellsOut() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            for policy in [StockPolicy.untracked, .backorder] {
                let product = try await plaza.product(policy.name, in: shop, stock: 1) {
                    $0.variants[0].policy = policy
                }
                let variant = try await plaza.variant(of: product)
                let order = plaza.ids.next(Order.self)
                try await plaza.take([SaleLine(variant, 50)], by: plaza.person(), for: order)
                try await plaza.database.write { tx in
                    try plaza.market.handOver([SaleLine(variant, 50)], of: order, in: tx)
                }
                let after = try await plaza.stock(of: variant)
                #expect(after.onHand == 0 && after.reserved == 0 && after.available == nil)
            }
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func whatIsGivenBackHandedOverAndTakenBackIsInTheJournal() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.variant(of: plaza.product(in: shop, stock: 10))
            let (buyer, order) = (plaza.person(), plaza.ids.next(Order.self))
            try await plaza.take([SaleLine(bowl, 6)], by: buyer, for: order)
            try await plaza.database.write { tx in
                try plaza.market.giveBack([SaleLine(bowl, 2)], of: order, by: buyer, in: tx)
                try plaza.market.handOver([SaleLine(bowl, 4)], of: order, in: tx)
                try plaza.market.takeBack([SaleLine(bowl, 1)], of: order, in: tx)
            }
            let after = try await plaza.stock(of: bowl)
            #expect(after.onHand == 7 && after.reserved == 0)
            let journal = try await plaza.database.read { db in
                try db.rows(
                    """
                    SELECT reason, on_hand_change, reserved_change
                    FROM stock_movement
                    WHERE variant_id = \(bowl)
                    ORDER BY id
                    """
                ) { [$0.integer(0), $0.integer(1), $0.integer(2)] }
            }
            #expect(journal == [[0, 10, 0], [5, 0, 6], [6, 0, -2], [7, -4, -4], [8, 1, 0]])
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func moreIsNeverGivenBackThanWasTaken() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.variant(of: plaza.product(in: shop, stock: 10))
            let (buyer, order) = (plaza.person(), plaza.ids.next(Order.self))
            try await plaza.take([SaleLine(bowl, 2)], by: buyer, for: order)
            await #expect(throws: StorageError.self) {
                try await plaza.database.write { tx in
                    try plaza.market.giveBack([SaleLine(bowl, 3)], of: order, by: buyer, in: tx)
                }
            }
            #expect(try await plaza.stock(of: bowl).reserved == 2)
        }
    }

    @Test func theLastPiecesGoToExactlyAsManyAsThereAre() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bowl = try await plaza.variant(of: plaza.product(in: shop, stock: 7))
            let sold = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await plaza.refusals(of: [SaleLine(bowl, 1)]) == [] }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(sold == 7)
            #expect(try await plaza.stock(of: bowl).available == 0)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func takingFourLinesCostsThreeStatements() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            var lines: [SaleLine] = []
            for title in ["Bowl", "Cup", "Jug", "Pot"] {
                lines.append(SaleLine(try await plaza.variant(of: plaza.product(title, in: shop)), 1))
            }
            let (wanted, order, buyer) = (lines, plaza.ids.next(Order.self), plaza.person())
            _ = plaza.statements.take()
            try await plaza.statements.write { tx in _ = try plaza.market.take(wanted, for: order, by: buyer, in: tx) }
            #expect(plaza.statements.take().count == 3)
        }
    }
}
