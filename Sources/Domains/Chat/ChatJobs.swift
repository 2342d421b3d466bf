import Core
package import Jobs
import Storage

/// Removes what was said in a conversation that nobody is left in, and then the conversation.
struct PurgeConversation: Job {
    static let kind = "chat.purge_conversation"
    let conversation: ID<Conversation>

    init(conversation: ID<Conversation>) { self.conversation = conversation }

    init(payload: JSON) throws {
        guard let id = payload["id"]?.string.flatMap({ ID<Conversation>($0) }) else {
            throw PermanentJobFailure("the payload has no id of a conversation")
        }
        conversation = id
    }

    var payload: JSON { ["id": .id(conversation)] }
}

/// Removes what was said in a live room that has been closed for long.
struct PurgeLiveChat: Job {
    static let kind = "chat.purge_live_chat"
    let room: ID<LiveRoom>

    init(room: ID<LiveRoom>) { self.room = room }

    init(payload: JSON) throws {
        guard let id = payload["id"]?.string.flatMap({ ID<LiveRoom>($0) }) else {
            throw PermanentJobFailure("the payload has no id of a live room")
        }
        room = id
    }

    var payload: JSON { ["id": .id(room)] }
}

/// Takes an erased account out of its conversations and rooms, and its words away.
struct EraseVoice: Job {
    static let kind = "chat.erase_voice"
    let account: ID<Account>

    init(account: ID<Account>) { self.account = account }

    init(payload: JSON) throws {
        guard let id = payload["id"]?.string.flatMap({ ID<Account>($0) }) else {
            throw PermanentJobFailure("the payload has no id of an account")
        }
        account = id
    }

    var payload: JSON { ["id": .id(account)] }
}

extension ChatService {
    /// Registers what Chat's jobs do.
    package func register(in handlers: inout JobHandlers) {
        handlers.on(PurgeConversation.self, timeoutSeconds: 600) { job, _ in try await purge(job.conversation) }
        handlers.on(PurgeLiveChat.self, timeoutSeconds: 600) { job, _ in try await purgeChat(of: job.room) }
        handlers.on(EraseVoice.self, timeoutSeconds: 3_600) { job, _ in try await eraseVoice(of: job.account) }
    }

    func purge(_ conversation: ID<Conversation>) async throws {
        let batch = limits.batch
        while try await database.write({ tx in
            try tx.execute(
                """
                DELETE FROM message
                WHERE conversation_id = \(conversation) AND sequence IN (
                    SELECT sequence FROM message WHERE conversation_id = \(conversation) LIMIT \(batch)
                )
                """)
        }) > 0 { try Task.checkCancellation() }
        try await database.write { tx in
            try tx.execute("DELETE FROM conversation WHERE id = \(conversation) AND member_count = 0")
        }
    }

    func purgeChat(of room: ID<LiveRoom>) async throws {
        let batch = limits.batch
        while try await database.write({ tx in
            try tx.execute(
                """
                DELETE FROM live_message
                WHERE room_id = \(room) AND id IN (
                    SELECT id FROM live_message WHERE room_id = \(room) LIMIT \(batch)
                )
                """)
        }) > 0 { try Task.checkCancellation() }
    }
}
