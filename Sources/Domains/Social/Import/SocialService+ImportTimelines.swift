import Core
import Jobs
import Storage

/// Home feeds after an import: `timeline_backfill` holds whose must be filled, written with what makes it necessary, so
/// that a server which starts after a torn import goes on where that one stopped.
extension SocialService {
    /// Timelines in one transaction. Each may take as many entries as a timeline has.
    private static let fillBatch = 50

    /// Fills the home feeds that imports have left open: the newest posts of those whom each person follows.
    ///
    /// Idempotent, and goes in small transactions.
    /// - Parameter progress: told how many timelines are filled, of how many.
    /// - Returns: how many were.
    @discardableResult
    package func fillTimelines(
        progress: @Sendable (_ filled: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> Int {
        let total = try await database.read(lane: .background) { db in
            Int(
                try db.integer(
                    "SELECT COUNT(*) FROM timeline_backfill /* scan: once, before all of it is worked off */"))
        }
        var filled = 0
        progress(filled, total)
        while true {
            try Task.checkCancellation()
            let count = try await database.write { tx in try fillTimelineBatch(in: tx) }
            guard count > 0 else { return filled }
            filled += count
            progress(filled, total)
        }
    }

    private func fillTimelineBatch(in tx: WriteTransaction) throws -> Int {
        let accounts = try tx.rows(
            "SELECT account_id FROM timeline_backfill ORDER BY account_id LIMIT \(Self.fillBatch)"
        ) { $0.id(0, Account.self) }
        for account in accounts { try fillTimeline(of: account, in: tx) }
        dropHomes(of: accounts, after: tx)
        try tx.execute("DELETE FROM timeline_backfill WHERE account_id IN (\(list: accounts))")
        return accounts.count
    }

    /// What is newest of all is among the newest of each.
    private func fillTimeline(of account: ID<Account>, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO feed_entry (account_id, post_id, author_id)
            SELECT \(account), newest.id, newest.author_id
            FROM (
                SELECT post.id, post.author_id
                FROM follow
                JOIN post ON post.author_id = follow.followee_id AND post.is_deleted = 0
                WHERE follow.follower_id = \(account) AND follow.is_pulled = 0
                    AND post.id IN (
                        SELECT recent.id
                        FROM post AS recent
                        WHERE recent.author_id = follow.followee_id AND recent.is_deleted = 0
                        ORDER BY recent.id DESC
                        LIMIT \(limits.timelineEntriesMax))
                ORDER BY post.id DESC
                LIMIT \(limits.timelineEntriesMax)
            ) AS newest
            WHERE newest.id > 0
            ORDER BY newest.id
            ON CONFLICT DO NOTHING
            """)
    }

    func queueTimelines(of accounts: [ID<Account>], in tx: WriteTransaction) throws {
        guard !accounts.isEmpty else { return }
        try tx.executeMany(accounts, as: "(?)") { account, values in
            values.append(account.sqlValue)
        } statement: { values in
            "INSERT INTO timeline_backfill (account_id) \(values) ON CONFLICT DO NOTHING"
        }
        try queueFilling(in: tx)
    }

    func queueTimelines(ofFollowersOf authors: [ID<Account>], in tx: WriteTransaction) throws {
        for author in authors {
            try tx.execute(
                """
                INSERT INTO timeline_backfill (account_id)
                SELECT follower_id
                FROM follow
                WHERE followee_id = \(author) AND is_pulled = 0
                ORDER BY follower_id
                ON CONFLICT DO NOTHING
                """)
        }
        try queueFilling(in: tx)
    }

    /// The importer fills them itself; the job is for when it cannot.
    private func queueFilling(in tx: WriteTransaction) throws {
        try jobs.enqueue(FillTimelines(), priority: .low, uniqueKey: "social.fill_timelines", in: tx)
    }
}
