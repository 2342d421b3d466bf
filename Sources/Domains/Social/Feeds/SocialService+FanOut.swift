import Core
import Jobs
import Storage

/// Fan-out on write: new posts go to the timelines of their author's followers.
///
/// A post that waits for it is a row of `fan_out`, and an author who has such rows has one job. Whoever publishes in
/// bursts is written a burst at a time: the entries of one follower lie side by side, so forty posts cost hardly more
/// pages than one.
extension SocialService {
    /// Posts that are written together at most.
    private static let postsTogetherMax = 64

    func fanOutSoon(_ post: ID<Post>, of author: ID<Account>, in tx: WriteTransaction) throws {
        try tx.execute("INSERT INTO fan_out (author_id, post_id) VALUES (\(author), \(post))")
        let job = FanOutPosts(author: author)
        try jobs.enqueue(job, uniqueKey: job.uniqueKey, in: tx)
    }

    /// Idempotent, and in small transactions: it can be stopped anywhere and begun again.
    func fanOut(_ job: FanOutPosts) async throws {
        while let round = try await nextRound(job) {
            var after: ID<Account>? = ID(rawValue: 0)
            while let start = after {
                try Task.checkCancellation()
                after = try await database.write { tx in try fanOut(round, after: start, in: tx) }
            }
        }
    }

    /// Posts of one author that go to the same followers together: those that wait, up to `last`.
    private struct Round {
        let author: ID<Account>
        let last: ID<Post>
        let count: Int
    }

    /// Nil when nothing waits any more. The job gives up its key in the same transaction, so that whoever publishes next
    /// either was seen here or enqueues another job.
    private func nextRound(_ job: FanOutPosts) async throws -> Round? {
        let author = job.author
        return try await database.write { tx in
            let posts = try tx.rows(
                """
                SELECT post_id
                FROM fan_out
                WHERE author_id = \(author)
                ORDER BY post_id
                LIMIT \(Self.postsTogetherMax)
                """
            ) { $0.id(0, Post.self) }
            guard let last = posts.last else {
                try jobs.giveUp(uniqueKey: job.uniqueKey, in: tx)
                return nil
            }
            return Round(author: author, last: last, count: posts.count)
        }
    }

    /// - Returns: the last follower written to, or nil at the end.
    private func fanOut(_ round: Round, after: ID<Account>, in tx: WriteTransaction) throws -> ID<Account>? {
        let author = round.author
        let limit = max(1, limits.fanOutBatch / round.count)
        // None when the author is pulled meanwhile: their posts are read at page time then.
        let followers = try tx.rows(
            """
            SELECT follow.follower_id
            FROM follow
            JOIN person ON person.account_id = follow.followee_id AND person.is_pulled = 0
            WHERE follow.followee_id = \(author) AND follow.follower_id > \(after)
            ORDER BY follow.follower_id
            LIMIT \(limit)
            """
        ) { $0.id(0, Account.self) }
        if let last = followers.last {
            // What was deleted meanwhile is left out, as `PurgePost` may have passed these followers already.
            try tx.execute(
                """
                INSERT INTO feed_entry (account_id, post_id, author_id)
                SELECT follow.follower_id, fan_out.post_id, fan_out.author_id
                FROM follow
                JOIN fan_out ON fan_out.author_id = follow.followee_id AND fan_out.post_id <= \(round.last)
                JOIN post ON post.id = fan_out.post_id AND post.is_deleted = 0
                WHERE follow.followee_id = \(author) AND follow.follower_id > \(after) AND follow.follower_id <= \(last)
                ORDER BY follow.follower_id, fan_out.post_id
                ON CONFLICT DO NOTHING
                """)
            dropHomes(of: followers, after: tx)
        }
        guard followers.count < limit else { return followers.last }
        try tx.execute("DELETE FROM fan_out WHERE author_id = \(author) AND post_id <= \(round.last)")
        return nil
    }
}
