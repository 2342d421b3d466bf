import App
import Core
import Flows
import HTTP
import HTTPTypes
import Market
import PlazaTesting
import Storage
import StorageSQLite
import Testing

/// Posts that tag products, as a client sees them.
@Suite struct TaggedPostTests {
    /// Where a post is shown, and where its products are in the answer.
    private static let pages = ["/v1/feed?kind=home", "/v1/feed?kind=explore", "/v1/accounts/ann/posts"]

    private func products(_ plaza: PlazaFixture, _ path: String, as person: Person) async throws -> [JSON] {
        try await plaza.send(.get, path, as: person).items.first?["products"]?.array ?? []
    }

    @Test func priceAndStockAreThoseOfNowInFeedsThatAreKept() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let shop = try await plaza.shop("kiln", by: ben)
            let (product, variant) = try await plaza.goods(in: shop, price: 1_000, stock: 3)
            let post = try await plaza.tag([product], by: ann)
            try await plaza.give(10_000, to: ann)
            let paths = Self.pages + ["/v1/products/\(product)/posts"]
            func expectEverywhere(_ price: Int64, _ available: Int64, isBuyable: Bool) async throws {
                for path in paths {
                    let shown = try await products(plaza, path, as: ann)
                    #expect(shown.count == 1, "\(path)")
                    #expect(shown.first?["price"] == PlazaFixture.euros(price), "\(path)")
                    #expect(shown.first?["available"] == .integer(available), "\(path)")
                    #expect(shown.first?["is_buyable"] == .bool(isBuyable), "\(path)")
                }
                let one = try await plaza.send(.get, "/v1/posts/\(post)", as: ann)
                #expect(one.json["products"]?.array?.first?["price"] == PlazaFixture.euros(price))
            }
            try await expectEverywhere(1_000, 3, isBuyable: true)
            let change: JSON = ["price": 800, "compare_at": 1_000]
            #expect(try await plaza.send(.patch, "/v1/variants/\(variant)", as: ben, body: change).status == .ok)
            try await expectEverywhere(800, 3, isBuyable: true)
            for path in paths {
                #expect(try await products(plaza, path, as: ann).first?["compare_at"] == PlazaFixture.euros(1_000))
            }
            let bought = try await plaza.checkOut([PlazaFixture.line(variant, 3, price: 800)], as: ann, key: "one")
            #expect(bought.status == .created)
            try await expectEverywhere(800, 0, isBuyable: false)
            let order = try #require(bought.json["id"]?.string)
            #expect(try await plaza.act("cancel", on: order, as: ann).status == .ok)
            try await expectEverywhere(800, 3, isBuyable: true)
            #expect(try await plaza.verify() == [])
        }
    }

    /// A page that is kept runs no statement, whatever its posts tag.
    @Test func aKeptPageWithProductsRunsNothing() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let shop = try await plaza.shop("kiln", by: ben)
            var products: [String] = []
            for _ in 0..<3 { products.append(try await plaza.goods(in: shop).product) }
            for _ in 0..<3 { _ = try await plaza.tag(products, by: ann) }
            for path in Self.pages + ["/v1/products/\(products[0])/posts", "/v1/products/\(products[0])"] {
                _ = try await plaza.send(.get, path, as: ann)
                // Who an author is, and which posts are theirs, is asked every time.
                let expected = path.hasPrefix("/v1/accounts") ? 2 : 0
                #expect(try await plaza.send(.get, path, as: ann).statements == expected, "\(path)")
            }
        }
    }

    /// Nothing is written when a drop opens: the clock decides.
    @Test func aDropOpensInFeedsThatAreKept() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let opensAt = plaza.clock.now.advanced(bySeconds: 60)
            let (product, _) = try await plaza.goods(in: try await plaza.shop("kiln", by: ben)) { $0.opensAt = opensAt }
            _ = try await plaza.tag([product], by: ann)
            for isOpen in [false, true] {
                for path in Self.pages {
                    #expect(try await products(plaza, path, as: ann).first?["is_buyable"] == .bool(isOpen), "\(path)")
                }
                plaza.clock.advance(seconds: 60)
            }
        }
    }

    @Test func whatIsNotForEverybodyIsLeftOutAndNotTagged() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let shop = try await plaza.shop("kiln", by: ben)
            let (bowl, vase) = (try await plaza.goods(in: shop).product, try await plaza.goods(in: shop).product)
            let post = try await plaza.tag([bowl, vase], by: ann)
            #expect(try await products(plaza, Self.pages[0], as: ann).count == 2)
            for status in ["archived", "draft"] {
                let body: JSON = ["status": .string(status)]
                #expect(try await plaza.send(.patch, "/v1/products/\(vase)", as: ben, body: body).status == .ok)
                for path in Self.pages {
                    #expect(try await products(plaza, path, as: ann).map { $0["id"]?.string } == [bowl], "\(path)")
                }
                let refused = try await plaza.send(
                    .post, "/v1/posts", as: ann, body: ["caption": "x", "products": [.string(bowl), .string(vase)]])
                #expect(refused.status == .unprocessableContent)
                #expect(refused.faults == ["/products/1 product_not_found"])
                // Staff see the product itself, but nobody its posts.
                #expect(try await plaza.send(.get, "/v1/products/\(vase)/posts", as: ben).code == "product_not_found")
            }
            let unknown = try await plaza.send(
                .patch, "/v1/posts/\(post)", as: ann, body: ["products": ["prd_0000000000001"]])
            #expect(unknown.faults == ["/products/0 product_not_found"])
            let twice = try await plaza.send(
                .patch, "/v1/posts/\(post)", as: ann, body: ["products": [.string(bowl), .string(bowl)]])
            #expect(twice.faults == ["/products/1 duplicate_product"])
            #expect(try await plaza.verify() == [])
        }
    }

    /// The page is kept; what it says of posts is exact all the same.
    @Test func aProductsPageCountsThePostsThatTagIt() async throws {
        try await withPlaza(isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let shop = try await plaza.shop("kiln", by: try await plaza.signUp("dan"))
            let (bowl, vase) = (try await plaza.goods(in: shop).product, try await plaza.goods(in: shop).product)
            func expect(_ count: Int64, _ comment: Comment) async throws {
                let page = try await plaza.send(.get, "/v1/products/\(bowl)", as: ann)
                #expect(page.json["posts"]?["count"]?.integer == count, comment)
                let url = try #require(page.json["posts"]?["url"]?.string)
                #expect(try await plaza.send(.get, url, as: ann).items.count == Int(count), comment)
            }
            try await expect(0, "none yet")
            let first = try await plaza.tag([bowl], by: ann)
            try await expect(1, "published")
            let second = try await plaza.tag([vase, bowl], by: ben)
            try await expect(2, "another")
            let without: JSON = ["products": [.string(vase)]]
            #expect(try await plaza.send(.patch, "/v1/posts/\(second)", as: ben, body: without).status == .ok)
            try await expect(1, "retagged")
            let narrow: JSON = ["visibility": "followers"]
            #expect(try await plaza.send(.patch, "/v1/posts/\(first)", as: ann, body: narrow).status == .ok)
            try await expect(0, "for followers")
            #expect(
                try await plaza.send(.patch, "/v1/posts/\(first)", as: ann, body: ["visibility": "public"]).status
                    == .ok)
            try await expect(1, "public again")
            #expect(try await plaza.send(.delete, "/v1/posts/\(first)", as: ann).status == .noContent)
            try await expect(0, "deleted")
            let cyd = try await plaza.signUp("cyd")
            _ = try await plaza.tag([bowl], by: cyd)
            try await expect(1, "by somebody else")
            let body: JSON = ["password": .string(PlazaFixture.password)]
            #expect(try await plaza.send(.delete, "/v1/me", as: cyd, body: body).status == .noContent)
            try await plaza.settle()
            try await expect(0, "its author has left")
            #expect(try await plaza.verify() == [])
        }
    }
}

extension Answer {
    /// How many were run for it.
    var statements: Int? {
        headers[.serverTiming]?.firstMatch(of: /(\d+) statements/).flatMap { Int($0.1) }
    }
}

extension PlazaFixture {
    /// A product with one variant, by their ids.
    func goods(
        in shop: ShopProfile, price: Int64 = 1_000, stock: Int64 = 10,
        _ change: (inout ProductDraft) -> Void = { _ in }
    ) async throws -> (product: String, variant: String) {
        var draft = ProductDraft(title: "Bowl")
        draft.handle = "bowl-\(plaza.ids.next(Product.self))".lowercased().replacing("_", with: "-")
        draft.status = .active
        var variant = VariantDraft(price: price)
        variant.onHand = stock
        draft.variants = [variant]
        change(&draft)
        let product = try await plaza.market.create(draft, in: shop.id, by: shop.owner).id
        let id = try await plaza.database.read { db in
            try db.first("SELECT id FROM variant WHERE product_id = \(product) AND is_deleted = 0") {
                $0.id(0, Variant.self)
            }
        }
        return (product.description, try #require(id).description)
    }

    /// Publishes a post that tags products.
    /// - Returns: its id.
    func tag(_ products: [String], visibility: String = "public", by person: Person) async throws -> String {
        let answer = try await send(
            .post, "/v1/posts", as: person,
            body: [
                "caption": "Look", "products": .array(products.map { .string($0) }), "visibility": .string(visibility),
            ])
        #expect(answer.status == .created)
        return try #require(answer.json["id"]?.string)
    }
}
