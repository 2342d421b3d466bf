// Provisional: written from the API's outline before its routes were. What a list needs is required, the rest may be
// absent.

/// A conversation of two people, or a group.
public struct Conversation: Codable, Sendable, Identifiable {
    public let id: EntityID<Conversation>
    /// `pair` or `group`.
    public let kind: String?
    public let title: String?
    public let lastMessage: Message?
    public let unreadCount: Int64?
    public let realtime: ChannelPlace?

    private enum CodingKeys: String, CodingKey {
        case id, kind, title, realtime
        case lastMessage = "last_message"
        case unreadCount = "unread_count"
    }
}

/// A message of a conversation.
public struct Message: Codable, Sendable, Identifiable {
    public let id: EntityID<Message>
    /// 1, 2, 3 … within the conversation, without gaps.
    public let sequence: Int64
    public let sender: PersonShort?
    /// Nil once it was deleted.
    public let text: String?
    public let createdAt: Timestamp
    public let editedAt: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case id, sequence, sender, text
        case createdAt = "created_at"
        case editedAt = "edited_at"
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

/// A message to be.
public struct MessageDraft: Codable, Sendable {
    public var text: String
    /// Names this message for good: sent again under the same name, it is there once.
    public var clientID: String?
    /// The sequence of the message that it answers.
    public var replyTo: Int64?

    public init(_ text: String, clientID: String? = nil, replyTo: Int64? = nil) {
        self.text = text
        self.clientID = clientID
        self.replyTo = replyTo
    }

    private enum CodingKeys: String, CodingKey {
        case text
        case clientID = "client_id"
        case replyTo = "reply_to"
    }
}

/// How far somebody has read a conversation.
public struct ReadMark: Codable, Sendable {
    public var sequence: Int64

    public init(upTo sequence: Int64) {
        self.sequence = sequence
    }
}

/// Something that happened to somebody. Provisional, as above.
public struct PlazaNotification: Codable, Sendable, Identifiable {
    public let id: EntityID<PlazaNotification>
    public let kind: String
    /// How many people did it: "12 people liked your post".
    public let actorCount: Int64?
    /// The newest of them.
    public let actors: [PersonShort]?
    public let isRead: Bool?

    private enum CodingKeys: String, CodingKey {
        case id, kind, actors
        case actorCount = "actor_count"
        case isRead = "is_read"
    }
}

/// How many notifications were not read.
public struct UnreadCount: Codable, Sendable {
    public let count: Int64
}

/// Marks notifications as read.
public struct NotificationsRead: Codable, Sendable {
    public var upTo: EntityID<PlazaNotification>

    public init(upTo: EntityID<PlazaNotification>) {
        self.upTo = upTo
    }

    private enum CodingKeys: String, CodingKey {
        case upTo = "up_to"
    }
}
