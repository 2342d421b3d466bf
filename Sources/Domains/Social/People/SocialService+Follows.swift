package import Core
import Jobs
package import Storage

extension SocialService {
    /// What wanting to follow has come to.
    package enum FollowOutcome: Sendable {
        case followed
        /// It waits for their approval. Until then nothing has changed.
        case requested
    }

    /// Follows an account: its newest posts are in the follower's home feed when this returns. Whoever approves their followers
    /// is asked. Again is the same.
    /// - Throws: ``SocialError/yourself(action:)``; ``SocialError/accountNotFound`` also when a block lies between them.
    @discardableResult
    package func follow(_ followee: ID<Account>, by follower: ID<Account>) async throws -> FollowOutcome {
        guard followee != follower else { throw SocialError.yourself(action: "follow") }
        return try await database.write { tx in try follow(followee, by: follower, in: tx) }
    }

    /// - Parameter isApproved: the followee wants it, whatever their setting.
    @discardableResult
    func follow(
        _ followee: ID<Account>, by follower: ID<Account>, isApproved: Bool = false, in tx: WriteTransaction
    ) throws -> FollowOutcome {
        guard let target = try reachable(followee, from: follower, in: tx) else { throw SocialError.accountNotFound }
        if target.approvesFollowers, !isApproved {
            return try requestFollow(of: followee, by: follower, in: tx)
        }
        try closeFollowRequests("follower_id = \(follower) AND followee_id = \(followee)", in: tx)
        let inserted = try tx.execute(
            """
            INSERT INTO follow (follower_id, followee_id, is_pulled, created_at)
            VALUES (\(follower), \(followee), \(target.isPulled), \(clock.now()))
            ON CONFLICT DO NOTHING
            """)
        guard inserted > 0 else { return .followed }
        dropRelations(of: [follower], after: tx)
        dropHomes(of: [follower], after: tx)
        try countEdge(from: follower, to: followee, by: 1, in: tx)
        if !target.isPulled { try backfill(followee, to: follower, in: tx) }
        if !target.isPulled, target.followerCount >= limits.pushFollowersMax {
            try enqueuePull(followee, in: tx)
        }
        try tell(
            SocialEvent.accountFollowed, about: followee,
            ["follower": .id(follower), "is_approved": .bool(isApproved && target.approvesFollowers)], in: tx)
        return .followed
    }

    /// Takes a follow back, and the followee's posts from the follower's timeline; or the request, where that waits.
    package func unfollow(_ followee: ID<Account>, by follower: ID<Account>) async throws {
        guard followee != follower else { throw SocialError.yourself(action: "unfollow") }
        try await database.write { tx in try unfollow(followee, by: follower, in: tx) }
    }

    func unfollow(_ followee: ID<Account>, by follower: ID<Account>, in tx: WriteTransaction) throws {
        try closeFollowRequests("follower_id = \(follower) AND followee_id = \(followee)", in: tx)
        let removed = try tx.execute("DELETE FROM follow WHERE follower_id = \(follower) AND followee_id = \(followee)")
        guard removed > 0 else { return }
        dropRelations(of: [follower], after: tx)
        dropHomes(of: [follower], after: tx)
        try countEdge(from: follower, to: followee, by: -1, in: tx)
        try tx.execute("DELETE FROM feed_entry WHERE account_id = \(follower) AND author_id = \(followee)")
        try tell(SocialEvent.accountUnfollowed, about: followee, ["follower": .id(follower)], in: tx)
        recheck([follower], after: tx)
    }

    /// Which end of the follow edges a list shows.
    package enum FollowSide: String, Sendable {
        case followers, following
    }

    /// Who follows an account, or whom it follows; newest accounts first.
    package func people(
        _ side: FollowSide, of account: ID<Account>, cursor: String?, limit: Int, viewer: ID<Account>?
    ) async throws -> Page<Person> {
        let filter = "\(side.rawValue):\(account)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let (own, other) = side == .followers ? ("followee_id", "follower_id") : ("follower_id", "followee_id")
        let viewer = viewer ?? .nobody
        let rows = try await database.read { db in
            guard try person(.id(account), viewer: viewer, in: db) != nil else { throw SocialError.accountNotFound }
            return try db.rows(
                """
                SELECT \(unsafeRaw: Person.columns),
                    \(Person.tie(to: viewer))
                FROM follow AS edge
                JOIN person ON person.account_id = edge.\(unsafeRaw: other)
                WHERE edge.\(unsafeRaw: own) = \(account) AND edge.\(unsafeRaw: other) < \(before)
                    AND person.is_erased = 0
                    AND NOT EXISTS (
                        SELECT 1 FROM barrier
                        WHERE barrier.account_id = \(viewer) AND barrier.other_id = edge.\(unsafeRaw: other))
                ORDER BY edge.\(unsafeRaw: other) DESC
                LIMIT \(limit + 1)
                """
            ) { Person($0) }
        }
        return cursors.page(rows, limit: limit, filter: filter) { [$0.id.rawValue] }
    }

    // MARK: In a transaction

    struct Reachable {
        let isPulled: Bool
        let followerCount: Int
        let approvesFollowers: Bool
    }

    /// Nil when the account is not there for `other`: unknown, erased, or on the other side of a block.
    func reachable(_ account: ID<Account>, from other: ID<Account>, in db: some Queryable) throws -> Reachable? {
        try db.first(
            """
            SELECT is_pulled, follower_count, approves_followers
            FROM person
            WHERE account_id = \(account) AND is_erased = 0
                AND NOT EXISTS (SELECT 1 FROM barrier WHERE barrier.account_id = \(other) AND barrier.other_id = \(account))
            """
        ) { Reachable(isPulled: $0.bool(0), followerCount: $0.int(1), approvesFollowers: $0.bool(2)) }
    }

    /// Whether one of these has as many followers.
    package func isAny(
        of accounts: [ID<Account>], followedBy followersMin: Int, in db: some Queryable
    ) throws -> Bool {
        try db.exists(
            "SELECT 1 FROM person WHERE account_id IN (\(list: accounts)) AND follower_count >= \(followersMin) LIMIT 1"
        )
    }

    /// Both counters, the lower account first, as everybody does: two such transactions cannot wait for each other.
    private func countEdge(
        from follower: ID<Account>, to followee: ID<Account>, by step: Int, in tx: WriteTransaction
    ) throws {
        for account in [follower, followee].sorted() {
            if account == follower {
                try tx.execute(
                    "UPDATE person SET following_count = following_count + \(step) WHERE account_id = \(account)")
            } else {
                try tx.execute(
                    "UPDATE person SET follower_count = follower_count + \(step) WHERE account_id = \(account)")
            }
        }
    }

    /// Whoever finds that an author has become too popular for timelines.
    func enqueuePull(_ author: ID<Account>, in tx: WriteTransaction) throws {
        try jobs.enqueue(PullAuthor(account: author), uniqueKey: "social.pull:\(author)", in: tx)
    }

    private func backfill(_ followee: ID<Account>, to follower: ID<Account>, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO feed_entry (account_id, post_id, author_id)
            SELECT \(follower), id, author_id
            FROM post
            WHERE author_id = \(followee) AND is_deleted = 0
            ORDER BY id DESC
            LIMIT \(limits.backfillPosts)
            ON CONFLICT DO NOTHING
            """)
    }
}
