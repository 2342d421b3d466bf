import Core
import Jobs
import Storage

/// The work behind home feeds: what the jobs do. Each is idempotent and goes in small transactions, so that it can be
/// stopped anywhere and begun again. Each looks for cancellation before every transaction: a server that stops would
/// wait for it, and a job that has timed out would run beside its next attempt.
extension SocialService {
    /// From now on this author's posts are read at page time. What has been written to timelines stays.
    func pull(_ account: ID<Account>) async throws {
        try await database.write { tx in
            try tx.execute("UPDATE person SET is_pulled = 1 WHERE account_id = \(account)")
        }
        var after = ID<Account>(rawValue: 0)
        let batch = limits.fanOutBatch
        repeat {
            try Task.checkCancellation()
            let start = after
            let marked = try await database.write { tx in
                let followers = try tx.rows(
                    """
                    UPDATE follow
                    SET is_pulled = 1
                    WHERE followee_id = \(account) AND follower_id IN (
                        SELECT edge.follower_id
                        FROM follow AS edge
                        WHERE edge.followee_id = \(account) AND edge.follower_id > \(start)
                        ORDER BY edge.follower_id
                        LIMIT \(batch))
                    RETURNING follower_id
                    """
                ) { $0.id(0, Account.self) }
                dropHomes(of: followers, after: tx)
                return followers
            }
            guard marked.count == batch, let last = marked.max() else { return }
            after = last
        } while true
    }

    /// Removes a deleted post's timeline entries, likes and comments, and at last its row. Views follow with
    /// `SweepEngagement`.
    func purge(_ post: ID<Post>) async throws {
        let author = try await database.read { db in
            try db.first("SELECT author_id FROM post WHERE id = \(post) AND is_deleted = 1") { $0.id(0, Account.self) }
        }
        guard let author else { return }
        var after: ID<Account>? = ID(rawValue: 0)
        while let start = after {
            try Task.checkCancellation()
            after = try await database.write { tx in try purgeEntries(of: post, by: author, after: start, in: tx) }
        }
        try await inBatches { tx, batch in
            try tx.execute(
                """
                DELETE FROM post_like
                WHERE post_id = \(post) AND account_id IN (
                    SELECT account_id FROM post_like WHERE post_id = \(post) ORDER BY account_id LIMIT \(batch))
                """)
        }
        try await inBatches { tx, batch in
            try tx.execute(
                """
                DELETE FROM comment
                WHERE id IN (
                    SELECT id FROM comment WHERE post_id = \(post) AND parent_id IS NOT NULL AND parent_id IN (
                        SELECT id FROM comment WHERE post_id = \(post) AND parent_id IS NULL)
                    LIMIT \(batch))
                """)
        }
        try await inBatches { tx, batch in
            try tx.execute(
                """
                DELETE FROM comment
                WHERE id IN (
                    SELECT id FROM comment WHERE post_id = \(post) AND parent_id IS NULL ORDER BY id LIMIT \(batch))
                """)
        }
        try await inBatches { tx, batch in
            try tx.execute(
                """
                DELETE FROM comment_change
                WHERE post_id = \(post) AND comment_id IN (
                    SELECT comment_id FROM comment_change WHERE post_id = \(post) ORDER BY comment_id LIMIT \(batch))
                """)
        }
        try await database.write { tx in
            guard try tx.execute("DELETE FROM post WHERE id = \(post) AND is_deleted = 1") == 1 else { return }
            try queueSweep(in: tx)
        }
    }

    private func purgeEntries(
        of post: ID<Post>, by author: ID<Account>, after: ID<Account>, in tx: WriteTransaction
    ) throws -> ID<Account>? {
        let followers = try tx.rows(
            """
            SELECT follower_id
            FROM follow
            WHERE followee_id = \(author) AND follower_id > \(after)
            ORDER BY follower_id
            LIMIT 500
            """
        ) { $0.id(0, Account.self) }
        let owners = after.rawValue == 0 ? [author] + followers : followers
        try tx.execute("DELETE FROM feed_entry WHERE post_id = \(post) AND account_id IN (\(list: owners))")
        dropHomes(of: owners, after: tx)
        return followers.count < 500 ? nil : followers.last
    }

    /// Repeats a batch until it changes less than its bound.
    func inBatches(_ work: @escaping @Sendable (WriteTransaction, Int) throws -> Int) async throws {
        let batch = limits.fanOutBatch
        repeat {
            try Task.checkCancellation()
        } while try await database.write({ tx in try work(tx, batch) }) == batch
    }

    func trimTimelines() async throws {
        var after = ID<Account>(rawValue: 0)
        while true {
            try Task.checkCancellation()
            let start = after
            let people = try await database.read(lane: .background) { db in
                try db.rows("SELECT account_id FROM person WHERE account_id > \(start) ORDER BY account_id LIMIT 200") {
                    $0.id(0, Account.self)
                }
            }
            guard let last = people.last else { return }
            try await database.write { tx in
                for account in people { try trimTimeline(of: account, in: tx) }
            }
            after = last
        }
    }

    private func trimTimeline(of account: ID<Account>, in tx: WriteTransaction) throws {
        // The one place that counts rows down: it runs once an hour, not per page.
        let oldest = try tx.first(
            """
            SELECT post_id
            FROM feed_entry
            WHERE account_id = \(account)
            ORDER BY post_id DESC
            LIMIT 1 OFFSET \(limits.timelineEntriesMax - 1)
            """
        ) { $0.id(0, Post.self) }
        guard let oldest else { return }
        let removed = try tx.execute("DELETE FROM feed_entry WHERE account_id = \(account) AND post_id < \(oldest)")
        if removed > 0 { dropHomes(of: [account], after: tx) }
    }
}
