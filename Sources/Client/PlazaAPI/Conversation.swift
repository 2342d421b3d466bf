/// A conversation of two people, or a group.
public struct Conversation: Codable, Sendable, Identifiable {
    public let id: EntityID<Conversation>
    public let kind: Kind
    /// Of a group.
    public let title: String?
    /// The other one of two; nil once they have left.
    public let with: PersonShort?
    /// The caller's.
    public let role: MemberRole
    /// Whether the caller may not write.
    public let isMuted: Bool
    public let memberCount: Int64
    /// Of the newest message; 0 without any.
    public let lastSequence: Int64
    /// Up to where the caller has read.
    public let readSequence: Int64
    /// Messages of others after that which are still there.
    public let unreadCount: Int64
    /// Edits and deletions in it so far.
    public let revision: Int64
    public let lastMessage: Message?
    public let createdAt: Timestamp
    /// When the newest message was sent.
    public let activeAt: Timestamp
    /// Nil in lists.
    public let realtime: ChannelPlace?

    public struct Kind: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let pair: Kind = "pair"
        public static let group: Kind = "group"
    }

    private enum CodingKeys: String, CodingKey {
        case id, kind, title, with, role, revision, realtime
        case isMuted = "is_muted"
        case memberCount = "member_count"
        case lastSequence = "last_sequence"
        case readSequence = "read_sequence"
        case unreadCount = "unread_count"
        case lastMessage = "last_message"
        case createdAt = "created_at"
        case activeAt = "active_at"
    }
}

/// What somebody may do in a conversation.
public struct MemberRole: Choice {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let member: MemberRole = "member"
    public static let admin: MemberRole = "admin"
    public static let owner: MemberRole = "owner"
}

/// Somebody in a conversation.
public struct Member: Codable, Sendable, Identifiable {
    public let id: EntityID<Account>
    /// Nil for somebody who has left Plaza.
    public let person: PersonShort?
    public let role: MemberRole
    /// Reads, and does not write.
    public let isMuted: Bool
    /// Up to where they have read.
    public let readSequence: Int64
    public let joinedAt: Timestamp

    private enum CodingKeys: String, CodingKey {
        case id, person, role
        case isMuted = "is_muted"
        case readSequence = "read_sequence"
        case joinedAt = "joined_at"
    }
}

/// A conversation to be: with one other person it is the one that there is already.
public struct ConversationDraft: Codable, Sendable {
    /// The other one of two.
    public var with: EntityID<Account>?
    /// Of a group.
    public var title: String?
    /// Of a group, beside the caller.
    public var members: [EntityID<Account>]?

    public init(with account: EntityID<Account>) {
        with = account
    }

    public init(title: String, members: [EntityID<Account>]) {
        self.title = title
        self.members = members
    }
}

/// Another title for a group.
public struct ConversationChange: Codable, Sendable {
    public var title: String

    public init(title: String) {
        self.title = title
    }
}

/// People to be added to a group.
public struct NewMembers: Codable, Sendable {
    public var members: [EntityID<Account>]

    public init(_ members: [EntityID<Account>]) {
        self.members = members
    }
}

/// Those who are new in a group.
public struct AddedMembers: Codable, Sendable {
    public let added: [EntityID<Account>]
}

/// What becomes of a group's member; what is nil stays.
public struct MemberChange: Codable, Sendable {
    /// An owner who names another becomes an admin.
    public var role: MemberRole?
    public var isMuted: Bool?

    public init(role: MemberRole? = nil, isMuted: Bool? = nil) {
        self.role = role
        self.isMuted = isMuted
    }

    private enum CodingKeys: String, CodingKey {
        case role
        case isMuted = "is_muted"
    }
}

/// Up to where somebody shall have read a conversation.
public struct ReadMark: Codable, Sendable {
    public var sequence: Int64

    public init(upTo sequence: Int64) {
        self.sequence = sequence
    }
}

/// Up to where they have: it never goes back.
public struct ReadMarker: Codable, Sendable {
    public let readSequence: Int64

    private enum CodingKeys: String, CodingKey {
        case readSequence = "read_sequence"
    }
}
