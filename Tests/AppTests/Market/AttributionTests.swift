import App
import Core
import HTTP
import HTTPTypes
import Market
import Storage
import StorageSQLite
import Testing

/// Whose post led to a sale.
@Suite struct AttributionTests {
    /// Ann recommends what Ben sells; Cat buys.
    private struct Street: Sendable {
        let plaza: PlazaFixture
        let (ann, ben, cat): (Person, Person, Person)
        let (bowl, vase): ((product: String, variant: String), (product: String, variant: String))
        let post: String

        init(_ plaza: PlazaFixture) async throws {
            self.plaza = plaza
            (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            cat = try await plaza.signUp("cat")
            let shop = try await plaza.shop("kiln", by: ben)
            bowl = try await plaza.goods(in: shop, price: 1_000, stock: 100)
            vase = try await plaza.goods(in: shop, price: 300, stock: 100)
            post = try await plaza.tag([bowl.product], by: ann)
            try await plaza.give(100_000, to: cat)
        }

        var lines: [JSON] {
            [PlazaFixture.line(bowl.variant, 2), PlazaFixture.line(vase.variant, price: 300)]
        }

        /// - Returns: the order's id.
        @discardableResult
        func buy(_ key: String, from post: String?, as buyer: Person? = nil, capture: String? = nil) async throws
            -> String
        {
            let answer = try await plaza.checkOut(lines, as: buyer ?? cat, key: key, capture: capture, from: post)
            #expect(answer.status == .created, "\(key)")
            return try #require(answer.json["id"]?.string)
        }

        func attributions(of person: Person) async throws -> Answer {
            try await plaza.send(.get, "/v1/me/attributions", as: person)
        }

        func expectNothing(_ comment: Testing.Comment) async throws {
            let seen = try await attributions(of: ann)
            #expect(seen.items.isEmpty, comment)
            #expect(seen.json["totals"] == [], comment)
            let kept = try await plaza.plaza.database.read { db in
                try db.integer(
                    "SELECT COUNT(*) FROM purchase WHERE source_post_id IS NOT NULL /* scan: a test's table */")
            }
            #expect(kept == 0, comment)
        }
    }

    @Test func whatAPostTagsIsAttributedToItsAuthor() async throws {
        try await withPlaza { plaza in
            let street = try await Street(plaza)
            try await street.buy("one", from: street.post)
            let seen = try await street.attributions(of: street.ann)
            #expect(seen.items.count == 1, "the vase is not tagged")
            let line = try #require(seen.items.first)
            #expect(line["post"]?.string == street.post)
            #expect(line["product"]?.string == street.bowl.product)
            #expect(line["quantity"] == 2)
            #expect(line["amount"] == PlazaFixture.euros(2_000))
            #expect(line["state"] == "sold")
            let text = String(decoding: seen.bytes, as: UTF8.self)
            #expect(!text.contains(street.cat.id))
            #expect(!text.contains("ord_"))
            #expect(seen.json["totals"]?.array?.first?["sold"] == PlazaFixture.euros(2_000))
            #expect(try await street.attributions(of: street.ben).items.isEmpty)
            #expect(try await street.attributions(of: street.cat).items.isEmpty)
            let told = try await plaza.plaza.database.read { db in
                try db.rows("SELECT data FROM event WHERE type = 'order.attributed' /* scan: a test's table */") {
                    try JSONParser.parse($0.text(0))
                }
            }
            #expect(told.count == 1)
            #expect(told.first?["author"]?.string == street.ann.id)
            #expect(told.first?["post"]?.string == street.post)
            #expect(told.first?["amount"] == PlazaFixture.euros(2_000))
            #expect(told.first?["buyer"] == nil)
            #expect(try await plaza.verify() == [])
        }
    }

    /// Sent again under its key it is attributed once; under another key it is another sale.
    @Test func aRetriedCheckoutIsAttributedOnce() async throws {
        try await withPlaza { plaza in
            let street = try await Street(plaza)
            for key in ["one", "one", "two"] { try await street.buy(key, from: street.post) }
            let seen = try await street.attributions(of: street.ann)
            #expect(seen.items.count == 2)
            #expect(seen.json["totals"]?.array?.first?["quantity"] == 4)
            let first = try await plaza.send(.get, "/v1/me/attributions?limit=1", as: street.ann)
            let next = try #require(first.next)
            let second = try await plaza.send(.get, "/v1/me/attributions?limit=1&cursor=\(next)", as: street.ann)
            #expect(second.items.count == 1)
            #expect(second.next == nil)
            #expect(second.items != first.items || seen.items[0] == seen.items[1])
            let foreign = try await plaza.send(.get, "/v1/me/attributions?cursor=\(next)", as: street.ben)
            #expect(foreign.code == "invalid_cursor")
            #expect(try await plaza.verify() == [])
        }
    }

    /// Nothing of it stops the sale.
    @Test func whatTheBuyerMayNotSeeIsNotAttributed() async throws {
        try await withPlaza { plaza in
            let street = try await Street(plaza)
            let secret = try await plaza.tag([street.bowl.product], visibility: "followers", by: street.ann)
            try await street.buy("followers-only", from: secret)
            try await street.buy("no-such-post", from: "pst_0000000000001")
            let other = try await plaza.tag(
                [try await plaza.goods(in: try await plaza.shop("loom", by: street.ben)).product], by: street.ann)
            try await street.buy("tags-something-else", from: other)
            let gone = try await plaza.tag([street.bowl.product], by: street.ann)
            #expect(try await plaza.send(.delete, "/v1/posts/\(gone)", as: street.ann).status == .noContent)
            try await street.buy("deleted", from: gone)
            let block = "/v1/accounts/\(street.cat.id)/block"
            #expect(try await plaza.send(.put, block, as: street.ann).status == .noContent)
            try await street.buy("blocked", from: street.post)
            try await street.expectNothing("none of them")
            #expect(try await plaza.send(.delete, block, as: street.ann).status == .noContent)
            let without: JSON = ["products": []]
            #expect(
                try await plaza.send(.patch, "/v1/posts/\(street.post)", as: street.ann, body: without).status == .ok)
            try await street.buy("untagged", from: street.post)
            try await street.expectNothing("the tag was dropped")
            // A follower may see it.
            let follow = "/v1/accounts/\(street.ann.id)/follow"
            #expect(try await plaza.send(.put, follow, as: street.cat).status == .noContent)
            try await street.buy("follower", from: secret)
            #expect(try await street.attributions(of: street.ann).items.count == 1)
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func nobodySellsToThemselves() async throws {
        try await withPlaza { plaza in
            let street = try await Street(plaza)
            try await plaza.give(10_000, to: street.ann)
            try await street.buy("own", from: street.post, as: street.ann)
            try await street.expectNothing("their own post")
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func whatIsGivenBackIsShownAsSuch() async throws {
        try await withPlaza { plaza in
            let street = try await Street(plaza)
            let one: JSON = ["lines": [["variant": .string(street.bowl.variant), "quantity": 1]]]
            let order = try await street.buy("one", from: street.post, capture: "later")
            func expect(_ state: String, givenBack: Int64, _ total: Int64) async throws {
                let seen = try await street.attributions(of: street.ann)
                #expect(seen.items.first?["state"] == .string(state))
                #expect(seen.items.first?["given_back"] == .integer(givenBack), "\(state)")
                #expect(seen.json["totals"]?.array?.first?["given_back"] == PlazaFixture.euros(total), "\(state)")
                #expect(try await plaza.verify() == [], "\(state)")
            }
            try await expect("placed", givenBack: 0, 0)
            #expect(try await plaza.act("cancel", on: order, as: street.cat, one).status == .ok)
            try await expect("placed", givenBack: 1, 1_000)
            #expect(try await plaza.act("pay", on: order, as: street.cat).status == .ok)
            try await expect("sold", givenBack: 1, 1_000)
            #expect(try await plaza.act("ship", on: order, as: street.ben).status == .ok)
            #expect(try await plaza.act("refund", on: order, as: street.ben, one).status == .ok)
            try await expect("refunded", givenBack: 2, 2_000)
            let cancelled = try await street.buy("two", from: street.post)
            #expect(try await plaza.act("cancel", on: cancelled, as: street.cat).status == .ok)
            try await expect("cancelled", givenBack: 2, 4_000)
        }
    }

    /// Books outlive people.
    @Test func anAttributionOutlivesItsAuthor() async throws {
        try await withPlaza(isWorking: true) { plaza in
            let street = try await Street(plaza)
            let order = try await street.buy("one", from: street.post)
            let password: JSON = ["password": .string(PlazaFixture.password)]
            #expect(try await plaza.send(.delete, "/v1/me", as: street.ann, body: password).status == .noContent)
            try await street.buy("two", from: street.post)
            #expect(try await plaza.verify() == [])
            try await plaza.settle()
            #expect(try await plaza.verify() == [])
            #expect(try await plaza.act("cancel", on: order, as: street.cat).status == .ok)
            try await plaza.settle()
            #expect(try await plaza.verify() == [])
            let lines = try await plaza.plaza.database.read { db in
                try db.integer(
                    "SELECT COUNT(*) FROM purchase_line WHERE attributed_to IS NOT NULL /* scan: a test's table */")
            }
            #expect(lines == 1)
        }
    }

    /// One statement more, and only where a post is named.
    @Test func anAttributedCheckoutCostsOneStatementMore() async throws {
        try await withPlaza { plaza in
            let street = try await Street(plaza)
            func statements(_ key: String, from post: String?) async throws -> Int {
                let answer = try await plaza.checkOut(street.lines, as: street.cat, key: key, from: post)
                #expect(answer.status == .created)
                return try #require(answer.statements)
            }
            // The first has accounts made.
            _ = try await statements("first", from: street.post)
            let plain = try await statements("plain", from: nil)
            #expect(try await statements("nothing", from: "pst_0000000000001") == plain + 1)
            #expect(try await statements("attributed", from: street.post) <= plain + 2)
        }
    }

    @Test(
        arguments: [
            ("attribution.author", "UPDATE post SET author_id = 5"),
            ("attribution.order", "UPDATE purchase SET source_post_id = NULL"),
            ("attribution.order", "UPDATE purchase_line SET attributed_to = NULL"),
            ("attribution.order", "UPDATE purchase SET buyer_id = (SELECT MAX(attributed_to) FROM purchase_line)"),
            ("attribution_total.amount", "UPDATE purchase_line SET attributed_to = 5 WHERE attributed_to > 0"),
            ("attribution_total.amount", "UPDATE attribution_total SET amount = amount + 1"),
            ("attribution_total.amount", "DELETE FROM attribution_total"),
            (
                "attribution.post",
                "UPDATE purchase_line SET attributed_to = 5 WHERE attributed_to > 0 AND purchase_id = (SELECT MAX(id) FROM purchase)"
            ),
            ("post_product.entries", "DELETE FROM post_product"),
            ("post_product.entries", "UPDATE post_product SET is_public = 0"),
            ("post_product.entries", "UPDATE post SET products = '[]'"),
            ("post_product.entries", "UPDATE post_product SET post_id = 5"),
        ])
    func damageIsFound(check: String, damage: String) async throws {
        try await withPlaza { plaza in
            let street = try await Street(plaza)
            for key in ["one", "two"] { try await street.buy(key, from: street.post) }
            #expect(try await plaza.verify() == [])
            try await plaza.plaza.database.write { tx in
                _ = try tx.execute("\(unsafeRaw: damage) /* scan: a test */")
            }
            let found = try await plaza.verify()
            #expect(found.contains { $0.contains("\"\(check)\"") }, "\(found)")
        }
    }
}
