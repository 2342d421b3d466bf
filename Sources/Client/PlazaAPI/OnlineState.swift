/// Whether somebody is online, or when they were.
public struct OnlineState: Codable, Sendable, Hashable {
    public let account: EntityID<Account>
    public let isOnline: Bool
    /// Nil for who is online or was never seen.
    public let lastSeen: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case account
        case isOnline = "is_online"
        case lastSeen = "last_seen"
    }
}

/// Of those asked for, whom one may see.
public struct OnlineStates: Codable, Sendable {
    public let items: [OnlineState]
}

/// Who may see whether one is online.
public struct PresenceSettings: Codable, Sendable, Hashable {
    public var visibleTo: Audience

    public init(visibleTo: Audience) {
        self.visibleTo = visibleTo
    }

    public struct Audience: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let everybody: Audience = "everybody"
        public static let friends: Audience = "friends"
        public static let nobody: Audience = "nobody"
    }

    private enum CodingKeys: String, CodingKey {
        case visibleTo = "visible_to"
    }
}
