import Core
import Storage
import Testing

@testable import Social

/// Where somebody can come across a post.
enum Place: String, CaseIterable, Sendable {
    case home, explore, author, search, single, comments, like
}

@Suite struct VisibilityTests {
    enum Viewer: CaseIterable, Sendable {
        case owner, follower, stranger, visitor, blocked, blocker
    }

    static let everywhere = Set(Place.allCases)

    @Test(
        arguments: [
            (Viewer.owner, everywhere), (.follower, everywhere), (.stranger, everywhere.subtracting([.home])),
            (.visitor, everywhere.subtracting([.home, .like])), (.blocked, []), (.blocker, []),
        ] as [(Viewer, Set<Place>)])
    func aPublicPostIsSeen(by viewer: Viewer, in places: Set<Place>) async throws {
        try await expect(places, for: viewer, of: .everyone)
    }

    @Test(
        arguments: [
            (Viewer.owner, everywhere.subtracting([.explore, .search])),
            (.follower, everywhere.subtracting([.explore, .search])),
            (.stranger, []), (.visitor, []), (.blocked, []), (.blocker, []),
        ] as [(Viewer, Set<Place>)])
    func aPostForFollowersIsSeen(by viewer: Viewer, in places: Set<Place>) async throws {
        try await expect(places, for: viewer, of: .followers)
    }

    private func expect(_ places: Set<Place>, for viewer: Viewer, of visibility: Post.Visibility) async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            if [.follower, .blocked, .blocker].contains(viewer) { try await plaza.social.follow(ann, by: bob) }
            let post = try await plaza.publish("glaze", by: ann, for: visibility)
            try await plaza.runJobs()
            if viewer == .blocked { try await plaza.social.block(bob, by: ann) }
            if viewer == .blocker { try await plaza.social.block(ann, by: bob) }
            try await plaza.index()
            let account: ID<Account>? = viewer == .visitor ? nil : viewer == .owner ? ann : bob
            // From the database, and again from cached cards.
            for _ in 0..<2 { #expect(try await plaza.places(of: post, for: account) == places) }
        }
    }

    @Test func narrowingAPostHidesItFromStrangersAndWideningShowsItAgain() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish("glaze", by: ann)
            try await plaza.index()
            #expect(try await plaza.places(of: post, for: bob).count == 6)
            _ = try await plaza.social.edit(post, .visibility(.followers), by: ann)
            #expect(try await plaza.places(of: post, for: bob).isEmpty)
            try await plaza.index()
            #expect(try await plaza.places(of: post, for: bob).isEmpty)
            _ = try await plaza.social.edit(post, .visibility(.everyone), by: ann)
            try await plaza.index()
            #expect(try await plaza.places(of: post, for: bob).count == 6)
        }
    }

    @Test func aCardThatWasNarrowedAfterItsRowWasReadIsNotShown() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let card = try await plaza.social.publish(PostDraft(caption: "x", visibility: .followers), by: ann).card
            let page = Page(items: [FeedRow(post: card.id, author: ann)], next: nil)
            for (viewer, count) in [(bob, 0), (nil, 0), (ann, 1)] as [(ID<Account>?, Int)] {
                #expect(try await plaza.social.feed(page, for: viewer).items.count == count)
            }
            try await plaza.social.follow(ann, by: bob)
            #expect(try await plaza.social.feed(page, for: bob).items.count == 1)
            try await plaza.social.delete(card.id, by: ann, isModerator: false)
            #expect(try await plaza.social.feed(page, for: bob).items.isEmpty)
        }
    }
}

extension SocialFixture {
    /// Where `viewer` comes across the post. Its caption must be found by its first word.
    func places(of post: ID<Post>, for viewer: ID<Account>?) async throws -> Set<Place> {
        var places: Set<Place> = []
        if let viewer, try await home(of: viewer).contains(post) { places.insert(.home) }
        if try await explore(for: viewer).contains(post) { places.insert(.explore) }
        let author = try await database.read { db in
            try db.first("SELECT author_id FROM post WHERE id = \(post)") { $0.id(0, Account.self) }
        }
        if let author, let own = try? await social.posts(by: .id(author), cursor: nil, limit: 100, viewer: viewer) {
            if own.items.contains(where: { $0.card.id == post }) { places.insert(.author) }
        }
        for word in ["glaze", "unique"] {
            let found = try await social.searchPosts(word, cursor: nil, limit: 100, viewer: viewer)
            if found.items.contains(where: { $0.card.id == post }) { places.insert(.search) }
        }
        if (try? await social.post(post, viewer: viewer)) != nil { places.insert(.single) }
        if (try? await social.comments(of: post, cursor: nil, limit: 1, viewer: viewer)) != nil {
            places.insert(.comments)
        }
        if let viewer, (try? await social.like(post, by: viewer)) != nil { places.insert(.like) }
        return places
    }
}
