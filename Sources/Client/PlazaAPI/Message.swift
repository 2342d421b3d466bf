/// A message of a conversation.
public struct Message: Codable, Sendable, Hashable, Identifiable {
    public let id: EntityID<Message>
    /// 1, 2, 3 … within the conversation, without gaps.
    public let sequence: Int64
    /// Nil for somebody who has left.
    public let sender: PersonShort?
    /// What its sender called it.
    public let clientID: String?
    /// Empty once it was deleted.
    public let text: String
    public let attachments: [Attachment]
    /// Sequence of the message that it answers.
    public let replyTo: Int64?
    /// Its words are gone, its place stays.
    public let isDeleted: Bool
    public let createdAt: Timestamp
    public let editedAt: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case id, sequence, sender, text, attachments
        case clientID = "client_id"
        case replyTo = "reply_to"
        case isDeleted = "is_deleted"
        case createdAt = "created_at"
        case editedAt = "edited_at"
    }
}

/// Something that a message refers to.
public struct Attachment: Codable, Sendable, Hashable {
    public let kind: Kind
    public let product: EntityID<Product>?
    public let post: EntityID<Post>?
    /// Where a picture is.
    public let url: String?

    public static func product(_ product: EntityID<Product>) -> Attachment {
        Attachment(kind: .product, product: product)
    }

    public static func post(_ post: EntityID<Post>) -> Attachment {
        Attachment(kind: .post, post: post)
    }

    public static func picture(url: String) -> Attachment {
        Attachment(kind: .picture, url: url)
    }

    private init(
        kind: Kind, product: EntityID<Product>? = nil, post: EntityID<Post>? = nil, url: String? = nil
    ) {
        self.kind = kind
        self.product = product
        self.post = post
        self.url = url
    }

    public struct Kind: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let product: Kind = "product"
        public static let post: Kind = "post"
        public static let picture: Kind = "picture"
    }
}

/// A message to be.
public struct MessageDraft: Codable, Sendable {
    /// May be nil where something is attached.
    public var text: String?
    public var attachments: [Attachment]?
    /// Names this message for good: sent again under the same name, it is there once.
    public var clientID: String?
    /// The sequence of the message that it answers.
    public var replyTo: Int64?

    public init(
        _ text: String? = nil, attachments: [Attachment]? = nil, clientID: String? = nil, replyTo: Int64? = nil
    ) {
        self.text = text
        self.attachments = attachments
        self.clientID = clientID
        self.replyTo = replyTo
    }

    private enum CodingKeys: String, CodingKey {
        case text, attachments
        case clientID = "client_id"
        case replyTo = "reply_to"
    }
}

/// Other words for a message.
public struct MessageChange: Codable, Sendable {
    public var text: String

    public init(text: String) {
        self.text = text
    }
}
