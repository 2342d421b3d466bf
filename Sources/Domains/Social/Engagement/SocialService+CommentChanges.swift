package import Core
import Storage

/// A comment that was edited or deleted.
package struct CommentChange: Sendable {
    package let id: ID<Comment>
    /// As it is now; nil when it is gone, and the replies to it with it.
    package let comment: Comment?
    let revision: Int64
}

/// What has become of a post's comments.
package struct CommentChanges: Sendable {
    package let page: Page<CommentChange>
    /// To ask from the next time, once there is no next page.
    package let revision: Int64
}

/// Edits and deletions of comments are kept as long as the post, each comment's last one: whoever was away asks for those
/// after the revision that came with what they hold.
extension SocialService {
    /// What was edited and deleted under a post after a revision, in that order; without those whom a block keeps from
    /// `viewer`.
    /// - Throws: ``SocialError/postNotFound``.
    package func commentChanges(
        of post: ID<Post>, after revision: Int64, cursor: String?, limit: Int, viewer: ID<Account>?
    ) async throws -> CommentChanges {
        let filter = "comment-changes:\(post)"
        let start = try cursors.position(cursor, filter: filter, start: revision)
        _ = try await view(of: post, for: viewer)
        return try await database.read { db in
            let newest = try commentRevision(of: post, in: db)
            let rows = try db.rows(
                """
                SELECT \(unsafeRaw: Comment.columns), comment_change.comment_id, comment_change.revision
                FROM comment_change
                LEFT JOIN comment ON comment.id = comment_change.comment_id
                LEFT JOIN person ON person.account_id = comment.author_id
                WHERE comment_change.post_id = \(post) AND comment_change.revision > \(start)
                    AND (comment.id IS NULL OR person.is_erased = 0)
                    AND NOT EXISTS (
                        SELECT 1 FROM barrier
                        WHERE barrier.account_id = \(viewer ?? .nobody) AND barrier.other_id = comment.author_id)
                ORDER BY comment_change.revision
                LIMIT \(limit + 1)
                """
            ) { row in
                CommentChange(
                    id: row.id(Comment.columnCount), comment: row.isNull(0) ? nil : Comment(row),
                    revision: row.integer(Comment.columnCount + 1))
            }
            let page = cursors.page(rows, limit: limit, filter: filter) { [$0.revision] }
            return CommentChanges(page: page, revision: newest)
        }
    }

    /// Edits and deletions under a post so far.
    func commentRevision(of post: ID<Post>, in db: some Queryable) throws -> Int64 {
        try db.integer("SELECT COALESCE(MAX(revision), 0) FROM comment_change WHERE post_id = \(post)")
    }

    /// Numbers one more.
    /// - Returns: the number.
    func recordChange(of comment: ID<Comment>, on post: ID<Post>, in tx: WriteTransaction) throws -> Int64 {
        let revision = try tx.first(
            """
            INSERT INTO comment_change (post_id, comment_id, revision)
            SELECT \(post), \(comment), COALESCE(MAX(revision), 0) + 1
            FROM comment_change
            WHERE post_id = \(post)
            ON CONFLICT (post_id, comment_id) DO UPDATE SET revision = excluded.revision
            RETURNING revision
            """
        ) { $0.integer(0) }
        return revision ?? 0
    }
}
