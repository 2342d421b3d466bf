import Core
import HTTP
package import Realtime

/// What Chat says in channels: `/asyncapi.json` prints it.
enum ChatChannelShapes {
    private static let account: JSON = "acc_0D3PZ7XGQW4K1"
    private static let by: JSON = "acc_0D3PZ7XGQW4K2"

    static let conversation = ChannelShape(
        "Its members.", key: "conversation", keyExample: "cnv_0D3PZ7XGQW4K1",
        pushes: [
            PushShape("message.sent", "A message.", ["message": ChatShapes.messageExample]),
            PushShape(
                "message.edited", "A message has other words.",
                ["message": ChatShapes.messageExample, "revision": 4]),
            PushShape(
                "message.deleted",
                """
                A message has no words any more, and waits for nobody who had not read it; by nobody when its writer has \
                left Plaza.
                """,
                ["sequence": 42, "by": by, "revision": 5], nullable: ["by"]),
            PushShape(
                "conversation.read",
                "Somebody has read up to a message. Who sends one has read up to it, without a word.",
                ["account": account, "sequence": 42]),
            PushShape("conversation.changed", "A group has another title.", ["title": "Kiln people", "by": by]),
            PushShape(
                "member.joined", "Somebody is in the group.",
                ["account": account, "person": Schema.personShortExample, "by": by], nullable: ["person"]),
            PushShape("member.left", "Somebody is in it no more.", ["account": account, "by": by]),
            PushShape(
                "member.changed", "Somebody has another role, or may or may not write.",
                ["account": account, "role": "admin", "is_muted": false]),
            PushShape(
                "typing", .fleeting, "Somebody types; three seconds are between two of one member.",
                ["account": account]),
        ],
        commands: [CommandShape("typing", "Tell the others that one types.")])

    static let live = ChannelShape(
        "Everybody whom neither a block nor a mute keeps away, while the room is open.", key: "live",
        keyExample: "liv_0D3PZ7XGQW4K1",
        pushes: [
            .viewersCounted,
            PushShape("chat.sent", .sampled, "A line of chat.", ["message": ChatShapes.liveMessageExample]),
            PushShape("product.pinned", .urgent, "What is being shown.", ["product": "prd_0D3PZ7XGQW4K1"]),
            PushShape("product.unpinned", .urgent, "Nothing is being shown any more."),
            PushShape(
                "slow_mode.changed", .urgent, "Seconds between two lines of one person; 0 for none.", ["seconds": 5]),
            PushShape("account.muted", .urgent, "Somebody has been shut out.", ["account": account]),
            PushShape("live.closed", .urgent, "The room is closed, for good."),
        ],
        commands: [
            CommandShape(
                "chat", "Say something in the room.", ["text": "Lovely glaze!"],
                answer: ["message": ChatShapes.liveMessageExample])
        ])
}

extension ChatService {
    /// What is said in people's own channels.
    package static let accountPushes = [
        PushShape("conversation.joined", "One is in a conversation: subscribe.", ["conversation": "cnv_0D3PZ7XGQW4K1"]),
        PushShape("conversation.left", "One is in it no more: forget it.", ["conversation": "cnv_0D3PZ7XGQW4K1"]),
        PushShape("conversations.unread", .newest, "Conversations with something unread.", ["count": 1]),
    ]
}
