package import Cache
package import Core
package import Storage

/// A session that is open, as it is kept between requests.
package struct OpenSession: Sendable {
    let principal: Principal
    /// When its access token expires.
    let expiresAt: Timestamp
}

package typealias SessionCache = Cache<TokenHash, OpenSession>

/// Tells who holds an access token: one hash and one look into the cache, and one statement when it is not there.
///
/// What a transaction revokes, it drops from the cache after commit.
package struct Authenticator: Sendable {
    /// Each costs 1: some 150 bytes.
    static let cachedSessionsMax = 1 << 17

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
        if let session = cache.value(for: hash) { return try valid(session) }
        let ticket = cache.ticket()
        guard let session = try await database.read({ try $0.openSession(hash) }) else {
            throw AccountsError.invalidToken.problem
        }
        let principal = try valid(session)
        cache.offer(session, for: hash, cost: 1, with: ticket)
        return principal
    }

    private func valid(_ session: OpenSession) throws -> Principal {
        guard session.expiresAt > clock.now() else { throw AccountsError.tokenExpired.problem }
        return session.principal
    }
}
