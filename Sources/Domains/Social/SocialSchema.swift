package import Storage

/// The tables that Social owns. Nobody else reads or writes them.
package enum SocialSchema {
    package static let migrations: [Migration] = [people, posts, reactions, engagement]

    /// `person` is the public card of an account, kept in step with Accounts inside its transactions: feeds join it on
    /// every page. Its counters are proven by `plaza verify`. `is_erased` is that of ``PersonStanding``: whoever is not 0 is
    /// there for nobody.
    private static let people = Migration(
        "social.001 people",
        [
            .table(
                "person",
                columns: """
                    account_id BIGINT NOT NULL PRIMARY KEY,
                    handle TEXT NOT NULL UNIQUE,
                    display_name TEXT NOT NULL,
                    bio TEXT NOT NULL,
                    avatar_url TEXT,
                    follower_count BIGINT NOT NULL DEFAULT 0 CHECK (follower_count >= 0),
                    following_count BIGINT NOT NULL DEFAULT 0 CHECK (following_count >= 0),
                    post_count BIGINT NOT NULL DEFAULT 0 CHECK (post_count >= 0),
                    is_pulled BIGINT NOT NULL DEFAULT 0,
                    is_erased BIGINT NOT NULL DEFAULT 0
                    """),
            // Pulled edges are those whose followee has too many followers to write to each: read at page time.
            .table(
                "follow", clustered: true,
                columns: """
                    follower_id BIGINT NOT NULL,
                    followee_id BIGINT NOT NULL,
                    is_pulled BIGINT NOT NULL DEFAULT 0,
                    created_at BIGINT NOT NULL,
                    PRIMARY KEY (follower_id, followee_id),
                    CHECK (follower_id <> followee_id)
                    """),
            .statement("CREATE INDEX follow_followee ON follow (followee_id, follower_id)"),
            // Names is_pulled so that SQLite prefers it to the key: a home page must not walk every edge of its reader.
            .statement(
                "CREATE INDEX follow_pulled ON follow (follower_id, is_pulled, followee_id) WHERE is_pulled = 1"),
            // Two rows a pair, so that one look-up tells whether either has blocked the other.
            .table(
                "barrier", clustered: true,
                columns: """
                    account_id BIGINT NOT NULL,
                    other_id BIGINT NOT NULL,
                    blocks BIGINT NOT NULL,
                    is_blocked BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    PRIMARY KEY (account_id, other_id),
                    CHECK (account_id <> other_id)
                    """),
            .table(
                "friend_request",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    sender_id BIGINT NOT NULL,
                    recipient_id BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    UNIQUE (sender_id, recipient_id),
                    CHECK (sender_id <> recipient_id)
                    """),
            .statement("CREATE INDEX friend_request_recipient ON friend_request (recipient_id, id)"),
            .statement("CREATE INDEX friend_request_sender ON friend_request (sender_id, id)"),
            // Two rows a friendship.
            .table(
                "friendship", clustered: true,
                columns: """
                    account_id BIGINT NOT NULL,
                    friend_id BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    PRIMARY KEY (account_id, friend_id)
                    """),
        ])

    /// `media` is JSON as it was checked on the way in, and leaves as it is. `products` are the ids of what a post tags, in
    /// the author's order; `post_product` has them by row, as long as the post is there. `score` is described in
    /// `Score.swift`. A deleted post keeps its row, emptied, until `PurgePost` has removed what hangs on it.
    private static let posts = Migration(
        "social.002 posts",
        [
            .table(
                "post",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    author_id BIGINT NOT NULL,
                    caption TEXT NOT NULL,
                    media TEXT NOT NULL,
                    products TEXT NOT NULL,
                    visibility BIGINT NOT NULL CHECK (visibility IN (0, 1)),
                    is_deleted BIGINT NOT NULL DEFAULT 0,
                    like_count BIGINT NOT NULL DEFAULT 0 CHECK (like_count >= 0),
                    comment_count BIGINT NOT NULL DEFAULT 0 CHECK (comment_count >= 0),
                    view_count BIGINT NOT NULL DEFAULT 0 CHECK (view_count >= 0),
                    share_count BIGINT NOT NULL DEFAULT 0 CHECK (share_count >= 0),
                    score BIGINT NOT NULL,
                    edited_at BIGINT
                    """),
            // Both name what their WHERE fixes: SQLite would look it up in each post's row, captions and all.
            .statement("CREATE INDEX post_author ON post (author_id, id, is_deleted) WHERE is_deleted = 0"),
            // Covers the ids, order and authors of an explore page.
            .statement(
                """
                CREATE INDEX post_explore ON post (score, id, author_id, is_deleted, visibility)
                WHERE is_deleted = 0 AND visibility = 0
                """),
            .table(
                "post_product", clustered: true,
                columns: """
                    post_id BIGINT NOT NULL,
                    product_id BIGINT NOT NULL,
                    author_id BIGINT NOT NULL,
                    is_public BIGINT NOT NULL,
                    PRIMARY KEY (post_id, product_id)
                    """),
            // Covers a page of the posts that tag a product.
            .statement(
                """
                CREATE INDEX post_product_product ON post_product (product_id, post_id, author_id, is_public)
                WHERE is_public = 1
                """),
            .table(
                "feed_entry", clustered: true,
                columns: """
                    account_id BIGINT NOT NULL,
                    post_id BIGINT NOT NULL,
                    author_id BIGINT NOT NULL,
                    PRIMARY KEY (account_id, post_id)
                    """),
        ])

    /// A comment `is_scored` when it has lifted its post, so that deleting it takes back just that.
    private static let reactions = Migration(
        "social.003 reactions",
        [
            .table(
                "post_like", clustered: true,
                columns: """
                    account_id BIGINT NOT NULL,
                    post_id BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    PRIMARY KEY (account_id, post_id)
                    """),
            .statement("CREATE INDEX post_like_post ON post_like (post_id, account_id)"),
            .table(
                "comment",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    post_id BIGINT NOT NULL,
                    author_id BIGINT NOT NULL,
                    parent_id BIGINT,
                    text TEXT NOT NULL,
                    reply_count BIGINT NOT NULL DEFAULT 0 CHECK (reply_count >= 0),
                    is_scored BIGINT NOT NULL,
                    edited_at BIGINT
                    """),
            .statement("CREATE INDEX comment_post ON comment (post_id, id) WHERE parent_id IS NULL"),
            .statement("CREATE INDEX comment_parent ON comment (parent_id, id) WHERE parent_id IS NOT NULL"),
            .statement("CREATE INDEX comment_author ON comment (author_id, post_id)"),
        ])

    /// What people saw. One row a viewer, post and kind: the same view counts again only after a window. The log holds
    /// accepted events that have not been folded into the posts' counters yet, one row a batch.
    private static let engagement = Migration(
        "social.004 engagement",
        [
            .table(
                "engagement", clustered: true,
                columns: """
                    account_id BIGINT NOT NULL,
                    post_id BIGINT NOT NULL,
                    kind BIGINT NOT NULL,
                    count BIGINT NOT NULL,
                    watched_ms BIGINT NOT NULL,
                    last_at BIGINT NOT NULL,
                    PRIMARY KEY (account_id, post_id, kind)
                    """),
            .table("engagement_log", columns: "id BIGINT NOT NULL PRIMARY KEY, entries BYTEA NOT NULL"),
        ])

    /// `imported_post` keeps what was made of an item of a file, so that the same file again changes nothing.
    /// `timeline_backfill` holds people whose home feed an import has left open.
    package static let imports = Migration(
        "social.007 imports",
        [
            .table(
                "imported_post", clustered: true, columns: "key TEXT NOT NULL PRIMARY KEY, post_id BIGINT NOT NULL"),
            .table("timeline_backfill", columns: "account_id BIGINT NOT NULL PRIMARY KEY"),
        ])
    /// What was edited and deleted under a post: each comment once, at its last change. A post's changes are numbered from 1;
    /// a comment that is not there was deleted.
    package static let commentChanges = Migration(
        "social.009 changes of comments",
        [
            .table(
                "comment_change", clustered: true,
                columns: """
                    post_id BIGINT NOT NULL,
                    comment_id BIGINT NOT NULL,
                    revision BIGINT NOT NULL CHECK (revision > 0),
                    PRIMARY KEY (post_id, comment_id)
                    """),
            .statement("CREATE UNIQUE INDEX comment_change_revision ON comment_change (post_id, revision)"),
        ])

    /// Who waits for an approval. Whoever is in `follow` already is not here.
    package static let followRequests = Migration(
        "social.010 follow requests",
        [
            .statement("ALTER TABLE person ADD COLUMN approves_followers BIGINT NOT NULL DEFAULT 0"),
            .table(
                "follow_request",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    follower_id BIGINT NOT NULL,
                    followee_id BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    UNIQUE (follower_id, followee_id),
                    CHECK (follower_id <> followee_id)
                    """),
            .statement("CREATE INDEX follow_request_follower ON follow_request (follower_id, id)"),
            .statement("CREATE INDEX follow_request_followee ON follow_request (followee_id, id)"),
        ])

    /// Posts that are still to be written to timelines: see `SocialService+FanOut.swift`.
    package static let fanOut = Migration(
        "social.008 fan-out",
        [
            .table(
                "fan_out", clustered: true,
                columns: """
                    author_id BIGINT NOT NULL,
                    post_id BIGINT NOT NULL,
                    PRIMARY KEY (author_id, post_id)
                    """)
        ])
}
