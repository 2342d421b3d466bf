import Core
import Jobs
import Storage

/// Engagement with posts that are no more.
///
/// `engagement` has no index by post, which would cost every view a second write. So a purge leaves these rows, and one
/// walk through the table in the order of its key removes those of all posts of a day.
extension SocialService {
    private static let dayMicroseconds: Int64 = 86_400_000_000
    /// Past the deadline of any request that looked at a post before its purge and writes after it.
    private static let settlingSeconds: Int64 = 3_600

    private struct Seen {
        let account: ID<Account>
        let post: ID<Post>
        let kind: Int64
        let isOrphan: Bool
    }

    /// The job's key names the day and it runs after it, so no purge can slip in behind a walk that has passed.
    func queueSweep(in tx: WriteTransaction) throws {
        let day = clock.now().microseconds / Self.dayMicroseconds
        let end = Timestamp(microseconds: (day + 1) * Self.dayMicroseconds)
        try jobs.enqueue(
            SweepEngagement(), at: end.advanced(bySeconds: Self.settlingSeconds),
            uniqueKey: "social.sweep_engagement:\(day)", in: tx)
    }

    func sweepEngagement() async throws {
        var last = Seen(account: ID(rawValue: 0), post: ID(rawValue: 0), kind: 0, isOrphan: false)
        while true {
            try Task.checkCancellation()
            let after = last
            let seen = try await database.read(lane: .background) { db in try engagement(after: after, in: db) }
            guard let end = seen.last else { return }
            let orphans = Dictionary(grouping: seen.filter(\.isOrphan), by: \.account)
            if !orphans.isEmpty {
                try await database.write { tx in
                    for (account, rows) in orphans.sorted(by: { $0.key < $1.key }) {
                        try tx.execute(
                            """
                            DELETE FROM engagement
                            WHERE account_id = \(account) AND post_id IN (\(list: Set(rows.map(\.post))))
                            """)
                    }
                }
            }
            last = end
        }
    }

    private func engagement(after last: Seen, in db: some Queryable) throws -> [Seen] {
        try db.rows(
            """
            SELECT engagement.account_id, engagement.post_id, engagement.kind, post.id IS NULL
            FROM engagement
            LEFT JOIN post ON post.id = engagement.post_id
            WHERE (engagement.account_id, engagement.post_id, engagement.kind)
                > (\(last.account), \(last.post), \(last.kind))
            ORDER BY engagement.account_id, engagement.post_id, engagement.kind
            LIMIT \(limits.fanOutBatch)
            """
        ) { Seen(account: $0.id(0), post: $0.id(1), kind: $0.integer(2), isOrphan: $0.bool(3)) }
    }
}
