import Core
import HTTPTypes
import Market
import PlazaTesting
import Testing

/// What becomes of a shop when its owner leaves.
@Suite struct LeavingSellerTests {
    private static let working = ["PLAZA_PAYMENT_PROVIDER": "test"]
    private static let password: JSON = ["password": .string(PlazaFixture.password)]

    @Test func aShopIsClosedOnceNobodyWaitsForIt() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (cat, dan) = (try await plaza.signUp("cat"), try await plaza.signUp("dan"))
            let clerk = try await plaza.signUp("clerk")
            let shop = try await plaza.shop("loom", by: dan)
            let bowl = try await plaza.variant(in: shop)
            let seat = "/v1/shops/\(shop.id)/staff/\(clerk.id)"
            _ = try await plaza.send(.put, seat, as: dan, body: ["role": "manager"])
            try await plaza.give(2_000, to: cat)
            let bought = try await plaza.checkOut([PlazaFixture.line(bowl)], as: cat, key: "order")
            let order = try #require(bought.json["id"]?.string)
            for (action, person) in [("ship", dan), ("complete", cat)] {
                #expect(
                    try await plaza.send(.delete, "/v1/me", as: dan, body: Self.password).code
                        == "shop_orders_under_way")
                #expect(try await plaza.act(action, on: order, as: person).status == .ok)
            }
            #expect(
                try await plaza.send(.delete, "/v1/me", as: dan, body: Self.password).code
                    == "shop_wallet_not_empty")
            let wallet = try await plaza.send(.get, "/v1/shops/\(shop.id)/wallet", as: dan).json
            let left = try #require(wallet["balances"]?.array?.first?["available"]?["amount"]?.integer)
            _ = try await plaza.payOut(shop, left, as: dan, key: "out", token: "tok_delay")
            #expect(try await plaza.send(.delete, "/v1/me", as: dan, body: Self.password).code == "payments_under_way")
            // Nothing of what was refused has happened.
            #expect(try await plaza.send(.get, "/v1/shops/loom").json["state"] == "open")
            #expect(try await plaza.send(.get, "/v1/shops", as: clerk).items.count == 1)
            for _ in 0..<3 {
                try await plaza.settle()
                plaza.clock.advance(seconds: 60)
            }
            try await plaza.settle()
            #expect(try await plaza.send(.get, "/v1/products?shop=\(shop.id)").items.count == 1)
            _ = try await plaza.send(
                .put, "/v1/cart/lines/\(bowl)", as: cat, body: ["quantity": 1, "price": PlazaFixture.euros(1_000)])
            #expect(try await plaza.send(.delete, "/v1/me", as: dan, body: Self.password).status == .noContent)

            #expect(try await plaza.send(.get, "/v1/shops/loom").json["state"] == "closed")
            #expect(try await plaza.checkOut([PlazaFixture.line(bowl)], as: cat, key: "again").code == "not_sold")
            try await plaza.settle()
            #expect(try await plaza.send(.get, "/v1/products?shop=\(shop.id)").items.isEmpty)
            #expect(try await plaza.send(.get, "/v1/shops", as: clerk).items.isEmpty)
            let reopened = try await plaza.send(.patch, "/v1/shops/loom", as: clerk, body: ["state": "open"])
            #expect(reopened.code == "shop_role_required")
            #expect(try await plaza.send(.get, "/v1/orders/\(order)", as: cat).json["parts"]?.array?.count == 1)
            #expect(try await plaza.send(.delete, "/v1/me", as: cat, body: Self.password).code == "wallet_not_empty")
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func whoOnlyWorksInAShopLeavesItOpen() async throws {
        try await withPlaza { plaza in
            let (dan, clerk) = (try await plaza.signUp("dan"), try await plaza.signUp("clerk"))
            let shop = try await plaza.shop("loom", by: dan)
            let seat = "/v1/shops/\(shop.id)/staff/\(clerk.id)"
            _ = try await plaza.send(.put, seat, as: dan, body: ["role": "manager"])
            #expect(try await plaza.send(.delete, "/v1/me", as: clerk, body: Self.password).status == .noContent)
            #expect(try await plaza.send(.get, "/v1/shops/loom").json["state"] == "open")
            #expect(try await plaza.send(.get, "/v1/shops/loom/staff", as: dan).items.count == 1)
            #expect(try await plaza.verify() == [])
        }
    }
}
