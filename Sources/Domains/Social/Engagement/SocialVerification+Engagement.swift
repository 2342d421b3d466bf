import Core
import Jobs
import Storage

extension SocialService {
    /// Posts whose sums are kept at once. `engagement` has no index by post, which would cost every view a second
    /// write, so it is read whole for each so many posts.
    private static let postsPerPass = 500_000

    private struct Views {
        /// As the post says.
        let views: Int64
        let shares: Int64
        var counted = EngagementSum()
    }

    /// Views and shares are what `engagement` has, less what waits in its log.
    static var engagementCheck: ConsistencyCheck {
        ConsistencyCheck("post.view_count") { db, found in
            var after = ID<Post>(rawValue: 0)
            while let last = try checkViews(after: after, in: db, found) { after = last }
            return .done
        }
    }

    /// What purges have left is right as long as the sweep waits that removes it.
    static var orphanCheck: ConsistencyCheck {
        ConsistencyCheck("engagement.post") { db, found in
            guard try JobQueue.pendingPayloads(of: SweepEngagement.self, in: db).isEmpty else {
                return .skipped(because: "The daily sweep of what purged posts have left is yet to run.")
            }
            try db.forEach(
                """
                SELECT engagement.account_id, engagement.post_id
                FROM engagement
                LEFT JOIN post ON post.id = engagement.post_id
                WHERE post.id IS NULL /* scan: verify */
                """
            ) { row in
                found(
                    .init(
                        subject: "\(row.id(0, Account.self)) → \(row.id(1, Post.self))", expected: "a post",
                        found: "none, and no sweep waits"))
            }
            return .done
        }
    }

    /// - Returns: the last post checked; nil when there was none.
    private static func checkViews(
        after: ID<Post>, in db: ReadTransaction, _ found: (ConsistencyCheck.Finding) -> Void
    ) throws -> ID<Post>? {
        var posts: [ID<Post>: Views] = [:]
        var last: ID<Post>?
        try db.forEach(
            """
            SELECT id, view_count, share_count
            FROM post
            WHERE id > \(after)
            ORDER BY id
            LIMIT \(Self.postsPerPass)
            """
        ) { row in
            posts[row.id(0)] = Views(views: row.integer(1), shares: row.integer(2))
            last = row.id(0)
        }
        guard let last else { return nil }
        try count(into: &posts, after: after, through: last, in: db)
        for (id, post) in posts.sorted(by: { $0.key < $1.key })
        where post.views != post.counted.views || post.shares != post.counted.shares {
            found(
                .init(
                    subject: "\(id)", expected: "\(post.counted.views) views, \(post.counted.shares) shares",
                    found: "\(post.views) views, \(post.shares) shares"))
        }
        return last
    }

    private static func count(
        into posts: inout [ID<Post>: Views], after: ID<Post>, through last: ID<Post>, in db: ReadTransaction
    ) throws {
        try db.forEach(
            """
            SELECT post_id, kind, count
            FROM engagement
            WHERE post_id > \(after) AND post_id <= \(last) /* scan: verify */
            """
        ) { row in
            guard let kind = EngagementEvent.Kind(rawValue: row.integer(1)) else { return }
            posts[row.id(0)]?.counted.add(kind, times: row.integer(2))
        }
        try db.forEach("SELECT entries FROM engagement_log /* scan: verify */") { row in
            for entry in EngagementEntry.read(row.bytes(0)) { posts[entry.post]?.counted.add(entry.kind, times: -1) }
        }
    }
}
