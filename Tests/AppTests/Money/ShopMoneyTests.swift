import Core
import HTTPTypes
import Market
import Testing

/// A shop's money, over the routes.
@Suite struct ShopMoneyTests {
    private static let working = ["PLAZA_PAYMENT_PROVIDER": "test", "PLAZA_FEE_BASIS_POINTS": "500"]

    /// A shop of Dan's that has sold for 2,000 and been paid: 1,900 without the fee.
    private func sold(_ plaza: PlazaFixture) async throws -> (dan: Person, shop: ShopProfile) {
        let (cat, dan) = (try await plaza.signUp("cat"), try await plaza.signUp("dan"))
        let shop = try await plaza.shop("loom", by: dan)
        try await plaza.give(2_000, to: cat)
        let bowl = try await plaza.variant(in: shop)
        let bought = try await plaza.checkOut([PlazaFixture.line(bowl, 2)], as: cat, key: "order")
        let order = try #require(bought.json["id"]?.string)
        for (action, person) in [("ship", dan), ("complete", cat)] {
            #expect(try await plaza.act(action, on: order, as: person).status == .ok)
        }
        return (dan, shop)
    }

    @Test func anOwnerHasItPaidOutOnce() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (dan, shop) = try await sold(plaza)
            let path = "/v1/shops/\(shop.id)"
            let wallet = try await plaza.send(.get, "\(path)/wallet", as: dan)
            #expect(wallet.json["balances"]?.array?.first?["available"] == PlazaFixture.euros(1_900))
            let entries = try await plaza.send(.get, "\(path)/wallet/entries?limit=1", as: dan)
            #expect(entries.items.map { $0["purpose"]?.string } == ["order_release"])
            #expect(entries.next == nil)
            let answers = [
                try await plaza.payOut(shop, 900, as: dan, key: "out"),
                try await plaza.payOut(shop, 900, as: dan, key: "out"),
            ]
            #expect(answers.map(\.status) == [.accepted, .accepted])
            #expect(answers[0].bytes == answers[1].bytes)
            let payout = try #require(answers[0].json["id"]?.string)
            try await plaza.settle()
            #expect(try await plaza.send(.get, "\(path)/payouts/\(payout)", as: dan).json["state"] == "completed")
            let declined = try await plaza.payOut(shop, 1_000, as: dan, key: "bad", token: "tok_decline")
            #expect(declined.status == .accepted)
            try await plaza.settle()
            let payouts = try await plaza.send(.get, "\(path)/payouts", as: dan).items
            #expect(payouts.map { $0["state"]?.string } == ["failed", "completed"])
            let left = try await plaza.send(.get, "\(path)/wallet", as: dan)
            #expect(left.json["balances"]?.array?.first?["available"] == PlazaFixture.euros(1_000))
            let page = try await plaza.send(.get, "\(path)/wallet/entries?limit=2", as: dan)
            let cursor = try #require(page.next)
            let rest = try await plaza.send(.get, "\(path)/wallet/entries?limit=2&cursor=\(cursor)", as: dan)
            #expect(page.items.count == 2 && rest.items.count == 2 && rest.next == nil)
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func itIsForThoseWhoRunTheShop() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (dan, shop) = try await sold(plaza)
            let (eve, clerk, manager) = (
                try await plaza.signUp("eve"), try await plaza.signUp("clerk"), try await plaza.signUp("manager")
            )
            for (person, role) in [(clerk, "clerk"), (manager, "manager")] {
                let seat = "/v1/shops/\(shop.id)/staff/\(person.id)"
                #expect(try await plaza.send(.put, seat, as: dan, body: ["role": .string(role)]).status == .noContent)
            }
            let made = try await plaza.payOut(shop, 100, as: dan, key: "out")
            let payout = try #require(made.json["id"]?.string)
            let paths = ["wallet", "wallet/entries", "payouts", "payouts/\(payout)"]
            for path in paths {
                for stranger in [eve, clerk] {
                    let answer = try await plaza.send(.get, "/v1/shops/\(shop.id)/\(path)", as: stranger)
                    #expect(answer.code == "shop_role_required", "\(path)")
                }
                #expect(try await plaza.send(.get, "/v1/shops/\(shop.id)/\(path)", as: manager).status == .ok)
                for nowhere in ["shp_0000000000001", "nothing"] {
                    let answer = try await plaza.send(.get, "/v1/shops/\(nowhere)/\(path)", as: dan)
                    #expect(answer.code == "shop_not_found", "\(path)")
                }
            }
            for person in [eve, clerk, manager] {
                #expect(try await plaza.payOut(shop, 100, as: person, key: "mine").code == "shop_role_required")
            }
            let other = try await plaza.shop("forge", by: eve)
            let foreign = try await plaza.send(.get, "/v1/shops/\(other.id)/payouts/\(payout)", as: eve)
            #expect(foreign.code == "payment_not_found")
            // Nor is a shop's payout its owner's own.
            #expect(try await plaza.send(.get, "/v1/wallet/payments/\(payout)", as: dan).code == "payment_not_found")
        }
    }

    @Test func whatAShopDoesNotHaveIsNotPaidOut() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (dan, shop) = try await sold(plaza)
            #expect(try await plaza.payOut(shop, 1_901, as: dan, key: "k").code == "insufficient_funds")
            let yen = try await plaza.payOut(shop, 100, "JPY", as: dan, key: "k")
            #expect(yen.status == .unprocessableContent && yen.code == "currencies_differ")
            #expect(try await plaza.payOut(shop, 0, as: dan, key: "k").faults == ["/amount/amount too_small"])
            let admin = try await plaza.administrator()
            let accounts = try await plaza.send(.get, "/v1/admin/ledger/accounts?owner=\(shop.id)", as: admin).items
            let wallet = try #require(accounts.first { $0["purpose"] == "wallet" }?["id"]?.string)
            for isFrozen in [true, false] {
                let path = "/v1/admin/ledger/accounts/\(wallet)"
                _ = try await plaza.send(.patch, path, as: admin, body: ["is_frozen": .bool(isFrozen)])
                let answer = try await plaza.payOut(shop, 1_900, as: dan, key: "k")
                #expect(answer.code == (isFrozen ? "wallet_frozen" : nil))
            }
            try await plaza.settle()
            #expect(try await plaza.verify() == [])
        }
    }
}

extension PlazaFixture {
    func payOut(
        _ shop: ShopProfile, _ amount: Int64, _ currency: String = "EUR", as person: Person, key: String,
        token: String = "tok_ok"
    ) async throws -> Answer {
        try await send(
            .post, "/v1/shops/\(shop.id)/payouts", as: person, headers: [.idempotencyKey: key],
            body: [
                "amount": ["amount": .integer(amount), "currency": .string(currency)], "token": .string(token),
            ])
    }
}
