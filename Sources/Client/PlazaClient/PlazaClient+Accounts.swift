public import PlazaAPI

/// Accounts and sessions.
extension PlazaClient {
    /// Signs up, and in.
    @discardableResult
    public func signUp(_ signUp: SignUp) async throws -> SignedIn {
        try await begin(Call(.post, "/v1/accounts"), signUp)
    }

    /// - Parameters:
    ///   - login: a handle or an email address.
    ///   - deviceToken: what an earlier sign-in on this device gave: ``SignedIn/deviceToken``.
    @discardableResult
    public func signIn(login: String, password: String, deviceToken: String? = nil) async throws -> SignedIn {
        try await begin(
            Call(.post, "/v1/sessions"), SignIn(login: login, password: password, deviceToken: deviceToken))
    }

    private func begin(_ call: Call, _ body: some Encodable) async throws -> SignedIn {
        var call = call
        call.isPersonal = false
        let signedIn = try await send(call, body: body, SignedIn.self)
        keeper.set(signedIn.session)
        return signedIn
    }

    /// Ends this session. What is kept of it is forgotten even when the server cannot be told.
    public func signOut() async throws {
        defer { keeper.set(nil) }
        try await perform(Call(.delete, "/v1/sessions/current"))
    }

    /// Where one is signed in, newest first.
    public func sessions(limit: Int? = nil) -> PageSequence<Session> {
        pages(Call(.get, "/v1/sessions"), limit: limit)
    }

    public func endSession(_ session: EntityID<Session>) async throws {
        try await perform(Call(.delete, "/v1/sessions/\(session.encoded)"))
    }

    public func me() async throws -> Account {
        try await send(Call(.get, "/v1/me"))
    }

    public func changeMe(_ change: AccountChange) async throws -> Account {
        try await send(Call(.patch, "/v1/me"), body: change)
    }
}

extension EntityID {
    /// As a part of a path: whoever made it, it is one part.
    var encoded: String { description.percentEncoded }
}
