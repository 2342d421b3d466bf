import Core
import PlazaTesting
import Storage
import Telemetry
import Testing

@testable import Social

/// What is kept in memory is what the tables say, after every write.
@Suite struct CacheTruthTests {
    /// People do anything in any order; after each deed, every page is what a service without caches answers, and what
    /// plain SQL says.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func everyPageIsWhatTheTablesSay(seed: UInt64) async throws {
        try await withSocial(limits: Town.bound) { plaza in
            var town = try await Town(plaza, seed: seed)
            let uncached = plaza.uncached
            for step in 0..<150 {
                let deed = try await town.act()
                for viewer in town.viewers() {
                    let posts = Array(town.posts.suffix(6))
                    let kept = try await Pages(social: plaza.social, viewer: viewer)
                        .all(posts: posts, authors: town.people)
                    let read = try await Pages(social: uncached, viewer: viewer)
                        .all(posts: posts, authors: town.people)
                    for (name, page) in read {
                        try #require(kept[name] == page, "seed \(seed), step \(step), \(deed): \(name)")
                    }
                    try await plaza.expectFeedsFromSQL(for: viewer, "seed \(seed), step \(step), \(deed)")
                }
            }
        }
    }

    /// The second look at a page costs nothing.
    @Test func aWarmPageNeedsNoStatement() async throws {
        try await withSocial { plaza in
            let world = try await RouteWorld(plaza)
            for _ in 0..<2 {
                _ = plaza.statements.take()
                for viewer in [world.bob, nil] {
                    if let viewer { _ = try await plaza.home(of: viewer, limit: 20) }
                    _ = try await plaza.explore(for: viewer, limit: 20)
                    _ = try await plaza.social.post(world.post, viewer: viewer)
                    _ = try await plaza.social.comments(of: world.post, cursor: nil, limit: 20, viewer: viewer)
                }
            }
            #expect(plaza.statements.take().map(\.text) == [])
        }
    }
}

extension SocialFixture {
    /// The same service over the same tables, with no memory.
    var uncached: SocialService {
        var limits = social.limits
        limits.cardCacheBytes = 0
        limits.commentCacheBytes = 0
        limits.homeCacheBytes = 0
        limits.exploreCacheBytes = 0
        limits.relationCacheBytes = 0
        limits.taggingCacheBytes = 0
        return SocialService(
            database: database, ids: ids, clock: clock.wall, events: events, jobs: jobs, cursors: social.cursors,
            products: shelf, publisher: pushes, registry: MetricRegistry(), limits: limits)
    }

    /// The first pages of the feeds, and how the viewer stands to each post, without anything that the service does.
    fileprivate func expectFeedsFromSQL(for viewer: ID<Account>?, _ comment: Testing.Comment) async throws {
        let explore = try await stances(
            in: """
                SELECT post.id, post.author_id
                FROM post
                WHERE post.is_deleted = 0 AND post.visibility = 0 AND NOT EXISTS (
                    SELECT 1 FROM barrier WHERE account_id = \(viewer ?? .nobody) AND other_id = post.author_id)
                    AND NOT EXISTS (
                        SELECT 1 FROM person WHERE person.account_id = post.author_id AND person.is_erased <> 0)
                ORDER BY post.score DESC, post.id DESC
                LIMIT 3 /* scan: a test's table */
                """, of: viewer ?? .nobody)
        let shown = try await social.exploreFeed(for: viewer, cursor: nil, limit: 3).items.map(Stance.init)
        #expect(shown == explore, comment)
        guard let viewer else { return }
        let home = try await stances(
            in: """
                SELECT post_id, author_id FROM feed_entry WHERE account_id = \(viewer)
                UNION
                SELECT post.id, post.author_id
                FROM follow JOIN post ON post.author_id = follow.followee_id
                WHERE follow.follower_id = \(viewer) AND follow.is_pulled = 1 AND post.is_deleted = 0
                ORDER BY 1 DESC
                LIMIT 3 /* scan: a test's table */
                """, of: viewer)
        #expect(try await social.homeFeed(of: viewer, cursor: nil, limit: 3).items.map(Stance.init) == home, comment)
    }

    /// How a viewer stands to the posts that a statement selects, of those that may be shown.
    private func stances(in posts: SQL, of viewer: ID<Account>) async throws -> [Stance] {
        try await database.read { db in
            let shown = try db.rows(posts) { ($0.id(0, Post.self), $0.id(1, Account.self)) }
            return try shown.compactMap { post, author in
                let isThere = try db.exists(
                    """
                    SELECT 1
                    FROM post
                    JOIN person ON person.account_id = post.author_id
                    WHERE post.id = \(post) AND post.is_deleted = 0 AND person.is_erased = 0
                    """)
                guard isThere else { return nil }
                return Stance(
                    post: post,
                    isLiked: try db.exists(
                        "SELECT 1 FROM post_like WHERE account_id = \(viewer) AND post_id = \(post)"),
                    isFollowing: try db.exists(
                        "SELECT 1 FROM follow WHERE follower_id = \(viewer) AND followee_id = \(author)"))
            }
        }
    }
}

private struct Stance: Equatable {
    let post: ID<Post>
    let isLiked: Bool
    let isFollowing: Bool

    init(post: ID<Post>, isLiked: Bool, isFollowing: Bool) {
        self.post = post
        self.isLiked = isLiked
        self.isFollowing = isFollowing
    }

    init(_ view: PostView) {
        self.init(post: view.card.id, isLiked: view.isLiked, isFollowing: view.isFollowing)
    }
}
