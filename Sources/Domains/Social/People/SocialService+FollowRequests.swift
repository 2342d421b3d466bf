package import Core
import Storage

/// Somebody asks to follow a person who approves their followers.
package struct FollowRequest: EntityKind, Sendable {
    package static let idPrefix = "flr"

    package let id: ID<FollowRequest>
    /// The other side: the follower of an incoming request, the followee of an outgoing one.
    package let person: Person
}

/// Approving followers. Who waits sees what strangers see; who followed before goes on.
extension SocialService {
    /// Whether an account approves its followers.
    package func approvesFollowers(_ account: ID<Account>) async throws -> Bool {
        try await database.read { db in
            try db.integer("SELECT approves_followers FROM person WHERE account_id = \(account)") == 1
        }
    }

    /// From now on who wants to follow asks, or no longer. Requests that wait stay until they are decided, taken back, or made
    /// again where no approval is needed any more.
    package func setApprovesFollowers(_ approves: Bool, _ account: ID<Account>) async throws {
        try await database.write { tx in
            try tx.execute("UPDATE person SET approves_followers = \(approves) WHERE account_id = \(account)")
        }
    }

    /// Lets a follower in.
    /// - Throws: ``SocialError/followRequestNotFound``, also of requests to others.
    package func approveFollowRequest(_ id: ID<FollowRequest>, by account: ID<Account>) async throws {
        try await database.write { tx in
            let follower = try tx.first(
                "SELECT follower_id FROM follow_request WHERE id = \(id) AND followee_id = \(account)"
            ) { $0.id(0, Account.self) }
            guard let follower else { throw SocialError.followRequestNotFound }
            try follow(account, by: follower, isApproved: true, in: tx)
            try tell(SocialEvent.followApproved, about: follower, ["account": .id(account)], in: tx)
        }
    }

    /// Declines a request, or takes one's own back. Nobody is told.
    package func removeFollowRequest(_ id: ID<FollowRequest>, by account: ID<Account>) async throws {
        try await database.write { tx in
            let removed = try closeFollowRequests(
                "id = \(id) AND (follower_id = \(account) OR followee_id = \(account))", in: tx)
            guard removed > 0 else { throw SocialError.followRequestNotFound }
        }
    }

    /// Requests that wait, newest first.
    package func followRequests(
        _ direction: RequestDirection, of account: ID<Account>, cursor: String?, limit: Int
    ) async throws -> Page<FollowRequest> {
        let filter = "follow-requests:\(direction.rawValue):\(account)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let (own, other) = direction == .incoming ? ("followee_id", "follower_id") : ("follower_id", "followee_id")
        let rows = try await database.read { db in
            try db.rows(
                """
                SELECT \(unsafeRaw: Person.columns),
                    \(Person.tie(to: account)),
                    waiting.id
                FROM follow_request AS waiting
                JOIN person ON person.account_id = waiting.\(unsafeRaw: other)
                WHERE waiting.\(unsafeRaw: own) = \(account) AND waiting.id < \(before) AND person.is_erased = 0
                ORDER BY waiting.id DESC
                LIMIT \(limit + 1)
                """
            ) { FollowRequest(id: $0.id(Person.columnCount), person: Person($0)) }
        }
        return cursors.page(rows, limit: limit, filter: filter) { [$0.id.rawValue] }
    }

    // MARK: In a transaction

    /// Asking again is the same request.
    func requestFollow(
        of followee: ID<Account>, by follower: ID<Account>, in tx: WriteTransaction
    ) throws -> FollowOutcome {
        guard
            try !tx.exists("SELECT 1 FROM follow WHERE follower_id = \(follower) AND followee_id = \(followee)")
        else { return .followed }
        let id = ids.next(FollowRequest.self)
        let inserted = try tx.execute(
            """
            INSERT INTO follow_request (id, follower_id, followee_id, created_at)
            VALUES (\(id), \(follower), \(followee), \(clock.now()))
            ON CONFLICT DO NOTHING
            """)
        if inserted > 0 {
            try tell(
                SocialEvent.followRequested, about: followee, ["account": .id(follower), "request": .id(id)], in: tx)
        }
        return .requested
    }

    /// Removes requests: those who were asked need not answer any more.
    /// - Returns: how many there were.
    @discardableResult
    func closeFollowRequests(_ condition: SQL, in tx: WriteTransaction) throws -> Int {
        let closed = try tx.rows("DELETE FROM follow_request WHERE \(condition) RETURNING id, followee_id") {
            (id: $0.id(0, FollowRequest.self), followee: $0.id(1, Account.self))
        }
        for request in closed {
            try tell(SocialEvent.followRequestClosed, about: request.followee, ["request": .id(request.id)], in: tx)
        }
        return closed.count
    }
}
