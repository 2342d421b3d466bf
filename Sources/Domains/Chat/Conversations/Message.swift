package import Core
import Storage

/// What somebody says in a conversation. One that is deleted keeps its place, without its words.
package struct Message: EntityKind, Sendable {
    package static let idPrefix = "msg"

    package let id: ID<Message>
    package let sequence: Int64
    /// Nil once the account that wrote it is erased.
    package let sender: ID<Account>?
    let clientID: String?
    package let text: String
    let attachments: JSON
    let replyTo: Int64?
    let editedAt: Timestamp?
    package let isDeleted: Bool
    /// Of the conversation when it was edited or deleted last; 0 if never.
    let revision: Int64

    /// Columns that ``init(_:from:)`` reads, in order.
    static let columns = """
        message.id, message.sequence, message.sender_id, message.client_id, message.text, message.attachments,
        message.reply_to, message.edited_at, message.is_deleted, message.revision
        """

    static let columnCount = 10

    init(_ row: Row, from column: Int = 0) throws {
        id = row.id(column)
        sequence = row.integer(column + 1)
        sender = row.idOrNil(column + 2)
        clientID = row.textOrNil(column + 3)
        text = row.text(column + 4)
        attachments = try JSONParser.parse(row.bytes(column + 5))
        replyTo = row.isNull(column + 6) ? nil : row.integer(column + 6)
        editedAt = row.timestampOrNil(column + 7)
        isDeleted = row.bool(column + 8)
        revision = row.integer(column + 9)
    }

    init(id: ID<Message>, sequence: Int64, sender: ID<Account>, draft: MessageDraft) {
        self.id = id
        self.sequence = sequence
        self.sender = sender
        clientID = draft.clientID
        text = draft.text
        attachments = .array(draft.attachments.map(\.json))
        replyTo = draft.replyTo
        editedAt = nil
        isDeleted = false
        revision = 0
    }

    /// As it is pushed and answered.
    func json(_ people: People) -> JSON {
        [
            "id": .string(id.description), "sequence": .integer(sequence), "sender": people.card(of: sender),
            "client_id": clientID.map(JSON.string) ?? .null, "text": .string(text), "attachments": attachments,
            "reply_to": replyTo.map(JSON.integer) ?? .null, "is_deleted": .bool(isDeleted),
            "created_at": .string(id.createdAt.description),
            "edited_at": editedAt.map { .string($0.description) } ?? .null,
        ]
    }
}

/// A message before it has a place.
package struct MessageDraft: Sendable {
    package static let textLengthMax = 4_000
    package static let attachmentsMax = 10

    package var text: String
    package var attachments: [Attachment] = []
    /// Sequence of the message that it answers.
    package var replyTo: Int64?
    /// Names it among the sender's messages to this conversation: the same again is the same message.
    package var clientID: String?

    package init(_ text: String, attachments: [Attachment] = [], replyTo: Int64? = nil, clientID: String? = nil) {
        self.text = text
        self.attachments = attachments
        self.replyTo = replyTo
        self.clientID = clientID
    }
}

/// Something that a message shows, by reference. Nobody looks whether it is there: it can be gone at any time.
package enum Attachment: Sendable, Equatable {
    case product(ID<Product>)
    case post(ID<Post>)
    case picture(url: String)

    /// Nil when the object names something else than its kind says.
    package init?(_ json: JSON) {
        guard case .object(let members) = json, members.count == 2, let kind = json["kind"]?.string else { return nil }
        switch kind {
        case "product":
            guard let id = json["product"]?.string.flatMap({ ID<Product>($0) }) else { return nil }
            self = .product(id)
        case "post":
            guard let id = json["post"]?.string.flatMap({ ID<Post>($0) }) else { return nil }
            self = .post(id)
        case "picture":
            guard let url = json["url"]?.string else { return nil }
            self = .picture(url: url)
        default: return nil
        }
    }

    var json: JSON {
        switch self {
        case .product(let id): ["kind": "product", "product": .string(id.description)]
        case .post(let id): ["kind": "post", "post": .string(id.description)]
        case .picture(let url): ["kind": "picture", "url": .string(url)]
        }
    }
}
