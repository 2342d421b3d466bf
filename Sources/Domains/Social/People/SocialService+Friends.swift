package import Core
import Storage

/// Somebody asks somebody to be friends.
package struct FriendRequest: EntityKind, Sendable {
    package static let idPrefix = "frq"

    package let id: ID<FriendRequest>
    /// The other side: the sender of an incoming request, the recipient of an outgoing one.
    package let person: Person
}

extension SocialService {
    /// What asking has come to.
    package enum FriendRequestOutcome: Sendable {
        case requested(ID<FriendRequest>)
        /// The other had asked already.
        case accepted
    }

    /// Asks to be friends. Asking again is the same request; asking somebody who has asked accepts.
    package func requestFriendship(
        with other: ID<Account>, by account: ID<Account>
    ) async throws -> FriendRequestOutcome {
        guard other != account else { throw SocialError.yourself(action: "befriend") }
        return try await database.write { tx in
            guard try reachable(other, from: account, in: tx) != nil else { throw SocialError.accountNotFound }
            guard try !tx.exists("SELECT 1 FROM friendship WHERE account_id = \(account) AND friend_id = \(other)")
            else {
                throw SocialError.alreadyFriends
            }
            if let theirs = try request(from: other, to: account, in: tx) {
                try accept(theirs, from: other, by: account, in: tx)
                return .accepted
            }
            if let mine = try request(from: account, to: other, in: tx) { return .requested(mine) }
            let id = ids.next(FriendRequest.self)
            try tx.execute(
                """
                INSERT INTO friend_request (id, sender_id, recipient_id, created_at)
                VALUES (\(id), \(account), \(other), \(clock.now()))
                """)
            try tell(SocialEvent.friendRequested, about: other, ["account": .id(account), "request": .id(id)], in: tx)
            return .requested(id)
        }
    }

    /// Accepts a request that was sent to `account`. Friends follow each other.
    package func acceptFriendRequest(_ id: ID<FriendRequest>, by account: ID<Account>) async throws {
        try await database.write { tx in
            let sender = try tx.first(
                "SELECT sender_id FROM friend_request WHERE id = \(id) AND recipient_id = \(account)"
            ) {
                $0.id(0, Account.self)
            }
            guard let sender else { throw SocialError.friendRequestNotFound }
            try accept(id, from: sender, by: account, in: tx)
        }
    }

    /// Declines a request, or takes one's own back.
    package func removeFriendRequest(_ id: ID<FriendRequest>, by account: ID<Account>) async throws {
        try await database.write { tx in
            let removed = try closeFriendRequests(
                "id = \(id) AND (recipient_id = \(account) OR sender_id = \(account))", in: tx)
            guard removed > 0 else { throw SocialError.friendRequestNotFound }
        }
    }

    /// Ends a friendship. Both go on following until they stop.
    package func unfriend(_ other: ID<Account>, by account: ID<Account>) async throws {
        try await database.write { tx in try endFriendship(account, other, in: tx) }
    }

    package enum RequestDirection: String, Sendable {
        case incoming, outgoing
    }

    /// Requests that wait, newest first.
    package func friendRequests(
        _ direction: RequestDirection, of account: ID<Account>, cursor: String?, limit: Int
    ) async throws -> Page<FriendRequest> {
        let filter = "friend-requests:\(direction.rawValue):\(account)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let (own, other) = direction == .incoming ? ("recipient_id", "sender_id") : ("sender_id", "recipient_id")
        let rows = try await database.read { db in
            try db.rows(
                """
                SELECT \(unsafeRaw: Person.columns),
                    \(Person.tie(to: account)),
                    friend_request.id
                FROM friend_request
                JOIN person ON person.account_id = friend_request.\(unsafeRaw: other)
                WHERE friend_request.\(unsafeRaw: own) = \(account) AND friend_request.id < \(before)
                    AND person.is_erased = 0
                ORDER BY friend_request.id DESC
                LIMIT \(limit + 1)
                """
            ) { FriendRequest(id: $0.id(Person.columnCount), person: Person($0)) }
        }
        return cursors.page(rows, limit: limit, filter: filter) { [$0.id.rawValue] }
    }

    /// Friends, newest accounts first.
    package func friends(of account: ID<Account>, cursor: String?, limit: Int) async throws -> Page<Person> {
        let filter = "friends:\(account)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let rows = try await database.read { db in
            try db.rows(
                """
                SELECT \(unsafeRaw: Person.columns),
                    \(Person.tie(to: account))
                FROM friendship
                JOIN person ON person.account_id = friendship.friend_id
                WHERE friendship.account_id = \(account) AND friendship.friend_id < \(before)
                    AND person.is_erased = 0
                ORDER BY friendship.friend_id DESC
                LIMIT \(limit + 1)
                """
            ) { Person($0) }
        }
        return cursors.page(rows, limit: limit, filter: filter) { [$0.id.rawValue] }
    }

    // MARK: In a transaction

    /// Removes requests: those who were asked need not answer any more.
    /// - Returns: how many there were.
    @discardableResult
    func closeFriendRequests(_ condition: SQL, in tx: WriteTransaction) throws -> Int {
        let closed = try tx.rows("DELETE FROM friend_request WHERE \(condition) RETURNING id, recipient_id") {
            (id: $0.id(0, FriendRequest.self), recipient: $0.id(1, Account.self))
        }
        for request in closed {
            try tell(SocialEvent.friendRequestClosed, about: request.recipient, ["request": .id(request.id)], in: tx)
        }
        return closed.count
    }

    func endFriendship(_ account: ID<Account>, _ other: ID<Account>, in tx: WriteTransaction) throws {
        for (from, to) in [(account, other), (other, account)].sorted(by: { $0.0 < $1.0 }) {
            try tx.execute("DELETE FROM friendship WHERE account_id = \(from) AND friend_id = \(to)")
        }
    }

    private func request(
        from sender: ID<Account>, to recipient: ID<Account>, in tx: WriteTransaction
    ) throws -> ID<FriendRequest>? {
        try tx.first("SELECT id FROM friend_request WHERE sender_id = \(sender) AND recipient_id = \(recipient)") {
            $0.id(0, FriendRequest.self)
        }
    }

    private func accept(
        _ id: ID<FriendRequest>, from sender: ID<Account>, by account: ID<Account>, in tx: WriteTransaction
    ) throws {
        try closeFriendRequests("id = \(id)", in: tx)
        for (from, to) in [(account, sender), (sender, account)].sorted(by: { $0.0 < $1.0 }) {
            try tx.execute(
                """
                INSERT INTO friendship (account_id, friend_id, created_at)
                VALUES (\(from), \(to), \(clock.now()))
                ON CONFLICT DO NOTHING
                """)
            try follow(to, by: from, isApproved: true, in: tx)
        }
        try tell(SocialEvent.friendAccepted, about: sender, ["account": .id(account)], in: tx)
    }
}
