package import Core
package import Storage

/// Tells who holds an access token: one hash and one look into the cache, and one statement when it is not there.
package struct Authenticator: Sendable {
    private let database: any Database
    private let cache: SessionCache
    private let clock: WallClock

    package init(database: any Database, cache: SessionCache, clock: WallClock) {
        self.database = database
        self.cache = cache
        self.clock = clock
    }

    /// - Throws: the 401 problems `invalid_token` and `token_expired`.
    package func principal(for token: String) async throws -> Principal {
        let hash = TokenHash(of: token)
        switch cache.lookUp(hash) {
        case .hit(let entry): return try valid(entry)
        case .miss(let drops):
            guard let entry = try await database.read({ try $0.accessToken(hash) }) else {
                throw AccountsError.invalidToken.problem
            }
            let principal = try valid(entry)
            cache.store(entry, for: hash, readAfter: drops)
            return principal
        }
    }

    /// The same without waiting: nil when only the database can tell.
    /// - Throws: the 401 problem `token_expired`.
    package func cachedPrincipal(for token: String) throws -> Principal? {
        guard case .hit(let entry) = cache.lookUp(TokenHash(of: token)) else { return nil }
        return try valid(entry)
    }

    private func valid(_ entry: SessionCache.Entry) throws -> Principal {
        guard entry.expiresAt > clock.now() else { throw AccountsError.tokenExpired.problem }
        return entry.principal
    }
}
