package import Core
import Storage

/// A post's place in a list, with what the viewer has to do with it.
struct FeedRow {
    let post: ID<Post>
    let isLiked: Bool
    let isFollowing: Bool
    var score: Int64 = 0
}

extension SocialService {
    /// The posts of those one follows, and one's own; newest first.
    ///
    /// Merges the timeline that `FanOutPost` writes with the newest posts of pulled authors. A pulled author's post may
    /// still be in the timeline from before: `UNION` keeps one.
    package func homeFeed(of viewer: ID<Account>, cursor: String?, limit: Int) async throws -> Page<PostView> {
        let filter = "home:\(viewer)"
        let before = try position(cursor, filter: filter, start: .max)
        let rows = try await database.read { db in
            try db.rows(
                """
                SELECT post_id, author_id = \(viewer),
                    EXISTS (SELECT 1 FROM post_like WHERE account_id = \(viewer) AND post_like.post_id = entry.post_id)
                FROM (
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
                ) AS entry
                ORDER BY post_id DESC
                """
            ) { FeedRow(post: $0.id(0), isLiked: $0.bool(2), isFollowing: !$0.bool(1)) }
        }
        return try await feed(rows, limit: limit, filter: filter, viewer: viewer) { [$0.post.rawValue] }
    }

    /// Everybody's public posts by score, without those of people on the other side of a block.
    package func exploreFeed(for viewer: ID<Account>?, cursor: String?, limit: Int) async throws -> Page<PostView> {
        let filter = "explore"
        let start = try cursor.map { try cursors.open($0, fields: 2, filter: filter) } ?? [.max, .max]
        let viewer = viewer ?? .nobody
        let rows = try await database.read { db in
            try db.rows(
                """
                SELECT post.id,
                    EXISTS (SELECT 1 FROM post_like WHERE account_id = \(viewer) AND post_id = post.id),
                    EXISTS (SELECT 1 FROM follow WHERE follower_id = \(viewer) AND followee_id = post.author_id),
                    post.score
                FROM post
                WHERE post.is_deleted = 0 AND post.visibility = 0 AND (post.score, post.id) < (\(start[0]), \(start[1]))
                    AND NOT EXISTS (
                        SELECT 1 FROM barrier
                        WHERE barrier.account_id = \(viewer) AND barrier.other_id = post.author_id)
                ORDER BY post.score DESC, post.id DESC
                LIMIT \(limit + 1)
                """
            ) { FeedRow(post: $0.id(0), isLiked: $0.bool(1), isFollowing: $0.bool(2), score: $0.integer(3)) }
        }
        return try await feed(rows, limit: limit, filter: filter, viewer: viewer) { [$0.score, $0.post.rawValue] }
    }

    /// An author's posts that `viewer` may see, newest first.
    package func posts(
        by author: PersonName, cursor: String?, limit: Int, viewer: ID<Account>?
    ) async throws -> Page<PostView> {
        let viewer = viewer ?? .nobody
        let (rows, filter) = try await database.read { db in
            guard let author = try person(author, viewer: viewer, in: db) else { throw SocialError.accountNotFound }
            let filter = "posts:\(author.id)"
            let before = try position(cursor, filter: filter, start: .max)
            let seesAll = author.isFollowing || author.id == viewer
            let rows = try db.rows(
                """
                SELECT post.id, EXISTS (SELECT 1 FROM post_like WHERE account_id = \(viewer) AND post_id = post.id)
                FROM post
                WHERE post.author_id = \(author.id) AND post.is_deleted = 0 AND post.id < \(before)
                    AND (post.visibility = 0 OR \(seesAll) = 1)
                ORDER BY post.id DESC
                LIMIT \(limit + 1)
                """
            ) { FeedRow(post: $0.id(0), isLiked: $0.bool(1), isFollowing: author.isFollowing) }
            return (rows, filter)
        }
        return try await feed(rows, limit: limit, filter: filter, viewer: viewer) { [$0.post.rawValue] }
    }

    /// Puts the cards to the rows. A post that went away between the two is left out; the cursor does not mind.
    func feed(
        _ rows: [FeedRow], limit: Int, filter: String, viewer: ID<Account>, key: (FeedRow) -> [Int64]
    ) async throws -> Page<PostView> {
        let page = page(rows, limit: limit, filter: filter, key: key)
        let cards = try await cards(of: page.items.map(\.post))
        let items = zip(page.items, cards).compactMap { row, card in view(of: row, card: card, viewer: viewer) }
        return Page(items: items, next: page.next)
    }

    /// Nil when the post was deleted, or kept for followers, after the row was read.
    func view(of row: FeedRow, card: PostCard?, viewer: ID<Account>?) -> PostView? {
        guard let card, card.visibility == .everyone || row.isFollowing || card.author == viewer else { return nil }
        return PostView(card: card, isLiked: row.isLiked, isFollowing: row.isFollowing)
    }
}
