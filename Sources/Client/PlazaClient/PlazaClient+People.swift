public import PlazaAPI

/// People and whom they follow.
extension PlazaClient {
    /// - Parameter name: an id or a handle.
    public func person(_ name: String) async throws -> Person {
        try await send(Call(.get, "/v1/accounts/\(name.percentEncoded)"))
    }

    public func follow(_ account: EntityID<Account>) async throws {
        try await perform(Call(.put, "/v1/accounts/\(account.encoded)/follow"))
    }

    public func unfollow(_ account: EntityID<Account>) async throws {
        try await perform(Call(.delete, "/v1/accounts/\(account.encoded)/follow"))
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
