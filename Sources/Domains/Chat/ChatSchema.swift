package import Storage

/// The tables that Chat owns. Nobody else reads or writes them.
package enum ChatSchema {
    package static let migrations: [Migration] = [conversations, live, viewers, revisions]

    /// `activity` is the id of a conversation's newest message, or its own while it has none. Members of small ones have a
    /// copy, which orders their lists; 0 there is a conversation of two that the other has opened and said nothing in.
    /// `is_large` groups are ordered by the group's own, so that a message to 256 people is not 256 rows.
    ///
    /// `inbox` counts the conversations in which something waits for somebody. Nothing checks that it is not negative: a row
    /// that takes one off passes through an INSERT, and PostgreSQL and SQLite check those before they find the conflict.
    /// `plaza verify` does.
    private static let conversations = Migration(
        "chat.001 conversations",
        [
            .table(
                "conversation",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    kind BIGINT NOT NULL CHECK (kind IN (0, 1)),
                    title TEXT NOT NULL,
                    pair_low BIGINT,
                    pair_high BIGINT,
                    is_large BIGINT NOT NULL DEFAULT 0,
                    member_count BIGINT NOT NULL CHECK (member_count >= 0),
                    last_sequence BIGINT NOT NULL DEFAULT 0,
                    activity BIGINT NOT NULL,
                    CHECK ((kind = 0) = (pair_low IS NOT NULL AND pair_high IS NOT NULL AND pair_low < pair_high))
                    """),
            .statement("CREATE UNIQUE INDEX conversation_pair ON conversation (pair_low, pair_high)"),
            .table(
                "conversation_member", clustered: true,
                columns: """
                    conversation_id BIGINT NOT NULL,
                    account_id BIGINT NOT NULL,
                    role BIGINT NOT NULL,
                    is_muted BIGINT NOT NULL DEFAULT 0,
                    is_large BIGINT NOT NULL DEFAULT 0,
                    activity BIGINT NOT NULL,
                    read_sequence BIGINT NOT NULL,
                    joined_at BIGINT NOT NULL,
                    PRIMARY KEY (conversation_id, account_id)
                    """),
            // Newest first, and the large ones apart.
            .statement(
                "CREATE INDEX conversation_member_account ON conversation_member (account_id, is_large, activity)"),
            .table(
                "inbox", clustered: true,
                columns: "account_id BIGINT NOT NULL PRIMARY KEY, unread_count BIGINT NOT NULL"),
            .table(
                "message", clustered: true,
                columns: """
                    conversation_id BIGINT NOT NULL,
                    sequence BIGINT NOT NULL CHECK (sequence > 0),
                    id BIGINT NOT NULL,
                    sender_id BIGINT,
                    client_id TEXT,
                    text TEXT NOT NULL,
                    attachments TEXT NOT NULL,
                    reply_to BIGINT,
                    edited_at BIGINT,
                    is_deleted BIGINT NOT NULL DEFAULT 0,
                    PRIMARY KEY (conversation_id, sequence)
                    """),
            // Finds a message that is sent again, and all that somebody has sent.
            .statement("CREATE UNIQUE INDEX message_client ON message (sender_id, conversation_id, client_id)"),
        ])

    private static let live = Migration(
        "chat.002 live rooms",
        [
            .table(
                "live_room",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    host_id BIGINT NOT NULL,
                    title TEXT NOT NULL,
                    shop_id BIGINT,
                    pinned_product_id BIGINT,
                    slow_mode_seconds BIGINT NOT NULL DEFAULT 0,
                    is_open BIGINT NOT NULL DEFAULT 1,
                    closed_at BIGINT,
                    CHECK ((is_open = 0) = (closed_at IS NOT NULL))
                    """),
            .statement("CREATE INDEX live_room_open ON live_room (is_open, id) WHERE is_open = 1"),
            .statement("CREATE INDEX live_room_host ON live_room (host_id, is_open, id)"),
            .table(
                "live_standing", clustered: true,
                columns: """
                    room_id BIGINT NOT NULL,
                    account_id BIGINT NOT NULL,
                    standing BIGINT NOT NULL CHECK (standing IN (1, 2)),
                    PRIMARY KEY (room_id, account_id)
                    """),
            .statement("CREATE INDEX live_standing_account ON live_standing (account_id, room_id)"),
            .table(
                "live_message", clustered: true,
                columns: """
                    room_id BIGINT NOT NULL,
                    id BIGINT NOT NULL,
                    sender_id BIGINT NOT NULL,
                    text TEXT NOT NULL,
                    PRIMARY KEY (room_id, id)
                    """),
            .statement("CREATE INDEX live_message_sender ON live_message (sender_id, room_id)"),
        ])

    /// The most that watched a room at once, once it is closed. Open rooms are counted by the hub.
    private static let viewers = Migration(
        "chat.003 viewers of live rooms",
        [.statement("ALTER TABLE live_room ADD COLUMN viewer_peak BIGINT NOT NULL DEFAULT 0")])

    /// A conversation's `revision` counts the edits and deletions in it; a message has that of its last one, or 0. A member's
    /// `gone_unread` are the messages beyond their marker that were deleted: those wait for nobody.
    private static let revisions = Migration(
        "chat.004 revisions and deleted unread messages",
        [
            .statement("ALTER TABLE conversation ADD COLUMN revision BIGINT NOT NULL DEFAULT 0"),
            .statement("ALTER TABLE message ADD COLUMN revision BIGINT NOT NULL DEFAULT 0"),
            .statement("ALTER TABLE conversation_member ADD COLUMN gone_unread BIGINT NOT NULL DEFAULT 0"),
            .statement("CREATE INDEX message_revision ON message (conversation_id, revision) WHERE revision > 0"),
            // Names is_deleted so that SQLite does not look it up in each message's row.
            .statement(
                "CREATE INDEX message_deleted ON message (conversation_id, sequence, is_deleted) WHERE is_deleted = 1"),
            .statement(
                """
                UPDATE conversation_member
                SET gone_unread = (
                    SELECT COUNT(*)
                    FROM message
                    WHERE message.conversation_id = conversation_member.conversation_id AND message.is_deleted = 1
                        AND message.sequence > conversation_member.read_sequence
                ) /* scan: a migration */
                """),
            .statement(
                """
                UPDATE inbox
                SET unread_count = (
                    SELECT COUNT(*)
                    FROM conversation_member AS member
                    JOIN conversation ON conversation.id = member.conversation_id
                    WHERE member.account_id = inbox.account_id
                        AND conversation.last_sequence > member.read_sequence + member.gone_unread
                ) /* scan: a migration */
                """),
        ])
}
