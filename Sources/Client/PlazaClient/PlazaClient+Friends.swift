public import PlazaAPI

/// Friends, and those who want to be.
extension PlazaClient {
    public func friends(limit: Int? = nil) -> PageSequence<Person> {
        pages(Call(.get, "/v1/friends"), limit: limit)
    }

    public enum RequestDirection: String, Sendable {
        /// Of others to oneself.
        case incoming
        case outgoing
    }

    /// Newest first.
    public func friendRequests(
        _ direction: RequestDirection = .incoming, limit: Int? = nil
    ) -> PageSequence<FriendRequest> {
        var call = Call(.get, "/v1/friend-requests")
        call.query = [("direction", direction.rawValue)]
        return pages(call, limit: limit)
    }

    /// Asks, or accepts where they have asked already. Not repeated by itself: whom it has made friends, it would find so.
    @discardableResult
    public func requestFriendship(with account: EntityID<Account>) async throws -> FriendRequestOutcome {
        try await send(Call(.post, "/v1/friend-requests"), body: FriendRequestDraft(account: account))
    }

    /// Friends follow each other.
    public func accept(_ request: EntityID<FriendRequest>) async throws {
        try await perform(Call(.post, "/v1/friend-requests/\(request.encoded)/accept"))
    }

    /// Declines a request, or takes one's own back.
    public func remove(_ request: EntityID<FriendRequest>) async throws {
        try await perform(Call(.delete, "/v1/friend-requests/\(request.encoded)"))
    }

    public func unfriend(_ account: EntityID<Account>) async throws {
        try await perform(Call(.delete, "/v1/friends/\(account.encoded)"))
    }

    /// Whom one has blocked.
    public func blocks(limit: Int? = nil) -> PageSequence<Person> {
        pages(Call(.get, "/v1/blocks"), limit: limit)
    }
}
