import Core
import PlazaTesting
import Storage
import Testing

@testable import Market

@Suite struct WaitingTests {
    @Test func aPlaceIsKeptAndHadOnce() async throws {
        try await withDrop(of: 1) { plaza, drop in
            let (ann, ben) = (plaza.person(), plaza.person())
            #expect(try await plaza.market.wait(for: drop.variant, by: ann).number == 1)
            #expect(try await plaza.market.wait(for: drop.variant, by: ben).number == 2)
            let again = try await plaza.market.wait(for: drop.variant, by: ann)
            #expect(again.number == 1)
            #expect(try await plaza.market.place(of: ann, for: drop.variant) == again)
            try await plaza.market.leave(drop.variant, by: ann)
            try await plaza.market.leave(drop.variant, by: ann)
            #expect(try await plaza.market.place(of: ben, for: drop.variant).number == 1)
            await #expect(throws: MarketError.notWaiting) {
                try await plaza.market.place(of: ann, for: drop.variant)
            }
        }
    }

    @Test func onlyWhatIsSoldOutIsWaitedFor() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let opening = plaza.clock.now.advanced(bySeconds: 60)
            let bowl = try await plaza.variant(of: plaza.product(in: shop))
            let draft = try await plaza.variant(of: plaza.product("Draft", in: shop, stock: 0) { $0.status = .draft })
            let drop = try await plaza.variant(of: plaza.product("Drop", in: shop, stock: 0) { $0.opensAt = opening })
            for (variant, error) in [
                (bowl, MarketError.notSoldOut), (draft, .variantNotFound), (ID(rawValue: 9), .variantNotFound),
                (drop, .notSold([RefusedLine(variant: drop, refusal: .notOpen(until: opening))])),
            ] {
                await #expect(throws: error) { try await plaza.market.wait(for: variant, by: plaza.person()) }
            }
        }
    }

    @Test func whoHasTheirShareDoesNotWait() async throws {
        try await withDrop(of: 1, perPerson: 1) { plaza, drop in
            await #expect(throws: MarketError.self) {
                try await plaza.market.wait(for: drop.variant, by: drop.buyers[0])
            }
            let place = try await plaza.market.wait(for: drop.variant, by: plaza.person())
            #expect(place.number == 1)
        }
    }

    @Test func whatComesBackIsKeptForWhoIsNext() async throws {
        try await withDrop(of: 2) { plaza, drop in
            let (ann, ben) = (plaza.person(), plaza.person())
            for person in [ann, ben] { _ = try await plaza.market.wait(for: drop.variant, by: person) }
            try await plaza.giveBack(drop, 0)
            let until = plaza.clock.now.advanced(bySeconds: PlaceInLine.offerSeconds)
            let place = try await plaza.market.place(of: ann, for: drop.variant)
            #expect(place.offeredUntil == until)
            #expect(place.number == nil)
            #expect(try await plaza.market.place(of: ben, for: drop.variant).number == 1)
            // Nobody else gets it, nor who is second; and ann no second piece.
            let one = [SaleLine(drop.variant, 1)]
            #expect(try await plaza.refusals(of: one) == [.soldOut(left: 0)])
            #expect(try await plaza.refusals(of: one, by: ben) == [.soldOut(left: 0)])
            #expect(try await plaza.refusals(of: [SaleLine(drop.variant, 2)], by: ann) == [.soldOut(left: 1)])
            #expect(try await plaza.findings() == [])
            #expect(try await plaza.refusals(of: one, by: ann) == [])
            await #expect(throws: MarketError.notWaiting) {
                try await plaza.market.place(of: ann, for: drop.variant)
            }
            #expect(try await plaza.findings() == [])
            #expect(try await plaza.stock(of: drop.variant).reserved == 2)
        }
    }

    @Test func anOfferThatRanOutIsPassedOn() async throws {
        try await withDrop(of: 1) { plaza, drop in
            let people = [plaza.person(), plaza.person()]
            for person in people { _ = try await plaza.market.wait(for: drop.variant, by: person) }
            try await plaza.giveBack(drop, 0)
            plaza.clock.set(plaza.clock.now.advanced(bySeconds: PlaceInLine.offerSeconds - 1))
            try await plaza.market.passOnOffers()
            #expect(try await plaza.market.place(of: people[0], for: drop.variant).isOffered)
            plaza.clock.set(plaza.clock.now.advanced(bySeconds: 1))
            try await plaza.market.passOnOffers()
            await #expect(throws: MarketError.notWaiting) {
                try await plaza.market.place(of: people[0], for: drop.variant)
            }
            #expect(try await plaza.market.place(of: people[1], for: drop.variant).isOffered)
            plaza.clock.set(plaza.clock.now.advanced(bySeconds: PlaceInLine.offerSeconds))
            try await plaza.market.passOnOffers()
            #expect(try await plaza.stock(of: drop.variant).available == 1)
            let subjects = try await plaza.number(
                "SELECT COUNT(*) FROM stock_movement WHERE reason IN (9, 10) /* scan: test */")
            #expect(subjects == 4)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func whoeverLeavesOrIsErasedPassesTheirPieceOn() async throws {
        try await withDrop(of: 1) { plaza, drop in
            let people = [plaza.person(), plaza.person(), plaza.person()]
            for person in people { _ = try await plaza.market.wait(for: drop.variant, by: person) }
            try await plaza.giveBack(drop, 0)
            try await plaza.market.leave(drop.variant, by: people[0])
            #expect(try await plaza.market.place(of: people[1], for: drop.variant).isOffered)
            try await plaza.database.write { tx in try plaza.market.forgetBuyer(people[1], in: tx) }
            #expect(try await plaza.market.places(of: people[1]) == [])
            #expect(try await plaza.market.place(of: people[2], for: drop.variant).isOffered)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aRestockIsForThoseWhoWaitAndThenForEverybody() async throws {
        try await withDrop(of: 1) { plaza, drop in
            let people = [plaza.person(), plaza.person()]
            for person in people { _ = try await plaza.market.wait(for: drop.variant, by: person) }
            try await plaza.database.write { tx in
                _ = try plaza.market.adjust(
                    drop.variant, StockAdjustment(reason: .received, amount: .change(3)), by: drop.owner, in: tx)
            }
            for person in people {
                let place = try await plaza.market.place(of: person, for: drop.variant)
                #expect(place.isOffered)
            }
            #expect(try await plaza.refusals(of: [SaleLine(drop.variant, 2)]) == [.soldOut(left: 1)])
            #expect(try await plaza.refusals(of: [SaleLine(drop.variant, 2)], by: people[0]) == [])
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func theWholeLineIsOfferedAtOnce() async throws {
        try await withDrop(of: 1) { plaza, drop in
            let line = try await plaza.fill(drop.variant, PlaceInLine.lineMax)
            await #expect(throws: MarketError.waitingListFull) {
                try await plaza.market.wait(for: drop.variant, by: plaza.person())
            }
            #expect(try await plaza.market.place(of: line[999], for: drop.variant).number == 1_000)
            try await plaza.database.write { tx in
                _ = try plaza.market.adjust(
                    drop.variant, StockAdjustment(reason: .received, amount: .change(1_001)), by: drop.owner, in: tx)
            }
            #expect(try await plaza.stock(of: drop.variant).available == 1)
            plaza.clock.set(plaza.clock.now.advanced(bySeconds: PlaceInLine.offerSeconds))
            try await plaza.market.passOnOffers()
            #expect(try await plaza.stock(of: drop.variant).available == 1_001)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aPersonStandsInAFewLines() async throws {
        try await withMarket { plaza in
            let (shop, ann) = (try await plaza.shop(), plaza.person())
            for number in 0..<PlaceInLine.perPersonMax {
                let variant = try await plaza.variant(of: plaza.product("Bowl \(number)", in: shop, stock: 0))
                _ = try await plaza.market.wait(for: variant, by: ann)
            }
            let more = try await plaza.variant(of: plaza.product("One more", in: shop, stock: 0))
            await #expect(throws: MarketError.tooManyPlaces) { try await plaza.market.wait(for: more, by: ann) }
        }
    }

    @Test func whatWasOutOfSaleIsOfferedOnceItIsBack() async throws {
        try await withDrop(of: 1) { plaza, drop in
            let ann = plaza.person()
            _ = try await plaza.market.wait(for: drop.variant, by: ann)
            _ = try await plaza.market.change(drop.product, by: drop.owner) { $0.status = .archived }
            try await plaza.giveBack(drop, 0)
            try await plaza.market.reviewLines()
            #expect(try await plaza.market.place(of: ann, for: drop.variant).number == 1)
            _ = try await plaza.market.change(drop.product, by: drop.owner) { $0.status = .active }
            try await plaza.market.reviewLines()
            #expect(try await plaza.market.place(of: ann, for: drop.variant).isOffered)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aLineInFrontOfWhatNobodyCountsEnds() async throws {
        try await withDrop(of: 1) { plaza, drop in
            let (ann, ben) = (plaza.person(), plaza.person())
            for person in [ann, ben] { _ = try await plaza.market.wait(for: drop.variant, by: person) }
            try await plaza.giveBack(drop, 0)
            _ = try await plaza.market.change(drop.variant, by: drop.owner) { $0.policy = .untracked }
            try await plaza.market.reviewLines()
            #expect(try await plaza.market.places(of: ben) == [])
            #expect(try await plaza.refusals(of: [SaleLine(drop.variant, 5)], by: ann) == [])
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func anOfferWithoutItsPieceIsFound() async throws {
        try await withDrop(of: 1) { plaza, drop in
            _ = try await plaza.market.wait(for: drop.variant, by: plaza.person())
            #expect(try await plaza.findings() == [])
            try await plaza.database.write { tx in
                try tx.execute("UPDATE waiting_place SET offered_until = 1 WHERE variant_id = \(drop.variant)")
            }
            let findings = try await plaza.findings()
            #expect(findings.count == 1)
            #expect(findings[0].hasPrefix("waiting.offers: "))
        }
    }

    /// Whatever people do, at once: never more is sold than is there, and nothing is lost between the places.
    @Test(arguments: [UInt64(1), 2, 3]) func aDropWithALineSellsOutExactly(seed: UInt64) async throws {
        let (stock, buyers) = (20, 100)
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let variant = try await plaza.variant(
                of: plaza.product("Drop", in: shop, stock: Int64(stock)) { $0.perPersonMax = 1 })
            let people = (0..<buyers).map { _ in plaza.person() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, person) in people.enumerated() {
                    group.addTask { try await plaza.behave(person, variant, seed: seed &* 1_000 &+ UInt64(index)) }
                }
                try await group.waitForAll()
            }
            #expect(try await plaza.findings() == [], "seed \(seed)")
            // All who still wait are served, one after the other, by who does not come.
            var owners: Int64 = 0
            for _ in 0..<(2 * buyers) where owners < stock {
                for person in people { _ = try await plaza.refusals(of: [SaleLine(variant, 1)], by: person) }
                plaza.clock.set(plaza.clock.now.advanced(bySeconds: PlaceInLine.offerSeconds))
                try await plaza.market.passOnOffers()
                owners = try await plaza.number("SELECT SUM(quantity) FROM limited_purchase /* scan: test */")
            }
            let left = try await plaza.stock(of: variant)
            #expect(owners == stock && left.available == 0 && left.reserved == stock, "seed \(seed)")
            #expect(try await plaza.findings() == [], "seed \(seed)")
        }
    }
}

/// What is sold out, and who has it.
private struct Drop {
    let variant: ID<Variant>
    let product: ID<Product>
    let owner: ID<Account>
    let buyers: [ID<Account>]
    let orders: [ID<Order>]
}

private func withDrop(
    of stock: Int64, perPerson: Int64? = nil, _ body: (MarketFixture, Drop) async throws -> Void
) async throws {
    try await withMarket { plaza in
        let shop = try await plaza.shop()
        let product = try await plaza.product("Drop", in: shop, stock: stock) { $0.perPersonMax = perPerson }
        let variant = try await plaza.variant(of: product)
        let sales = (0..<stock).map { _ in (buyer: plaza.person(), order: plaza.ids.next(Order.self)) }
        for sale in sales { try await plaza.take([SaleLine(variant, 1)], by: sale.buyer, for: sale.order) }
        let drop = Drop(
            variant: variant, product: product, owner: shop.owner, buyers: sales.map(\.buyer),
            orders: sales.map(\.order))
        try await body(plaza, drop)
    }
}

extension MarketFixture {
    fileprivate func giveBack(_ drop: Drop, _ sale: Int) async throws {
        try await database.write { tx in
            try market.giveBack([SaleLine(drop.variant, 1)], of: drop.orders[sale], by: drop.buyers[sale], in: tx)
        }
    }

    fileprivate func fill(_ variant: ID<Variant>, _ count: Int) async throws -> [ID<Account>] {
        let people = (0..<count).map { _ in person() }
        try await database.write { tx in
            for person in people {
                try tx.execute(
                    """
                    INSERT INTO waiting_place (id, variant_id, account_id)
                    VALUES (\(ids.next(WaitingPlace.self)), \(variant), \(person))
                    """)
            }
        }
        return people
    }

    /// Buys or waits, and sometimes brings it back or leaves.
    fileprivate func behave(_ person: ID<Account>, _ variant: ID<Variant>, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<4 {
            let order = ids.next(Order.self)
            do {
                try await take([SaleLine(variant, 1)], by: person, for: order)
                guard Int.random(in: 0..<3, using: &random) == 0 else { return }
                try await database.write { tx in
                    try market.giveBack([SaleLine(variant, 1)], of: order, by: person, in: tx)
                }
            } catch MarketError.notSold {
                do {
                    _ = try await market.wait(for: variant, by: person)
                } catch MarketError.notSoldOut {
                    // Somebody was faster, the other way round.
                }
                if Int.random(in: 0..<4, using: &random) == 0 { try await market.leave(variant, by: person) }
            }
        }
    }
}
