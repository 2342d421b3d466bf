/// What signing up, signing in and refreshing answer.
public struct SignedIn: Codable, Sendable {
    public let account: Account
    public let session: SessionTokens
    /// To be given with the next sign-in on this device, also after signing out: strangers who try passwords cannot keep
    /// it out then. Nil from older servers.
    public let deviceToken: String?

    private enum CodingKeys: String, CodingKey {
        case account, session
        case deviceToken = "device_token"
    }
}

/// What speaks for somebody on one device. Both tokens are secrets: keep them where the platform keeps such.
public struct SessionTokens: Codable, Sendable, Hashable {
    public let id: EntityID<Session>
    /// Lasts 15 minutes.
    public let accessToken: String
    public let expiresAt: Timestamp
    /// Good for one refresh, within 30 days. Used again within seconds, it gives the same tokens; used
    /// later, it ends the session: only one may refresh.
    public let refreshToken: String

    public init(id: EntityID<Session>, accessToken: String, expiresAt: Timestamp, refreshToken: String) {
        self.id = id
        self.accessToken = accessToken
        self.expiresAt = expiresAt
        self.refreshToken = refreshToken
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case accessToken = "access_token"
        case expiresAt = "expires_at"
        case refreshToken = "refresh_token"
    }
}

/// A device that one is signed in on.
public struct Session: Codable, Sendable, Identifiable {
    public let id: EntityID<Session>
    /// What the device called itself at sign-in.
    public let device: String
    public let createdAt: Timestamp
    public let lastUsedAt: Timestamp
    public let expiresAt: Timestamp
    public let isCurrent: Bool

    private enum CodingKeys: String, CodingKey {
        case id, device
        case createdAt = "created_at"
        case lastUsedAt = "last_used_at"
        case expiresAt = "expires_at"
        case isCurrent = "is_current"
    }
}

/// What refreshing takes.
public struct Refresh: Codable, Sendable {
    public let refreshToken: String

    public init(refreshToken: String) {
        self.refreshToken = refreshToken
    }

    private enum CodingKeys: String, CodingKey {
        case refreshToken = "refresh_token"
    }
}

/// Opens one socket, within a minute.
public struct RealtimeTicket: Codable, Sendable {
    public let ticket: String
    public let expiresAt: Timestamp

    private enum CodingKeys: String, CodingKey {
        case ticket
        case expiresAt = "expires_at"
    }
}
