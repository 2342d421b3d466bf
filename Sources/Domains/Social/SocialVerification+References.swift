import Core
import Storage

/// That rows refer to what exists. People's rows are never deleted; posts' are, after all that hangs on them.
extension SocialService {
    static var referenceChecks: [ConsistencyCheck] {
        edgeChecks + postChecks + commentChecks + timelineChecks
    }

    private static var edgeChecks: [ConsistencyCheck] {
        [
            edges(
                "follow.people", expected: "two people", found: "one is missing",
                """
                SELECT follow.follower_id, follow.followee_id
                FROM follow
                LEFT JOIN person AS follower ON follower.account_id = follow.follower_id
                LEFT JOIN person AS followee ON followee.account_id = follow.followee_id
                WHERE follower.account_id IS NULL OR followee.account_id IS NULL /* scan: verify */
                """),
            edges(
                "follow.block", expected: "no block between the two", found: "a block",
                """
                SELECT follow.follower_id, follow.followee_id
                FROM follow
                JOIN barrier ON barrier.account_id = follow.follower_id AND barrier.other_id = follow.followee_id
                /* scan: verify */
                """),
            edges(
                "follow_request.waiting", expected: "somebody who does not follow yet, and no block", found: "one",
                """
                SELECT follow_request.follower_id, follow_request.followee_id
                FROM follow_request
                LEFT JOIN follow
                    ON follow.follower_id = follow_request.follower_id
                        AND follow.followee_id = follow_request.followee_id
                LEFT JOIN barrier
                    ON barrier.account_id = follow_request.follower_id
                        AND barrier.other_id = follow_request.followee_id
                WHERE follow.follower_id IS NOT NULL OR barrier.account_id IS NOT NULL /* scan: verify */
                """),
            edges(
                "barrier.pair", expected: "the same from the other side", found: "something else",
                """
                SELECT barrier.account_id, barrier.other_id
                FROM barrier
                LEFT JOIN barrier AS mirror
                    ON mirror.account_id = barrier.other_id AND mirror.other_id = barrier.account_id
                WHERE mirror.account_id IS NULL OR mirror.blocks <> barrier.is_blocked
                    OR mirror.is_blocked <> barrier.blocks /* scan: verify */
                """),
            edges(
                "friendship.pair", expected: "the same from the other side", found: "none",
                """
                SELECT friendship.account_id, friendship.friend_id
                FROM friendship
                LEFT JOIN friendship AS mirror
                    ON mirror.account_id = friendship.friend_id AND mirror.friend_id = friendship.account_id
                WHERE mirror.account_id IS NULL /* scan: verify */
                """),
        ]
    }

    private static var postChecks: [ConsistencyCheck] {
        [
            ConsistencyCheck(
                "post.author",
                """
                SELECT post.id, post.author_id
                FROM post
                LEFT JOIN person ON person.account_id = post.author_id
                WHERE person.account_id IS NULL /* scan: verify */
                """
            ) { row in
                .init(
                    subject: "\(row.id(0, Post.self))", expected: "the author \(row.id(1, Account.self))", found: "none"
                )
            },
            ConsistencyCheck(
                "like.references",
                """
                SELECT post_like.account_id, post_like.post_id, post.id IS NULL
                FROM post_like
                LEFT JOIN post ON post.id = post_like.post_id
                LEFT JOIN person ON person.account_id = post_like.account_id
                WHERE post.id IS NULL OR person.account_id IS NULL /* scan: verify */
                """
            ) { row in
                .init(
                    subject: "\(row.id(0, Account.self)) → \(row.id(1, Post.self))", expected: "a person and a post",
                    found: row.bool(2) ? "the post is missing" : "the person is missing")
            },
        ]
    }

    private static var commentChecks: [ConsistencyCheck] {
        [
            ConsistencyCheck(
                "comment.references",
                """
                SELECT comment.id, post.id IS NULL
                FROM comment
                LEFT JOIN post ON post.id = comment.post_id
                LEFT JOIN person ON person.account_id = comment.author_id
                WHERE post.id IS NULL OR person.account_id IS NULL /* scan: verify */
                """
            ) { row in
                .init(
                    subject: "\(row.id(0, Comment.self))", expected: "a post and an author",
                    found: row.bool(1) ? "the post is missing" : "the author is missing")
            },
            ConsistencyCheck(
                "comment.parent",
                """
                SELECT comment.id, parent.id IS NULL
                FROM comment
                LEFT JOIN comment AS parent ON parent.id = comment.parent_id
                WHERE comment.parent_id IS NOT NULL
                    AND (parent.id IS NULL OR parent.parent_id IS NOT NULL OR parent.post_id <> comment.post_id)
                /* scan: verify */
                """
            ) { row in
                .init(
                    subject: "\(row.id(0, Comment.self))", expected: "a comment of the same post to reply to",
                    found: row.bool(1) ? "none" : "a reply, or another post's")
            },
        ]
    }

    /// An entry of a deleted post is right as long as its purge waits, which `post.purge` checks.
    private static var timelineChecks: [ConsistencyCheck] {
        [
            entries(
                "feed_entry.post", expected: "a post by that author", found: "none",
                """
                SELECT feed_entry.account_id, feed_entry.post_id
                FROM feed_entry
                LEFT JOIN post ON post.id = feed_entry.post_id
                WHERE post.id IS NULL OR post.author_id <> feed_entry.author_id /* scan: verify */
                """),
            entries(
                "feed_entry.follow", expected: "an author whom the owner follows", found: "somebody else",
                """
                SELECT feed_entry.account_id, feed_entry.post_id
                FROM feed_entry
                LEFT JOIN follow
                    ON follow.follower_id = feed_entry.account_id AND follow.followee_id = feed_entry.author_id
                WHERE feed_entry.author_id <> feed_entry.account_id AND follow.follower_id IS NULL /* scan: verify */
                """),
        ]
    }

    private static func edges(_ name: String, expected: String, found: String, _ sql: SQL) -> ConsistencyCheck {
        ConsistencyCheck(name, sql) { row in
            .init(
                subject: "\(row.id(0, Account.self)) → \(row.id(1, Account.self))", expected: expected, found: found)
        }
    }

    private static func entries(_ name: String, expected: String, found: String, _ sql: SQL) -> ConsistencyCheck {
        ConsistencyCheck(name, sql) { row in
            .init(subject: "\(row.id(0, Account.self)) → \(row.id(1, Post.self))", expected: expected, found: found)
        }
    }
}
