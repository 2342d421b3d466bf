package import Core
import Storage

/// A session as its owner sees it in the list of devices.
package struct SessionRow: Sendable, Equatable {
    package let id: ID<Session>
    /// What the device called itself at sign-in.
    package let device: String
    package let createdAt: Timestamp
    /// When it was last refreshed.
    package let lastUsedAt: Timestamp
    package let expiresAt: Timestamp

    init(_ row: Row) {
        id = row.id(0)
        device = row.text(1)
        createdAt = row.timestamp(2)
        lastUsedAt = row.timestamp(3)
        expiresAt = row.timestamp(4)
    }
}

/// A refresh token with its session and account.
struct RefreshRow: Sendable {
    let session: ID<Session>
    let expiresAt: Timestamp
    let usedAt: Timestamp?
    let isRevoked: Bool
    let access: TokenHash
    let accessExpiresAt: Timestamp
    let account: ID<Account>
    let state: AccountState
    /// What it was exchanged for: ``RefreshReplay``.
    let sealedSuccessor: [UInt8]?

    init(_ row: Row) {
        session = row.id(0)
        expiresAt = row.timestamp(1)
        usedAt = row.timestampOrNil(2)
        isRevoked = !row.isNull(3)
        access = TokenHash(bytes: row.bytes(4))
        account = row.id(5)
        state = AccountState(rawValue: row.integer(6)) ?? .suspended
        accessExpiresAt = row.timestamp(7)
        sealedSuccessor = row.isNull(8) ? nil : row.bytes(8)
    }
}

extension Queryable {
    /// Nil for a token that is unknown, replaced, or of an ended session.
    func openSession(_ access: TokenHash) throws -> OpenSession? {
        try first(
            """
            SELECT session.account_id, session.id, account.role, session.access_expires_at
            FROM session
            JOIN account ON account.id = session.account_id
            WHERE session.access_hash = \(access) AND session.revoked_at IS NULL AND account.state = 0
            """
        ) { row in
            OpenSession(
                principal: Principal(
                    account: row.id(0), session: row.id(1), role: Role(rawValue: row.integer(2)) ?? .person),
                expiresAt: row.timestamp(3))
        }
    }

    func refreshToken(_ hash: TokenHash) throws -> RefreshRow? {
        try first(
            """
            SELECT session.id, refresh_token.expires_at, refresh_token.used_at, session.revoked_at,
                session.access_hash, session.account_id, account.state, session.access_expires_at,
                refresh_token.sealed_successor
            FROM refresh_token
            JOIN session ON session.id = refresh_token.session_id
            JOIN account ON account.id = session.account_id
            WHERE refresh_token.hash = \(hash)
            """, RefreshRow.init)
    }

    /// Newest first.
    func sessions(
        of account: ID<Account>, before: ID<Session>?, limit: Int, now: Timestamp
    ) throws -> [SessionRow] {
        try rows(
            """
            SELECT id, device, created_at, last_used_at, expires_at
            FROM session
            WHERE account_id = \(account) AND id < \(before ?? ID(rawValue: .max))
                AND revoked_at IS NULL AND expires_at > \(now)
            ORDER BY id DESC
            LIMIT \(limit)
            """, SessionRow.init)
    }

    func accessTokens(of account: ID<Account>) throws -> [TokenHash] {
        try rows("SELECT access_hash FROM session WHERE account_id = \(account) AND revoked_at IS NULL") {
            TokenHash(bytes: $0.bytes(0))
        }
    }
}

/// Which sessions of an account are meant.
enum SessionChoice {
    case one(ID<Session>)
    case all
    case allBut(ID<Session>)

    fileprivate var condition: SQL {
        switch self {
        case .one(let session): "id = \(session)"
        case .all: "id > 0"
        case .allBut(let session): "id <> \(session)"
        }
    }
}

extension WriteTransaction {
    func insertSession(
        _ session: ID<Session>, of account: ID<Account>, device: String, access: TokenHash, now: Timestamp
    ) throws {
        try execute(
            """
            INSERT INTO session
                (id, account_id, device, access_hash, access_expires_at, created_at, last_used_at, expires_at)
            VALUES
                (\(session), \(account), \(device), \(access), \(now.advanced(bySeconds: SessionTokens.accessSeconds)),
                 \(now), \(now), \(now.advanced(bySeconds: SessionTokens.refreshSeconds)))
            """)
    }

    func insertRefreshToken(_ hash: TokenHash, of session: ID<Session>, now: Timestamp) throws {
        try execute(
            """
            INSERT INTO refresh_token (hash, session_id, expires_at)
            VALUES (\(hash), \(session), \(now.advanced(bySeconds: SessionTokens.refreshSeconds)))
            """)
    }

    /// - Parameter successor: what it is exchanged for, sealed; nil when it is not to be given again.
    func useRefreshToken(_ hash: TokenHash, for successor: [UInt8]?, at now: Timestamp) throws {
        try execute(
            """
            UPDATE refresh_token
            SET used_at = \(now), sealed_successor = \(successor.map(SQLValue.bytes) ?? .null)
            WHERE hash = \(hash)
            """)
    }

    /// Empties what is not given again any more.
    func deleteSuccessors(of session: ID<Session>, usedBefore limit: Timestamp) throws {
        try execute(
            """
            UPDATE refresh_token
            SET sealed_successor = NULL
            WHERE session_id = \(session) AND used_at < \(limit) AND sealed_successor IS NOT NULL
            """)
    }

    /// Gives the session a new access token; the one before it is not known any more.
    func renewSession(_ session: ID<Session>, access: TokenHash, at now: Timestamp) throws {
        try execute(
            """
            UPDATE session
            SET access_hash = \(access), access_expires_at = \(now.advanced(bySeconds: SessionTokens.accessSeconds)),
                last_used_at = \(now), expires_at = \(now.advanced(bySeconds: SessionTokens.refreshSeconds))
            WHERE id = \(session)
            """)
    }

    /// - Returns: what has been ended now, not before.
    func revokeSessions(
        _ choice: SessionChoice, of account: ID<Account>, at now: Timestamp
    ) throws -> [(session: ID<Session>, access: TokenHash)] {
        try rows(
            """
            UPDATE session
            SET revoked_at = \(now)
            WHERE account_id = \(account) AND revoked_at IS NULL AND \(choice.condition)
            RETURNING id, access_hash
            """
        ) { ($0.id(0), TokenHash(bytes: $0.bytes(1))) }
    }

    /// With their refresh tokens, which go by cascade.
    func deleteSessions(of account: ID<Account>) throws {
        try execute("DELETE FROM session WHERE account_id = \(account)")
    }

    /// Sessions and refresh tokens that nobody can use any more, the oldest first.
    /// - Returns: the number of rows deleted.
    func deleteExpiredSessions(before now: Timestamp, limit: Int) throws -> Int {
        let tokens = try execute(
            """
            DELETE FROM refresh_token
            WHERE hash IN (
                SELECT hash FROM refresh_token WHERE expires_at < \(now) ORDER BY expires_at LIMIT \(limit))
            """)
        let sessions = try execute(
            """
            DELETE FROM session
            WHERE id IN (SELECT id FROM session WHERE expires_at < \(now) ORDER BY expires_at LIMIT \(limit))
            """)
        return tokens + sessions
    }
}
