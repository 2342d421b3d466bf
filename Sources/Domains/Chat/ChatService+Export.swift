package import Core
package import Storage

/// What Chat holds about an account, as members of its export: what they said, not what was said to them.
extension ChatService {
    package func exportData(of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        let conversations = try db.rows(
            """
            SELECT \(unsafeRaw: Place.columns)
            FROM conversation_member AS member
            JOIN conversation ON conversation.id = member.conversation_id
            WHERE member.account_id = \(account)
            """
        ) { Place($0) }
        json.name("conversations")
        json.array(conversations) { json, place in
            json.object { json in
                json.member("id", place.conversation)
                json.member("kind", place.kind.name)
                json.member("role", place.role.name)
                json.member("read_sequence", place.readSequence)
            }
        }
        try exportMessages(of: account, in: db, to: &json)
        try exportLive(of: account, in: db, to: &json)
    }

    private func exportMessages(of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        let messages = try db.rows(
            """
            SELECT \(unsafeRaw: Message.columns), conversation_id
            FROM message
            WHERE sender_id = \(account) AND is_deleted = 0
            """
        ) { (message: try Message($0), conversation: $0.id(9, Conversation.self)) }
        json.name("messages")
        json.array(messages) { json, row in
            json.object { json in
                json.member("conversation", row.conversation)
                json.member("sequence", row.message.sequence)
                json.member("text", row.message.text)
                json.member("attachments", row.message.attachments)
                json.member("created_at", row.message.id.createdAt)
                json.member("edited_at", row.message.editedAt)
            }
        }
    }

    private func exportLive(of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        let rooms = try db.rows("SELECT \(unsafeRaw: LiveRoom.columns) FROM live_room WHERE host_id = \(account)") {
            LiveRoom($0)
        }
        json.name("live_rooms")
        json.array(rooms) { json, room in
            json.object { json in
                json.member("id", room.id)
                json.member("title", room.title)
                json.member("opened_at", room.id.createdAt)
                json.member("closed_at", room.closedAt)
            }
        }
        let messages = try db.rows("SELECT room_id, id, text FROM live_message WHERE sender_id = \(account)") {
            (room: $0.id(0, LiveRoom.self), id: $0.id(1, LiveMessage.self), text: $0.text(2))
        }
        json.name("live_messages")
        json.array(messages) { json, message in
            json.object { json in
                json.member("live", message.room)
                json.member("text", message.text)
                json.member("created_at", message.id.createdAt)
            }
        }
    }
}
