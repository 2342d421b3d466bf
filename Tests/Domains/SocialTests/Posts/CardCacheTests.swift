import Cache
import Core
import PlazaTesting
import Storage
import Synchronization
import Testing

@testable import Social

@Suite struct CardCacheTests {
    /// Writers and readers at once: nobody reads fewer likes than had been acknowledged before the read began. With
    /// room for every card, and with room for hardly any.
    @Test(arguments: [1, 2, 3, 4] as [UInt64], [64 * 1_024 * 1_024, 32_000])
    func aReadSeesEveryLikeThatWasAcknowledged(seed: UInt64, cacheBytes: Int) async throws {
        try await withSocial(limits: { $0.cardCacheBytes = cacheBytes }) { plaza in
            let ann = try await plaza.person("ann")
            let fans = try await plaza.people(24)
            var posts: [ID<Post>] = []
            for _ in 0..<6 { posts.append(try await plaza.publish(by: ann)) }
            let targets = posts
            let acknowledged = Acknowledged()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, fan) in fans.enumerated() {
                    var random = SplitMix64(seed: seed &* 1_000 &+ UInt64(index))
                    let order = targets.shuffled(using: &random)
                    group.addTask {
                        for post in order {
                            try await plaza.social.like(post, by: fan)
                            acknowledged.add(post)
                            try await plaza.expectLikes(atLeast: acknowledged.likes, seenBy: fan)
                        }
                    }
                }
                try await group.waitForAll()
            }
            for post in posts { #expect(try await plaza.count("likes", of: post) == 24, "seed \(seed)") }
        }
    }

    @Test func aNewNameShowsEverywhere() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.social.follow(ann, by: bob)
            let post = try await plaza.publish("glaze", by: ann)
            _ = try await plaza.social.comment("Mine", on: post, parent: nil, by: ann)
            try await plaza.runJobs()
            try await plaza.index()
            #expect(try await plaza.names(of: ann, around: post, for: bob) == ["ann"])
            let card = PersonCard(id: ann, handle: "anna", displayName: "Anna", bio: "", avatarURL: nil)
            try await plaza.database.write { tx in try plaza.social.changePerson(card, in: tx) }
            #expect(try await plaza.names(of: ann, around: post, for: bob) == ["anna"])
            try await plaza.index()
            #expect(try await plaza.social.searchPeople("anna", cursor: nil, limit: 5, viewer: bob).items.count == 1)
            await #expect(throws: SocialError.accountNotFound) {
                _ = try await plaza.social.person(.handle("ann"), viewer: bob)
            }
        }
    }

    @Test(arguments: [0, 100])
    func onlyWhatIsShownBesidePostsDropsCards(listMax: Int) async throws {
        try await withSocial(limits: { $0.droppedCardsMax = listMax }) { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            for author in [ann, bob, ann] { try await plaza.publish(by: author) }
            _ = try await plaza.explore()
            #expect(plaza.social.caches.cards.count == 3)
            for (name, bio, cards) in [("ann of Plaza", "Ceramics.", 3), ("Anna", "Ceramics.", 1)] {
                let card = PersonCard(id: ann, handle: "ann", displayName: name, bio: bio, avatarURL: nil)
                for _ in 0..<2 { try await plaza.database.write { tx in try plaza.social.changePerson(card, in: tx) } }
                #expect(plaza.social.caches.cards.count == cards)
                #expect(try await plaza.person(ann).bio == bio)
            }
            // Two for the new accounts, and one for each of the two changes.
            #expect(
                try await plaza.number(
                    "SELECT COUNT(*) FROM event WHERE type = 'person.changed' /* scan: a test's table */") == 4)
        }
    }

    @Test func aChangeThatWasRolledBackIsNotShown() async throws {
        try await withSocial { plaza in
            struct Refusal: Error {}
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann)
            await #expect(throws: Refusal.self) {
                try await plaza.database.write { tx in
                    try plaza.social.like(post, by: ann, in: tx)
                    throw Refusal()
                }
            }
            #expect(try await plaza.count("likes", of: post) == 0)
        }
    }
}

/// Likes whose writers have heard of their commit.
private final class Acknowledged: Sendable {
    private let counts = Mutex<[ID<Post>: Int64]>([:])

    var likes: [ID<Post>: Int64] { counts.withLock { $0 } }

    func add(_ post: ID<Post>) {
        counts.withLock { $0[post, default: 0] += 1 }
    }
}

extension SocialFixture {
    fileprivate func expectLikes(atLeast floor: [ID<Post>: Int64], seenBy viewer: ID<Account>) async throws {
        let page = try await social.exploreFeed(for: viewer, cursor: nil, limit: 20)
        for view in page.items {
            let likes = try json(view)["counts"]?["likes"]?.integer ?? 0
            #expect(likes >= floor[view.card.id] ?? 0)
        }
    }

    /// The handles under which an author appears.
    fileprivate func names(
        of author: ID<Account>, around post: ID<Post>, for viewer: ID<Account>
    ) async throws -> Set<String> {
        var views = try await social.homeFeed(of: viewer, cursor: nil, limit: 5).items
        views += try await social.exploreFeed(for: viewer, cursor: nil, limit: 5).items
        views += try await social.posts(by: .id(author), cursor: nil, limit: 5, viewer: viewer).items
        views += try await social.searchPosts("glaze", cursor: nil, limit: 5, viewer: viewer).items
        let single = try await social.post(post, viewer: viewer)
        views.append(single.view)
        #expect(views.count == 5)
        var names = Set(try views.compactMap { try json($0)["author"]?["handle"]?.string })
        names.formUnion(try single.comments.items.compactMap { try json($0)["author"]?["handle"]?.string })
        names.formUnion(
            try await social.people(.following, of: viewer, cursor: nil, limit: 5, viewer: viewer).items.map(\.handle))
        return names
    }
}
