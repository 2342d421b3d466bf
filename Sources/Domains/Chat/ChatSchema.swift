package import Storage

/// The tables that Chat owns. Nobody else reads or writes them.
package enum ChatSchema {
    package static let migrations: [Migration] = [conversations, live, viewers]

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
}
