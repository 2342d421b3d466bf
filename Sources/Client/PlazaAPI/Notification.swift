/// Something that happened to somebody, once or many times: "12 people liked your post".
public struct PlazaNotification: Codable, Sendable, Hashable, Identifiable {
    public let id: EntityID<PlazaNotification>
    public let kind: Kind
    /// What it is about; nil where that is oneself.
    public let subject: Subject?
    /// The newest of who did it.
    public let actors: [PersonShort]
    /// How many did it; 0 where it is nobody's doing.
    public let actorCount: Int64
    public let isRead: Bool
    public let createdAt: Timestamp
    /// When it happened last; the list's order.
    public let updatedAt: Timestamp

    public struct Subject: Codable, Sendable, Hashable {
        /// `post`, `order` …
        public let type: String
        public let id: String
    }

    public struct Kind: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let followed: Kind = "followed"
        public static let liked: Kind = "liked"
        public static let commented: Kind = "commented"
        public static let friendRequested: Kind = "friend_requested"
        public static let friendAccepted: Kind = "friend_accepted"
        public static let ordered: Kind = "ordered"
        public static let shipped: Kind = "shipped"
        public static let delivered: Kind = "delivered"
        public static let refunded: Kind = "refunded"
        public static let offered: Kind = "offered"
        public static let messaged: Kind = "messaged"
        public static let followRequested: Kind = "follow_requested"
        public static let followApproved: Kind = "follow_approved"
    }

    private enum CodingKeys: String, CodingKey {
        case id, kind, subject, actors
        case actorCount = "actor_count"
        case isRead = "is_read"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }
}

/// How many notifications are not read.
public struct UnreadCount: Codable, Sendable {
    public let count: Int64
}

/// Marks notifications as read.
public struct NotificationsRead: Codable, Sendable {
    /// The id of a notification, or a time.
    public var upTo: String

    public init(upTo notification: EntityID<PlazaNotification>) {
        upTo = notification.description
    }

    private enum CodingKeys: String, CodingKey {
        case upTo = "up_to"
    }
}

/// Of what one is not told.
public struct NotificationSettings: Codable, Sendable, Hashable {
    public var off: [PlazaNotification.Kind]

    public init(off: [PlazaNotification.Kind]) {
        self.off = off
    }
}
