import Cache
package import Core
import Storage

/// A post's place in a list.
struct FeedRow: Sendable {
    let post: ID<Post>
    let author: ID<Account>
    var score: Int64 = 0
}

/// A page of a list of posts as it is kept: which posts they are, not what they look like or how a viewer stands to them.
struct FeedPage: Sendable {
    let rows: Page<FeedRow>
    /// Who wrote the one after the last: a block may lie between the viewer and them, too.
    let nextAuthor: ID<Account>?
    let limit: Int
    /// Of what can overtake it without dropping it, before it was read.
    let generation: UInt64

    var cost: Int { rows.items.count * MemoryLayout<FeedRow>.stride + 288 }
}

/// Where a page of explore begins. By the cursor as it came: one under which a page is kept has been opened before.
struct RankedPosition: Hashable, Sendable {
    let cursor: String?
    let limit: Int
}

extension SocialService {
    /// The posts of those one follows, and one's own; newest first.
    package func homeFeed(of viewer: ID<Account>, cursor: String?, limit: Int) async throws -> Page<PostView> {
        guard let cursor else { return try await feed(try await firstHomePage(of: viewer, limit: limit), for: viewer) }
        let filter = Self.homeFilter(viewer)
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let rows = try await database.read { db in try homeRows(of: viewer, before: before, limit: limit, in: db) }
        return try await feed(cursors.page(rows, limit: limit, filter: filter) { [$0.post.rawValue] }, for: viewer)
    }

    private static func homeFilter(_ viewer: ID<Account>) -> String { "home:\(viewer)" }

    private func firstHomePage(of viewer: ID<Account>, limit: Int) async throws -> Page<FeedRow> {
        let generation = caches.pulled.current
        if let kept = caches.homes.value(for: viewer), kept.limit == limit, kept.generation == generation {
            return kept.rows
        }
        let ticket = caches.homes.ticket()
        let rows = try await database.read { db in try homeRows(of: viewer, before: .max, limit: limit, in: db) }
        let read = FeedPage(
            rows: cursors.page(rows, limit: limit, filter: Self.homeFilter(viewer)) { [$0.post.rawValue] },
            nextAuthor: nil,
            limit: limit, generation: generation)
        caches.homes.offer(read, for: viewer, cost: read.cost, with: ticket)
        return read.rows
    }

    /// Merges the timeline that `FanOutPosts` writes with the newest posts of pulled authors. A pulled author's post may
    /// still be in the timeline from before: `UNION` keeps one.
    private func homeRows(
        of viewer: ID<Account>, before: Int64, limit: Int, in db: some Queryable
    ) throws -> [FeedRow] {
        try db.rows(
            """
            SELECT post_id, author_id
            FROM feed_entry
            WHERE account_id = \(viewer) AND post_id < \(before)
            UNION
            SELECT post.id, post.author_id
            FROM follow
            JOIN post ON post.author_id = follow.followee_id AND post.is_deleted = 0
            WHERE follow.follower_id = \(viewer) AND follow.is_pulled = 1
                AND post.id IN (
                    SELECT newest.id
                    FROM post AS newest
                    WHERE newest.author_id = follow.followee_id AND newest.is_deleted = 0 AND newest.id < \(before)
                    ORDER BY newest.id DESC
                    LIMIT \(limit + 1))
            ORDER BY 1 DESC
            LIMIT \(limit + 1)
            """
        ) { FeedRow(post: $0.id(0), author: $0.id(1)) }
    }

    /// Everybody's public posts by score, without those of people on the other side of a block.
    package func exploreFeed(for viewer: ID<Account>?, cursor: String?, limit: Int) async throws -> Page<PostView> {
        let position = RankedPosition(cursor: cursor, limit: limit)
        let everybodys = try await rankedPage(at: position)
        let authors = everybodys.rows.items.map(\.author) + (everybodys.nextAuthor.map { [$0] } ?? [])
        guard let viewer, try await relations(of: viewer).mayBar(authors) else {
            return try await feed(everybodys.rows, for: viewer)
        }
        let start = try start(of: position)
        let rows = try await database.read { db in
            try rankedRows(
                from: start, limit: limit,
                without: """
                    AND NOT EXISTS (
                        SELECT 1 FROM barrier
                        WHERE barrier.account_id = \(viewer) AND barrier.other_id = post.author_id)
                    """, in: db)
        }
        return try await feed(rankedPage(rows, limit: limit), for: viewer)
    }

    private static let exploreFilter = "explore"

    /// As visitors see it.
    private func rankedPage(at position: RankedPosition) async throws -> FeedPage {
        let generation = caches.ranking.current
        if let kept = caches.ranks.value(for: position), kept.generation == generation { return kept }
        let start = try start(of: position)
        let ticket = caches.ranks.ticket()
        let rows = try await database.read { db in
            try rankedRows(from: start, limit: position.limit, without: "", in: db)
        }
        let read = FeedPage(
            rows: rankedPage(rows, limit: position.limit),
            nextAuthor: rows.count > position.limit ? rows.last?.author : nil, limit: position.limit,
            generation: generation)
        caches.ranks.offer(read, for: position, cost: read.cost, with: ticket)
        return read
    }

    private func start(of position: RankedPosition) throws -> [Int64] {
        guard let cursor = position.cursor else { return [.max, .max] }
        return try cursors.open(cursor, fields: 2, filter: Self.exploreFilter)
    }

    private func rankedPage(_ rows: [FeedRow], limit: Int) -> Page<FeedRow> {
        cursors.page(rows, limit: limit, filter: Self.exploreFilter) { [$0.score, $0.post.rawValue] }
    }

    private func rankedRows(
        from start: [Int64], limit: Int, without barred: SQL, in db: some Queryable
    ) throws -> [FeedRow] {
        try db.rows(
            """
            SELECT post.id, post.author_id, post.score
            FROM post
            WHERE post.is_deleted = 0 AND post.visibility = 0
                AND (post.score, post.id) < (\(start[0]), \(start[1])) AND \(Self.isThere("post.author_id")) \(barred)
            ORDER BY post.score DESC, post.id DESC
            LIMIT \(limit + 1)
            """
        ) { FeedRow(post: $0.id(0), author: $0.id(1), score: $0.integer(2)) }
    }

    /// An author's posts that `viewer` may see, newest first.
    package func posts(
        by author: PersonName, cursor: String?, limit: Int, viewer: ID<Account>?
    ) async throws -> Page<PostView> {
        let page = try await database.read { db in
            guard let author = try person(author, viewer: viewer ?? .nobody, in: db) else {
                throw SocialError.accountNotFound
            }
            let filter = "posts:\(author.id)"
            let before = try cursors.position(cursor, filter: filter, start: .max)
            let seesAll = author.isFollowing || author.id == viewer
            let rows = try db.rows(
                """
                SELECT id
                FROM post
                WHERE author_id = \(author.id) AND is_deleted = 0 AND id < \(before)
                    AND (visibility = 0 OR \(seesAll) = 1)
                ORDER BY id DESC
                LIMIT \(limit + 1)
                """
            ) { FeedRow(post: $0.id(0), author: author.id) }
            return cursors.page(rows, limit: limit, filter: filter) { [$0.post.rawValue] }
        }
        return try await feed(page, for: viewer)
    }

    /// Puts the cards to the rows, and the viewer to the cards. A post that went away, or out of the viewer's sight,
    /// after its row was read is left out; the cursor does not mind.
    func feed(_ page: Page<FeedRow>, for viewer: ID<Account>?) async throws -> Page<PostView> {
        let cards = try await cards(of: page.items.map(\.post))
        let relations = try await relations(of: viewer, to: page.items)
        let views = cards.compactMap { $0.flatMap { relations.view(of: $0, for: viewer) } }
        guard views.contains(where: { !$0.card.products.isEmpty }) else { return Page(items: views, next: page.next) }
        return Page(items: try await withProducts(views), next: page.next)
    }

    /// A single post as `viewer` sees it.
    /// - Throws: ``SocialError/postNotFound`` also when it is not there for them.
    func view(of post: ID<Post>, for viewer: ID<Account>?) async throws -> PostView {
        guard let card = try await cards(of: [post])[0],
            let view = try await relations(of: viewer, to: [FeedRow(post: post, author: card.author)])
                .view(of: card, for: viewer)
        else { throw SocialError.postNotFound }
        return view.card.products.isEmpty ? view : try await withProducts([view])[0]
    }

    /// Puts to posts what they tag, as it is now: in no statement, or in one for all of them. What not everybody may see
    /// any more is left out.
    private func withProducts(_ views: [PostView]) async throws -> [PostView] {
        var wanted: Set<ID<Product>> = []
        for view in views { wanted.formUnion(view.card.products) }
        let ids = wanted.sorted()
        var found: [ID<Product>: TaggedProduct] = [:]
        for (id, product) in zip(ids, try await products.cards(of: ids)) { found[id] = product }
        return views.map { view in
            var view = view
            view.products = view.card.products.compactMap { found[$0] }
            return view
        }
    }
}
