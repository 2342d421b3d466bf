public import PlazaAPI

/// People and whom they follow.
extension PlazaClient {
    /// - Parameter name: an id or a handle.
    public func person(_ name: String) async throws -> Person {
        try await send(Call(.get, "/v1/accounts/\(name.percentEncoded)"))
    }

    /// Follows, or asks to, where they approve their followers: ``Person/isRequested`` says so then.
    public func follow(_ account: EntityID<Account>) async throws {
        try await perform(Call(.put, "/v1/accounts/\(account.encoded)/follow"))
    }

    /// Takes back a request that waits, too.
    public func unfollow(_ account: EntityID<Account>) async throws {
        try await perform(Call(.delete, "/v1/accounts/\(account.encoded)/follow"))
    }

    /// Requests to follow that wait, newest first.
    public func followRequests(
        _ direction: RequestDirection = .incoming, limit: Int? = nil
    ) -> PageSequence<FollowRequest> {
        var call = Call(.get, "/v1/follow-requests")
        call.query = [("direction", direction.rawValue)]
        return pages(call, limit: limit)
    }

    /// Lets a follower in.
    public func approve(_ request: EntityID<FollowRequest>) async throws {
        try await perform(Call(.post, "/v1/follow-requests/\(request.encoded)/approve"))
    }

    /// Declines a request, or takes one's own back.
    public func remove(_ request: EntityID<FollowRequest>) async throws {
        try await perform(Call(.delete, "/v1/follow-requests/\(request.encoded)"))
    }

    public func followSettings() async throws -> FollowSettings {
        try await send(Call(.get, "/v1/follow-requests/settings"))
    }

    @discardableResult
    public func change(_ settings: FollowSettings) async throws -> FollowSettings {
        try await send(Call(.put, "/v1/follow-requests/settings"), body: settings)
    }

    public func followers(of account: EntityID<Account>, limit: Int? = nil) -> PageSequence<Person> {
        pages(Call(.get, "/v1/accounts/\(account.encoded)/followers"), limit: limit)
    }

    public func following(of account: EntityID<Account>, limit: Int? = nil) -> PageSequence<Person> {
        pages(Call(.get, "/v1/accounts/\(account.encoded)/following"), limit: limit)
    }

    public func block(_ account: EntityID<Account>) async throws {
        try await perform(Call(.put, "/v1/accounts/\(account.encoded)/block"))
    }

    public func unblock(_ account: EntityID<Account>) async throws {
        try await perform(Call(.delete, "/v1/accounts/\(account.encoded)/block"))
    }
}
