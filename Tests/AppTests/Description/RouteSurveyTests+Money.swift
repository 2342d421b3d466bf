import App
import Core
import HTTP
import HTTPTypes
import Ledger
import Market
import PlazaTesting
import Testing

extension RouteSurveyTests {
    func tellOfOrders(_ plaza: PlazaFixture) async throws {
        let (cat, dan) = (try await plaza.signUp("cat"), try await plaza.signUp("dan"))
        let shop = try await plaza.shop("loom", by: dan)
        let (product, bowl) = try await plaza.goods(in: shop)
        let post = try await plaza.tag([product], by: dan)
        try await plaza.give(5_000, to: cat)
        let line: JSON = ["quantity": 2, "price": PlazaFixture.euros(1_000)]
        for _ in 0..<2 { _ = try await plaza.send(.put, "/v1/cart/lines/\(bowl)", as: cat, body: line) }
        #expect(try await plaza.send(.get, "/v1/cart", as: cat).json["shops"]?.array?.count == 1)
        #expect(try await plaza.send(.delete, "/v1/cart/lines/\(bowl)", as: cat).status == .noContent)
        let lines = [PlazaFixture.line(bowl, 3)]
        let placed = try await plaza.checkOut(lines, as: cat, key: "order", capture: "later", from: post)
        let order = try #require(placed.json["id"]?.string)
        let one: JSON = ["lines": [["variant": .string(bowl), "quantity": 1]]]
        for (action, person, body) in [
            ("cancel", cat, one), ("pay", cat, [:]), ("ship", dan, [:]), ("deliver", dan, [:]), ("complete", cat, [:]),
            ("refund", dan, one),
        ] as [(String, Person, JSON)] {
            #expect(try await plaza.act(action, on: order, as: person, body).status == .ok, "\(action)")
        }
        #expect(try await plaza.send(.get, "/v1/me/attributions", as: dan).items.count == 1)
        for path in ["/v1/orders", "/v1/orders/\(order)"] {
            #expect(try await plaza.send(.get, path, as: cat).status == .ok)
        }
        #expect(try await plaza.send(.get, "/v1/shops/\(shop.id)/orders?state=completed", as: dan).items.count == 1)
        let payout = try await plaza.payOut(shop, 500, as: dan, key: "payout").json["id"]?.string ?? ""
        for path in ["wallet", "wallet/entries", "payouts", "payouts/\(payout)"] {
            #expect(try await plaza.send(.get, "/v1/shops/\(shop.id)/\(path)", as: dan).status == .ok, "\(path)")
        }
        let authorisation = try await plaza.authorise(1_000, as: cat)
        let path = "/v1/wallet/authorisations/\(authorisation)"
        #expect(try await plaza.send(.delete, path, as: cat).status == .accepted)
    }

    func tellOfMoney(_ plaza: PlazaFixture, _ ann: Person, _ ben: Person) async throws {
        let topUp = try await plaza.topUp(ann, 1_000)
        let notice: JSON = [
            "id": "evt_1", "payment": .string(topUp), "status": "completed", "amount": 1_000, "currency": "EUR",
        ]
        let provider = TestPaymentProvider(secret: Array(Self.secret.utf8), clock: plaza.clock.wall)
        let callback = try await plaza.send(
            .post, "/v1/payments/callbacks/test", headers: provider.headers(signing: Array(notice.text.utf8)),
            body: notice)
        #expect(callback.status == .noContent)
        #expect(try await plaza.send(Gift(ben, 300), as: ann, key: "gift").status == .created)
        for (path, amount) in [("top-ups/\(topUp)/refunds", 200), ("payouts", 500)] as [(String, JSON)] {
            let isRefund = path != "payouts"
            let body: JSON =
                isRefund ? ["amount": amount] : ["amount": ["amount": amount, "currency": "EUR"], "token": "tok_ok"]
            let answer = try await plaza.send(
                .post, "/v1/wallet/\(path)", as: ann, headers: [.idempotencyKey: path], body: body)
            #expect(answer.status == .accepted, "\(path)")
        }
        try await plaza.settle()
        #expect(try await plaza.available(ann) == 0)
        #expect(try await plaza.available(ben) == 300)
        #expect(try await plaza.send(.get, "/v1/wallet/entries?currency=EUR", as: ann).items.count == 4)
        #expect(try await plaza.send(.get, "/v1/wallet/payments", as: ann).items.count == 3)
    }

    func tellOfBooks(_ plaza: PlazaFixture, _ ben: Person, _ admin: Person) async throws {
        let balance = try await plaza.send(.get, "/v1/admin/ledger/trial-balance", as: admin)
        #expect(balance.json["is_balanced"]?.bool == true)
        #expect(balance.json["lines"]?.array?.count == 2)
        #expect(try await plaza.send(.get, "/v1/admin/ledger/accounts", as: admin).items.count == 1)
        let accounts = try await plaza.send(.get, "/v1/admin/ledger/accounts?owner=\(ben.id)", as: admin)
        let wallet = try #require(accounts.items.first?["id"]?.string)
        for isFrozen in [true, false] {
            let changed = try await plaza.send(
                .patch, "/v1/admin/ledger/accounts/\(wallet)", as: admin, body: ["is_frozen": .bool(isFrozen)])
            #expect(changed.json["is_frozen"]?.bool == isFrozen)
        }
        let adjusted = try await plaza.send(
            .post, "/v1/admin/ledger/adjustments", as: admin, headers: [.idempotencyKey: "slip"],
            body: [
                "owner": .string(ben.id), "direction": "credit", "amount": ["amount": 5, "currency": "EUR"],
                "reason": "Charged twice",
            ])
        #expect(adjusted.status == .created)
        #expect(try await plaza.send(.get, "/v1/admin/ledger/contradicted-payments", as: admin).items.isEmpty)
    }
}
