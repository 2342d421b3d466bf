import Core
import HTTP
import PlazaTesting
import Storage
import Testing

@testable import Social

@Suite struct TagTests {
    private static let bowl = ID<Product>(rawValue: 5)
    private static let vase = ID<Product>(rawValue: 6)

    /// Nothing of a product is in what is kept of posts.
    @Test func aNewPriceIsInEveryPageThatIsKept() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann, tagging: [Self.bowl])
            for price in [1_000, 900] as [Int64] {
                plaza.shelf.setPrice(price)
                _ = try await plaza.pages(of: post, by: ann)
                _ = plaza.statements.take()
                for (name, products) in try await plaza.pages(of: post, by: ann) {
                    #expect(products.map { $0["price"]?["amount"]?.integer } == [price], "\(name)")
                }
            }
            plaza.shelf.hide(Self.bowl)
            for (name, products) in try await plaza.pages(of: post, by: ann) where name != "tagging" {
                #expect(products == [], "\(name)")
            }
        }
    }

    @Test func aWarmPageOfWhatTagsNeedsNoStatement() async throws {
        try await withSocial { plaza in
            let (ann, ben) = (try await plaza.person("ann"), try await plaza.person("ben"))
            try await plaza.publish(by: ann, tagging: [Self.bowl])
            for viewer in [ann, ben, nil] {
                for isWarm in [false, true] {
                    _ = plaza.statements.take()
                    _ = try await plaza.social.posts(tagging: Self.bowl, cursor: nil, limit: 20, viewer: viewer)
                    if isWarm { #expect(plaza.statements.take().map(\.text) == []) }
                }
            }
        }
    }

    @Test func onlyWhatIsForSaleIsTagged() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            plaza.shelf.hide(Self.vase)
            let post = try await plaza.publish(by: ann, tagging: [Self.bowl])
            for (products, refusal) in [
                ([Self.bowl, Self.vase], .productNotFound(at: 1)), ([Self.bowl, Self.bowl], .productTwice(at: 1)),
            ] as [([ID<Product>], SocialError)] {
                await #expect(throws: refusal) { try await plaza.publish(by: ann, tagging: products) }
                await #expect(throws: refusal) {
                    _ = try await plaza.social.edit(post, .products(products), by: ann)
                }
            }
            #expect(SocialError.productNotFound(at: 1).problem.errors.map(\.pointer) == ["/products/1"])
            #expect(try await plaza.tags() == 1)
            #expect(try await plaza.person(ann).postCount == 1)
        }
    }

    /// What has been archived comes back with its tag, while the author leaves the list alone.
    @Test func anEditOfTheCaptionKeepsWhatIsNotShown() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann, tagging: [Self.bowl, Self.vase])
            plaza.shelf.hide(Self.vase)
            let edited = try plaza.json(try await plaza.social.edit(post, .caption("New"), by: ann))
            #expect(edited["products"]?.array?.compactMap { $0["id"]?.string } == ["\(Self.bowl)"])
            plaza.shelf.show(Self.vase)
            let seen = try plaza.json(try await plaza.social.post(post, viewer: nil).view)
            #expect(seen["products"]?.array?.compactMap { $0["id"]?.string } == ["\(Self.bowl)", "\(Self.vase)"])
        }
    }

    @Test func postsOfAProductAreListedNewestFirst() async throws {
        try await withSocial { plaza in
            let (ann, ben) = (try await plaza.person("ann"), try await plaza.person("ben"))
            var posts: [ID<Post>] = []
            for author in [ann, ben, ann, ben, ann] {
                posts.append(try await plaza.publish(by: author, tagging: [Self.vase, Self.bowl]))
            }
            try await plaza.publish(by: ann, tagging: [Self.vase])
            let hidden = try await plaza.publish(by: ann, for: .followers, tagging: [Self.bowl])
            let listed = try await plaza.all { cursor in
                try await plaza.social.posts(tagging: Self.bowl, cursor: cursor, limit: 2, viewer: nil)
            }
            #expect(listed.map(\.card.id) == posts.reversed())
            // Narrowed, widened, retagged, deleted.
            _ = try await plaza.social.edit(posts[0], .visibility(.followers), by: ann)
            _ = try await plaza.social.edit(hidden, .visibility(.everyone), by: ann)
            _ = try await plaza.social.edit(posts[1], .products([Self.vase]), by: ben)
            try await plaza.social.delete(posts[2], by: ann, isModerator: false)
            #expect(try await plaza.tagging(Self.bowl) == [hidden, posts[4], posts[3]])
            let cleo = try await plaza.person("cleo")
            #expect(try await plaza.tagging(Self.bowl, for: cleo) == [hidden, posts[4], posts[3]])
            try await plaza.social.block(cleo, by: ann)
            #expect(try await plaza.tagging(Self.bowl, for: cleo) == [posts[3]])
            #expect(try await plaza.tagging(Self.bowl, for: nil) == [hidden, posts[4], posts[3]])
            try await plaza.database.write { tx in try plaza.social.erase(ben, in: tx) }
            #expect(try await plaza.tagging(Self.bowl, for: cleo) == [])
            try await plaza.runJobs()
            #expect(
                try await plaza.number("SELECT COUNT(*) FROM post_product WHERE author_id = \(ben) /* scan: test */")
                    == 0)
            plaza.shelf.hide(Self.bowl)
            await #expect(throws: SocialError.taggedProductNotFound) { try await plaza.tagging(Self.bowl) }
        }
    }

    @Test func aCursorIsOfItsProduct() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            for _ in 0..<2 { try await plaza.publish(by: ann, tagging: [Self.bowl]) }
            let first = try await plaza.social.posts(tagging: Self.bowl, cursor: nil, limit: 1, viewer: nil)
            await #expect(throws: (any Error).self) {
                _ = try await plaza.social.posts(tagging: Self.vase, cursor: first.next, limit: 1, viewer: nil)
            }
        }
    }

    /// Whoever counts a product's posts hears of each change that others can see.
    @Test func changesAreTold() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann, tagging: [Self.bowl])
            #expect(plaza.shelf.takeChanged() == [Self.bowl])
            _ = try await plaza.social.edit(post, .products([Self.vase]), by: ann)
            #expect(Set(plaza.shelf.takeChanged()) == [Self.bowl, Self.vase])
            _ = try await plaza.social.edit(post, .caption("Hm"), by: ann)
            #expect(plaza.shelf.takeChanged() == [])
            _ = try await plaza.social.edit(post, .visibility(.followers), by: ann)
            #expect(Set(plaza.shelf.takeChanged()) == [Self.vase])
            try await plaza.social.delete(post, by: ann, isModerator: false)
            #expect(plaza.shelf.takeChanged() == [Self.vase])
        }
    }

    // MARK: Attribution

    @Test func onlyWhatABuyerMaySeeIsAttributed() async throws {
        try await withSocial { plaza in
            let (ann, ben) = (try await plaza.person("ann"), try await plaza.person("ben"))
            let post = try await plaza.publish(by: ann, tagging: [Self.bowl])
            #expect(try await plaza.author(by: post, buying: [Self.vase, Self.bowl], for: ben) == ann)
            #expect(try await plaza.author(by: post, buying: [Self.vase], for: ben) == nil)
            #expect(try await plaza.author(by: ID(rawValue: 99), buying: [Self.bowl], for: ben) == nil)
            #expect(try await plaza.author(by: post, buying: [Self.bowl], for: ann) == nil, "their own")
            _ = try await plaza.social.edit(post, .visibility(.followers), by: ann)
            #expect(try await plaza.author(by: post, buying: [Self.bowl], for: ben) == nil)
            try await plaza.social.follow(ann, by: ben)
            #expect(try await plaza.author(by: post, buying: [Self.bowl], for: ben) == ann)
            try await plaza.social.block(ben, by: ann)
            _ = try await plaza.social.edit(post, .visibility(.everyone), by: ann)
            #expect(try await plaza.author(by: post, buying: [Self.bowl], for: ben) == nil)
            try await plaza.social.unblock(ben, by: ann)
            _ = try await plaza.social.edit(post, .products([Self.vase]), by: ann)
            #expect(try await plaza.author(by: post, buying: [Self.bowl], for: ben) == nil)
            #expect(try await plaza.author(by: post, buying: [Self.vase], for: ben) == ann)
            try await plaza.database.write { tx in try plaza.social.erase(ann, in: tx) }
            #expect(try await plaza.author(by: post, buying: [Self.vase], for: ben) == nil)
        }
    }
}

extension PostChange {
    fileprivate static func products(_ products: [ID<Product>]) -> PostChange {
        var change = PostChange()
        change.products = products
        return change
    }
}

extension SocialFixture {
    fileprivate func tags() async throws -> Int64 {
        try await number("SELECT COUNT(*) FROM post_product /* scan: a test's table */")
    }

    @discardableResult
    fileprivate func tagging(_ product: ID<Product>, for viewer: ID<Account>? = nil) async throws -> [ID<Post>] {
        try await social.posts(tagging: product, cursor: nil, limit: 20, viewer: viewer).items.map(\.card.id)
    }

    fileprivate func author(
        by post: ID<Post>, buying products: [ID<Product>], for buyer: ID<Account>
    ) async throws -> ID<Account>? {
        try await database.read { db in try social.attribution(by: post, of: products, to: buyer, in: db)?.author }
    }

    /// What a post tags, wherever it is shown.
    fileprivate func pages(of post: ID<Post>, by author: ID<Account>) async throws -> [String: [JSON]] {
        let product = ID<Product>(rawValue: 5)
        var views = [
            "home": try await social.homeFeed(of: author, cursor: nil, limit: 20).items,
            "explore": try await social.exploreFeed(for: nil, cursor: nil, limit: 20).items,
            "profile": try await social.posts(by: .id(author), cursor: nil, limit: 20, viewer: nil).items,
            "post": [try await social.post(post, viewer: author).view],
        ]
        views["tagging"] = try? await social.posts(tagging: product, cursor: nil, limit: 20, viewer: nil).items
        return try views.mapValues { try json($0[0])["products"]?.array ?? [] }
    }
}
