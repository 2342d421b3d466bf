import Accounts
import App
import Core
import HTTPTypes
import Market
import PlazaTesting
import Storage
import StorageSQLite
import Testing

/// Suspension means gone, and lifting it brings everything back.
@Suite struct SuspensionTests {
    private static let working = ["PLAZA_PAYMENT_PROVIDER": "test"]

    /// Everything of a seller who also writes, as others come across it.
    private struct Seller {
        let person: Person
        let shop: ShopProfile
        let product: String
        let variant: String
        let post: String
        let comment: String
        let othersPost: String
    }

    private func seller(_ plaza: PlazaFixture, _ ann: Person, fan: Person) async throws -> Seller {
        let dan = try await plaza.signUp("dan")
        let shop = try await plaza.shop("loom", by: dan)
        let (product, variant) = try await plaza.goods(in: shop)
        let post = try await plaza.tag([product], by: dan)
        let others = try await plaza.publish(by: ann)
        let comment = try await plaza.send(
            .post, "/v1/posts/\(others)/comments", as: dan, body: ["text": "Lovely"])
        for followee in [dan, ann] {
            _ = try await plaza.send(.put, "/v1/accounts/\(followee.id)/follow", as: fan)
        }
        try await plaza.settle()
        return Seller(
            person: dan, shop: shop, product: product, variant: variant, post: post,
            comment: try #require(comment.json["id"]?.string), othersPost: others)
    }

    /// Where others find what a seller has, and how many items or what status there is: the same before and after.
    private func sights(_ plaza: PlazaFixture, of seller: Seller, by viewer: Person?) async throws -> [String: String] {
        var sights: [String: String] = [:]
        var paths = [
            "/v1/accounts/dan", "/v1/accounts/dan/posts", "/v1/posts/\(seller.post)", "/v1/feed?kind=explore",
            "/v1/posts/\(seller.othersPost)/comments", "/v1/comments/\(seller.comment)/replies",
            "/v1/search/accounts?query=dan", "/v1/search/posts?query=bowl", "/v1/shops/loom",
            "/v1/shops/loom/collections", "/v1/products", "/v1/products?shop=loom", "/v1/products/\(seller.product)",
            "/v1/products/\(seller.product)/posts", "/v1/accounts/\(viewer?.id ?? "dan")",
        ]
        if let viewer { paths += ["/v1/feed?kind=home", "/v1/accounts/\(viewer.id)/following"] }
        for path in paths {
            let answer = try await plaza.send(.get, path, as: viewer)
            sights[path] =
                answer.status == .ok ? "\(answer.items.count) \(answer.json["id"]?.string ?? "")" : answer.code
        }
        return sights
    }

    private func suspend(
        _ plaza: PlazaFixture, _ person: Person, as admin: Person, until: JSON = .null, _ isSuspended: Bool = true
    ) async throws {
        var body: [JSON.Member] = [.init(name: "state", value: isSuspended ? "suspended" : "active")]
        if until != .null { body.append(.init(name: "suspended_until", value: until)) }
        let answer = try await plaza.send(
            .patch, "/v1/admin/accounts/\(person.id)", as: admin, body: .object(body))
        #expect(answer.status == .ok)
        #expect(answer.json["suspended_until"] == until)
    }

    @Test func nobodySeesWhatASuspendedAccountHasUntilItIsLetBackIn() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (admin, ann, fan) = (
                try await plaza.administrator(), try await plaza.signUp("ann"), try await plaza.signUp("fan")
            )
            let seller = try await seller(plaza, ann, fan: fan)
            let before = try await [sights(plaza, of: seller, by: fan), sights(plaza, of: seller, by: nil)]
            try await suspend(plaza, seller.person, as: admin)
            // At once, before any job has run.
            for viewer in [fan, nil] {
                let sights = try await sights(plaza, of: seller, by: viewer)
                let gone = [
                    "/v1/accounts/dan": "account_not_found", "/v1/accounts/dan/posts": "account_not_found",
                    "/v1/posts/\(seller.post)": "post_not_found",
                    "/v1/comments/\(seller.comment)/replies": "comment_not_found", "/v1/shops/loom": "shop_not_found",
                    "/v1/shops/loom/collections": "shop_not_found",
                    "/v1/products/\(seller.product)": "product_not_found",
                    "/v1/products/\(seller.product)/posts": "product_not_found",
                    "/v1/feed?kind=explore": "1 ", "/v1/posts/\(seller.othersPost)/comments": "0 ",
                    "/v1/products": "0 ", "/v1/products?shop=loom": "0 ", "/v1/search/accounts?query=dan": "0 ",
                    "/v1/search/posts?query=bowl": "1 ",
                ]
                for (path, expected) in gone { #expect(sights[path] == expected, "\(path)") }
                if viewer != nil { #expect(sights["/v1/feed?kind=home"] == "1 ") }
            }
            for (method, path) in [
                (.put, "/v1/posts/\(seller.post)/like"), (.put, "/v1/accounts/\(seller.person.id)/follow"),
            ] as [(HTTPRequest.Method, String)] {
                #expect(try await plaza.send(method, path, as: fan).status == .notFound, "\(path)")
            }
            try await plaza.settle()
            #expect(try await plaza.verify() == [])
            try await suspend(plaza, seller.person, as: admin, false)
            try await plaza.settle()
            let after = try await [sights(plaza, of: seller, by: fan), sights(plaza, of: seller, by: nil)]
            #expect(after == before)
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func nothingOfItIsSoldAndWhatWasOrderedIsSettled() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (admin, ann, fan) = (
                try await plaza.administrator(), try await plaza.signUp("ann"), try await plaza.signUp("fan")
            )
            let clerk = try await plaza.signUp("clerk")
            let seller = try await seller(plaza, ann, fan: fan)
            try await plaza.hire(clerk, as: "clerk", in: seller.shop, by: seller.person)
            try await plaza.give(5_000, to: fan)
            let bought = try await plaza.checkOut([PlazaFixture.line(seller.variant)], as: fan, key: "one")
            let order = try #require(bought.json["id"]?.string)
            try await suspend(plaza, seller.person, as: admin)
            let refused = try await plaza.checkOut([PlazaFixture.line(seller.variant)], as: fan, key: "two")
            #expect(refused.code == "not_sold")
            // Who runs it goes on with what was ordered.
            #expect(try await plaza.send(.get, "/v1/shops/loom", as: clerk).json["state"] == "closed")
            #expect(try await plaza.send(.get, "/v1/orders/\(order)", as: fan).status == .ok)
            #expect(try await plaza.act("ship", on: order, as: clerk).status == .ok)
            #expect(try await plaza.act("complete", on: order, as: fan).status == .ok)
            try await suspend(plaza, seller.person, as: admin, false)
            let again = try await plaza.checkOut([PlazaFixture.line(seller.variant)], as: fan, key: "three")
            #expect(again.status == .created)
            try await plaza.settle()
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func aSuspensionEndsByTime() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (admin, ann, fan) = (
                try await plaza.administrator(), try await plaza.signUp("ann"), try await plaza.signUp("fan")
            )
            let seller = try await seller(plaza, ann, fan: fan)
            let until = "\(plaza.clock.now.advanced(bySeconds: 3_600))"
            try await suspend(plaza, seller.person, as: admin, until: .string(until))
            try await plaza.plaza.accounts.endSuspensions()
            #expect(try await plaza.send(.get, "/v1/posts/\(seller.post)").code == "post_not_found")
            plaza.clock.advance(seconds: 3_600)
            try await plaza.plaza.accounts.endSuspensions()
            try await plaza.settle()
            for path in ["/v1/posts/\(seller.post)", "/v1/products/\(seller.product)", "/v1/shops/loom"] {
                #expect(try await plaza.send(.get, path).status == .ok, "\(path)")
            }
            #expect(try await plaza.signIn("dan").id == seller.person.id)
            let past: JSON = ["state": "suspended", "suspended_until": "2020-01-01T00:00:00Z"]
            let refused = try await plaza.send(
                .patch, "/v1/admin/accounts/\(seller.person.id)", as: try await plaza.signIn("dan"), body: past)
            #expect(refused.status == .forbidden)
            #expect(try await plaza.verify() == [])
        }
    }

    /// Of an earlier build, which told nobody.
    @Test func whoWasSuspendedBeforeIsGoneToo() async throws {
        try await withPlaza(isWorking: true) { plaza in
            let dan = try await plaza.signUp("dan")
            let post = try await plaza.publish(by: dan)
            let account = try #require(ID<Account>(dan.id))
            try await plaza.plaza.database.write { tx in
                try tx.execute("UPDATE account SET state = 1, suspended_until = 0 WHERE id = \(account)")
            }
            try await plaza.plaza.accounts.endSuspensions()
            #expect(try await plaza.send(.get, "/v1/posts/\(post)").code == "post_not_found")
            try await plaza.settle()
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func anAdministratorClosesAShopAndArchivesAProduct() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (admin, ann, fan) = (
                try await plaza.administrator(), try await plaza.signUp("ann"), try await plaza.signUp("fan")
            )
            let seller = try await seller(plaza, ann, fan: fan)
            let dan = seller.person
            let (product, shop) = ("/v1/products/\(seller.product)", "/v1/admin/shops/loom")
            #expect(try await plaza.send(.patch, shop, as: dan, body: ["is_barred": true]).status == .forbidden)
            let archived = try await plaza.send(
                .patch, "/v1/admin/products/\(seller.product)", as: admin, body: ["is_barred": true])
            #expect(archived.json["status"] == "archived")
            #expect(try await plaza.send(.get, product, as: fan).code == "product_not_found")
            let offered = try await plaza.send(.patch, product, as: dan, body: ["status": "active"])
            #expect(offered.code == "product_barred")
            #expect(try await plaza.send(.patch, product, as: dan, body: ["title": "Bowl"]).status == .ok)
            _ = try await plaza.send(
                .patch, "/v1/admin/products/\(seller.product)", as: admin, body: ["is_barred": false])
            #expect(try await plaza.send(.patch, product, as: dan, body: ["status": "active"]).status == .ok)
            #expect(try await plaza.send(.get, product, as: fan).status == .ok)

            #expect(try await plaza.send(.patch, shop, as: admin, body: ["is_barred": true]).json["state"] == "closed")
            #expect(try await plaza.send(.get, product, as: fan).code == "product_not_found")
            let opened = try await plaza.send(.patch, "/v1/shops/loom", as: dan, body: ["state": "open"])
            #expect(opened.code == "shop_barred")
            // A suspension that ends meanwhile does not open it.
            try await suspend(plaza, dan, as: admin)
            try await suspend(plaza, dan, as: admin, false)
            #expect(try await plaza.send(.get, "/v1/shops/loom").json["state"] == "closed")
            #expect(try await plaza.send(.patch, shop, as: admin, body: ["is_barred": false]).json["state"] == "open")
            try await plaza.settle()
            #expect(try await plaza.send(.get, "/v1/products?shop=loom").items.count == 1)
            #expect(try await plaza.verify() == [])
        }
    }
}
