package import Core
import Jobs
import Storage

extension SocialService {
    /// Records what a viewer did, durable when this returns; a verdict for each event, in order.
    ///
    /// Who watches a post has also viewed it: views and watches of one viewer and post within the window are one view,
    /// in whatever order and batches they come.
    ///
    /// Counters follow when `FoldEngagement` has run, within two seconds: a post that a thousand people watch at once is
    /// written once, not a thousand times.
    package func record(
        _ batch: [EngagementEvent], by viewer: ID<Account>
    ) async throws -> [EngagementVerdict] {
        let posts = Set(batch.map(\.post))
        let visible = try await database.read { db in try visiblePosts(posts, to: viewer, in: db) }
        return try await database.write { tx in
            var verdicts: [EngagementVerdict] = []
            verdicts.reserveCapacity(batch.count)
            var log: [UInt8] = []
            let now = clock.now()
            var counted = try count(batch.filter { visible[$0.post] != nil }, by: viewer, at: now, in: tx)
            for event in batch {
                guard let isOwn = visible[event.post] else {
                    verdicts.append(.postNotFound)
                    continue
                }
                if event.kind == .like {
                    verdicts.append(try likeInBatch(event.post, by: viewer, in: tx))
                    continue
                }
                var isNew = false
                // What counts, counts for the first event that brings it.
                for key in event.keys where counted.remove(key) != nil {
                    EngagementEntry(post: key.post, kind: key.kind, isOwn: isOwn).write(to: &log)
                    isNew = true
                }
                verdicts.append(isNew ? .accepted : .duplicate)
            }
            try queueForFolding(log, at: now, in: tx)
            return verdicts
        }
    }

    /// Adds what the log holds to the posts, many events at a time.
    func foldEngagement() async throws {
        repeat {
            try Task.checkCancellation()
        } while try await database.write({ tx in try foldBatch(in: tx) })
    }

    private static let foldBatchMax = 500

    /// - Returns: whether there may be more.
    private func foldBatch(in tx: WriteTransaction) throws -> Bool {
        // Whoever deletes a row counts it: two folds that run side by side cannot count it twice.
        let logged = try tx.rows(
            """
            DELETE FROM engagement_log
            WHERE id IN (SELECT id FROM engagement_log ORDER BY id LIMIT \(Self.foldBatchMax))
            RETURNING entries
            """
        ) { EngagementEntry.read($0.bytes(0)) }
        var sums: [ID<Post>: EngagementSum] = [:]
        for entry in logged.joined() {
            sums[entry.post, default: EngagementSum()].add(entry.kind, isScored: !entry.isOwn)
        }
        try add(sums, at: clock.now(), in: tx)
        return logged.count == Self.foldBatchMax
    }

    /// Adds sums to their posts' counters and scores, in id order.
    func add(_ sums: [ID<Post>: EngagementSum], at time: Timestamp, in tx: WriteTransaction) throws {
        let posts = sums.keys.sorted()
        var found: [ID<Post>: AddedTo] = [:]
        for start in stride(from: 0, to: posts.count, by: 500) {
            let chunk = posts[start..<min(start + 500, posts.count)]
            try tx.forEach(
                """
                SELECT id, score, is_deleted, \(unsafeRaw: PostCounts.columns)
                FROM post
                WHERE id IN (\(list: chunk))
                """
            ) { row in
                found[row.id(0)] = AddedTo(
                    score: Score(stored: row.integer(1)), isDeleted: row.bool(2), counts: PostCounts(row, from: 3))
            }
        }
        for post in posts {
            guard let old = found[post], let sum = sums[post] else { continue }
            try tx.execute(
                """
                UPDATE post
                SET view_count = view_count + \(sum.views), share_count = share_count + \(sum.shares),
                    like_count = like_count + \(sum.likes), comment_count = comment_count + \(sum.comments),
                    score = \(old.score.adding(weight: sum.weight, at: time).stored)
                WHERE id = \(post)
                """)
            if !old.isDeleted { push(old.counts.adding(sum), of: post, after: tx) }
            dropCard(post, after: tx)
        }
    }

    private struct AddedTo {
        let score: Score
        let isDeleted: Bool
        let counts: PostCounts
    }

    // MARK: In a transaction

    /// - Returns: whether each is the viewer's own.
    private func visiblePosts(
        _ posts: Set<ID<Post>>, to viewer: ID<Account>, in db: some Queryable
    ) throws -> [ID<Post>: Bool] {
        var visible: [ID<Post>: Bool] = [:]
        try db.forEach(
            """
            SELECT post.id, post.author_id = \(viewer)
            FROM post
            WHERE post.id IN (\(list: posts)) AND post.is_deleted = 0 AND \(Self.isThere("post.author_id"))
                AND (post.visibility = 0 OR post.author_id = \(viewer) OR EXISTS (
                    SELECT 1 FROM follow WHERE follower_id = \(viewer) AND followee_id = post.author_id))
                AND NOT EXISTS (
                    SELECT 1 FROM barrier
                    WHERE barrier.account_id = \(viewer) AND barrier.other_id = post.author_id)
            """
        ) { visible[$0.id(0)] = $0.bool(1) }
        return visible
    }

    /// A post that went away since it was looked up must not cost the batch.
    private func likeInBatch(
        _ post: ID<Post>, by viewer: ID<Account>, in tx: WriteTransaction
    ) throws -> EngagementVerdict {
        do {
            return try like(post, by: viewer, in: tx) ? .accepted : .duplicate
        } catch SocialError.postNotFound {
            return .postNotFound
        }
    }

    /// Writes what the events bring, many rows a statement.
    /// - Returns: what counts: the rest came before within the window.
    private func count(
        _ events: [EngagementEvent], by viewer: ID<Account>, at now: Timestamp, in tx: WriteTransaction
    ) throws -> Set<EngagementKey> {
        var watched: [EngagementKey: Int64] = [:]
        for event in events {
            for key in event.keys where watched[key] == nil {
                watched[key] = key.kind == event.kind ? event.watchedMilliseconds : 0
            }
        }
        var counted = Set<EngagementKey>(minimumCapacity: watched.count)
        let rows = watched.sorted { $0.key < $1.key }
        try tx.executeMany(rows, as: "(?, ?, ?, 1, ?, ?)") { row, values in
            values.append(viewer.sqlValue)
            values.append(row.key.post.sqlValue)
            values.append(.integer(row.key.kind.rawValue))
            values.append(.integer(row.value))
            values.append(now.sqlValue)
        } statement: { values in
            """
            INSERT INTO engagement (account_id, post_id, kind, count, watched_ms, last_at)
            \(values)
            ON CONFLICT (account_id, post_id, kind) DO UPDATE
            SET count = engagement.count + 1, watched_ms = engagement.watched_ms + excluded.watched_ms,
                last_at = excluded.last_at
            WHERE engagement.last_at <= \(now.advanced(bySeconds: -limits.engagementWindowSeconds))
            RETURNING post_id, kind
            """
        } returning: { row in
            guard let kind = EngagementEvent.Kind(rawValue: row.integer(1)) else { return }
            counted.insert(EngagementKey(post: row.id(0), kind: kind))
        }
        return counted
    }

    /// One job a second takes all that was logged in that second. Its key names the second and it runs after it has
    /// passed, so no batch can slip in behind a job that has already looked.
    private func queueForFolding(_ log: [UInt8], at now: Timestamp, in tx: WriteTransaction) throws {
        guard !log.isEmpty else { return }
        let second = now.microseconds / 1_000_000
        try tx.execute("INSERT INTO engagement_log (id, entries) VALUES (\(ids.next(EngagementBatch.self)), \(log))")
        try jobs.enqueue(
            FoldEngagement(), at: Timestamp(microseconds: (second + 1) * 1_000_000), uniqueKey: "social.fold:\(second)",
            in: tx)
    }
}

/// Events of one post added up.
struct EngagementSum {
    var views: Int64 = 0
    var shares: Int64 = 0
    var likes: Int64 = 0
    var comments: Int64 = 0
    var weight = 0.0

    /// - Parameter isScored: false for what an author does with a post of their own.
    mutating func add(_ kind: EngagementEvent.Kind, times: Int64 = 1, isScored: Bool = true) {
        switch kind {
        case .view: views += times
        case .share: shares += times
        // The view that it implies has a row and an entry of its own.
        case .watch, .like: break
        }
        if isScored { weight += kind.weight * Double(times) }
    }

    mutating func addLike() {
        likes += 1
        weight += EngagementWeight.like
    }

    mutating func addComment() {
        comments += 1
        weight += EngagementWeight.comment
    }
}
