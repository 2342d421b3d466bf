import Core
import Jobs
package import Storage

/// What is true of Social's tables at any time.
///
/// Each check reads whole tables in the order of their keys and looks up the rest in indexes: neither the engine nor we
/// keep what was read, so memory is flat whatever the size.
extension SocialService {
    package static var consistencyChecks: [ConsistencyCheck] {
        counterChecks + [engagementCheck, orphanCheck] + referenceChecks + [purgeCheck, tagCheck] + textChecks
    }

    private static var counterChecks: [ConsistencyCheck] {
        [
            // Of a post that is being purged, likes and comments go without being counted down.
            counter(
                "post.like_count", of: Post.self,
                """
                SELECT id AS subject, like_count AS found,
                    (SELECT COUNT(*) FROM post_like WHERE post_like.post_id = post.id) AS expected
                FROM post
                WHERE is_deleted = 0
                """),
            counter(
                "post.comment_count", of: Post.self,
                """
                SELECT id AS subject, comment_count AS found,
                    (SELECT COUNT(*) FROM comment WHERE comment.post_id = post.id AND comment.parent_id IS NULL)
                    + (
                        SELECT COUNT(*)
                        FROM comment
                        JOIN comment AS reply ON reply.parent_id = comment.id
                        WHERE comment.post_id = post.id AND comment.parent_id IS NULL
                    ) AS expected
                FROM post
                WHERE is_deleted = 0
                """),
            counter(
                "comment.reply_count", of: Comment.self,
                """
                SELECT comment.id AS subject, comment.reply_count AS found,
                    (SELECT COUNT(*) FROM comment AS reply WHERE reply.parent_id = comment.id) AS expected
                FROM comment
                JOIN post ON post.id = comment.post_id AND post.is_deleted = 0
                """),
            counter(
                "person.follower_count", of: Account.self,
                """
                SELECT account_id AS subject, follower_count AS found,
                    (SELECT COUNT(*) FROM follow WHERE follow.followee_id = person.account_id) AS expected
                FROM person
                """),
            counter(
                "person.following_count", of: Account.self,
                """
                SELECT account_id AS subject, following_count AS found,
                    (SELECT COUNT(*) FROM follow WHERE follow.follower_id = person.account_id) AS expected
                FROM person
                """),
            counter(
                "person.post_count", of: Account.self,
                """
                SELECT account_id AS subject, post_count AS found,
                    (SELECT COUNT(*) FROM post WHERE post.author_id = person.account_id AND post.is_deleted = 0) AS expected
                FROM person
                """),
        ]
    }

    private static func counter<Entity: EntityKind & SendableMetatype>(
        _ name: String, of kind: Entity.Type, _ counted: SQL
    ) -> ConsistencyCheck {
        ConsistencyCheck(
            name,
            """
            SELECT subject, expected, found
            FROM (\(counted)) AS counted
            WHERE expected <> found /* scan: verify */
            """
        ) { row in
            .init(subject: "\(row.id(0, Entity.self))", expected: "\(row.integer(1))", found: "\(row.integer(2))")
        }
    }

    /// A deleted post stays until its purge has run.
    private static var purgeCheck: ConsistencyCheck {
        ConsistencyCheck("post.purge") { db, found in
            let waiting = Set(
                try JobQueue.pendingPayloads(of: PurgePost.self, in: db).map { try PurgePost(payload: $0).post })
            try db.forEach("SELECT id FROM post WHERE is_deleted = 1 /* scan: verify */") { row in
                let post = row.id(0, Post.self)
                if !waiting.contains(post) {
                    found(.init(subject: "\(post)", expected: "a job that purges it", found: "none"))
                }
            }
            return .done
        }
    }
}
