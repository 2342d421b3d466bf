import Core
import HTTP

/// Shapes and examples of what Chat's routes take and answer.
enum ChatShapes {
    static let title = Schema.text(1...100)
    static let text = Schema.text(0...MessageDraft.textLengthMax, multiline: true)
    static let clientID = Schema.text(1...64)
    static let liveTitle = Schema.text(1...100)
    static let liveText = Schema.text(1...LiveMessage.textLengthMax)

    /// What a subscriber of a live room publishes.
    static let liveCommand = Schema.object([.required("type", .choice(["chat"])), .required("text", liveText)])

    static let attachment = Schema.named(
        "Attachment",
        .object([
            .required("kind", .choice(["product", "post", "picture"]), "Says which of the others is there."),
            .optional("product", .id(of: Product.self)),
            .optional("post", .id(of: Post.self)),
            .optional("url", .text(8...2_000, format: .url), "Where the picture is; Plaza stores the reference."),
        ]))

    static let attachments = Schema.array(attachment, count: 0...MessageDraft.attachmentsMax)

    static let message = Schema.named(
        "Message",
        .object([
            .required("id", .id(of: Message.self)),
            .required("sequence", .integer(1...(.max)), "1, 2, 3… without gaps."),
            .required("sender", .nullable(.personShort), "Null for somebody who has left."),
            .required("client_id", .nullable(clientID), "What its sender called it."),
            .required("text", text),
            .required("attachments", attachments),
            .required("reply_to", .nullable(.integer(1...(.max))), "Sequence of the message that it answers."),
            .required("is_deleted", .boolean, "Its words are gone, its place stays."),
            .required("created_at", .time),
            .required("edited_at", .nullable(.time)),
        ]))

    private static let conversationFields: [Schema.Field] = [
        .required("id", .id(of: Conversation.self)),
        .required("kind", .choice(["pair", "group"])),
        .required("title", .nullable(title), "Of a group."),
        .required("with", .nullable(.personShort), "The other one of two; null once they have left."),
        .required("role", roleNames, "The caller's."),
        .required("is_muted", .boolean, "Whether the caller may not write."),
        .required("member_count", .integer(0...(.max))),
        .required("last_sequence", .integer(0...(.max)), "Of the newest message; 0 without any."),
        .required("read_sequence", .integer(0...(.max)), "Up to where the caller has read."),
        .required("unread_count", .integer(0...(.max)), "Messages of others after that which are still there."),
        .required("revision", .integer(0...(.max)), "Edits and deletions in it so far."),
        .required("last_message", .nullable(message)),
        .required("created_at", .time),
        .required("active_at", .time, "When the newest message was sent."),
    ]

    static let roleNames = Schema.choice(["member", "admin", "owner"])
    static let listed = Schema.named("ConversationListed", .object(conversationFields))
    static let conversation = Schema.named(
        "Conversation",
        .object(conversationFields + [.required("realtime", .channelPosition, "Where its channel stood before.")]))

    static let inbox = Schema.object([
        .required("items", .array(listed, count: 0...100), "Newest activity first."),
        .required("next", .nullable(.text(1...512)), "Hand it back as cursor for the next page; null at the end."),
        .required(
            "unread_count", .nullable(.integer(0...(.max))),
            "Conversations with something unread; null on an empty page that is not the first."),
        .required("realtime", .channelPosition, "Where the account's channel stood before."),
    ])

    /// Part of a conversation, with the revision at which it was read.
    static let messages = Schema.object([
        .required("items", .array(message, count: 0...100), "The rows, in the list's order."),
        .required("next", .nullable(.text(1...512)), "Hand it back as cursor for the next page; null at the end."),
        .required(
            "revision", .integer(0...(.max)),
            "Edits and deletions in the conversation so far: ask for changes after it once one was away."),
        .required("realtime", .channelPosition, "Where the channel stood before."),
    ])

    static func history(of item: Schema) -> Schema {
        .object([
            .required("items", .array(item, count: 0...100), "The rows, in the list's order."),
            .required("next", .nullable(.text(1...512)), "Hand it back as cursor for the next page; null at the end."),
            .required("realtime", .channelPosition, "Where the channel stood before."),
        ])
    }

    static let member = Schema.named(
        "Member",
        .object([
            .required("id", .id(of: Account.self)),
            .required("person", .nullable(.personShort), "Null for somebody who has left Plaza."),
            .required("role", roleNames),
            .required("is_muted", .boolean),
            .required("read_sequence", .integer(0...(.max)), "Up to where they have read."),
            .required("joined_at", .time),
        ]))

    private static let liveFields: [Schema.Field] = [
        .required("id", .id(of: LiveRoom.self)),
        .required("host", .nullable(.personShort), "Null for somebody who has left."),
        .required("title", .text(0...100)),
        .required("shop", .nullable(.id(of: Shop.self)), "For which they are live."),
        .required("state", .choice(["open", "closed"])),
        .required("pinned_product", .nullable(.id(of: Product.self)), "What is being shown."),
        .required("slow_mode_seconds", .integer(0...LiveRoom.slowModeSecondsMax), "Between two lines of one person."),
        .required("viewers", .integer(0...(.max)), "Sockets that hear it now."),
        .required("viewer_peak", .integer(0...(.max)), "The most at once."),
        .required("opened_at", .time),
        .required("closed_at", .nullable(.time)),
    ]

    static let liveListed = Schema.named("LiveListed", .object(liveFields))
    static let live = Schema.named(
        "Live", .object(liveFields + [.required("realtime", .channelPosition, "Where its channel stood before.")]))

    static let liveMessage = Schema.named(
        "LiveMessage",
        .object([
            .required("id", .id(of: LiveMessage.self)),
            .required("sender", .nullable(.personShort), "Null for somebody who has left."),
            .required("text", .text(1...LiveMessage.textLengthMax)),
            .required("created_at", .time),
        ]))

    // MARK: Examples

    static let messageExample: JSON = [
        "id": "msg_0D3PZ7XGQW4K1", "sequence": 42, "sender": Schema.personShortExample, "client_id": "7f2a",
        "text": "Is the blue bowl still there?",
        "attachments": [["kind": "product", "product": "prd_0D3PZ7XGQW4K1"]], "reply_to": nil, "is_deleted": false,
        "created_at": "2026-03-01T12:00:00.000Z", "edited_at": nil,
    ]

    static let listedExample: JSON = [
        "id": "cnv_0D3PZ7XGQW4K1", "kind": "pair", "title": nil, "with": Schema.personShortExample, "role": "member",
        "is_muted": false, "member_count": 2, "last_sequence": 42, "read_sequence": 40, "unread_count": 2,
        "revision": 3,
        "last_message": messageExample, "created_at": "2026-03-01T11:00:00.000Z",
        "active_at": "2026-03-01T12:00:00.000Z",
    ]

    static let conversationExample = listedExample.adding(
        "realtime", Schema.channelPositionExample("conversation:cnv_0D3PZ7XGQW4K1"))

    static let inboxExample: JSON = [
        "items": [listedExample], "next": nil, "unread_count": 1,
        "realtime": Schema.channelPositionExample("account:acc_0D3PZ7XGQW4K2"),
    ]

    static let historyExample: JSON = [
        "items": [messageExample], "next": nil, "revision": 3,
        "realtime": Schema.channelPositionExample("conversation:cnv_0D3PZ7XGQW4K1"),
    ]

    static let memberExample: JSON = [
        "id": "acc_0D3PZ7XGQW4K1", "person": Schema.personShortExample, "role": "admin", "is_muted": false,
        "read_sequence": 40,
        "joined_at": "2026-03-01T11:00:00.000Z",
    ]

    static let liveListedExample: JSON = [
        "id": "liv_0D3PZ7XGQW4K1", "host": Schema.personShortExample, "title": "Opening the kiln",
        "shop": "shp_0D3PZ7XGQW4K1",
        "state": "open", "pinned_product": "prd_0D3PZ7XGQW4K1", "slow_mode_seconds": 5,
        "viewers": 212, "viewer_peak": 380, "opened_at": "2026-03-01T12:00:00.000Z", "closed_at": nil,
    ]

    static let liveExample = liveListedExample.adding(
        "realtime", Schema.channelPositionExample("live:liv_0D3PZ7XGQW4K1"))

    static let liveMessageExample: JSON = [
        "id": "lvm_0D3PZ7XGQW4K1", "sender": Schema.personShortExample, "text": "Lovely glaze!",
        "created_at": "2026-03-01T12:05:00.000Z",
    ]

    static let liveHistoryExample: JSON = [
        "items": [liveMessageExample], "next": nil, "realtime": Schema.channelPositionExample("live:liv_0D3PZ7XGQW4K1"),
    ]

    static func page(of example: JSON) -> JSON { ["items": [example], "next": nil] }
}
