package import Core
import Jobs
package import Storage

extension ChatService {
    /// Closes what an account is live with, and has the rest follow: it leaves its conversations, and what it said there
    /// becomes nobody's, without words. Who owned a group is followed by the next.
    package func erase(_ account: ID<Account>, in tx: WriteTransaction) throws {
        try closeLives(of: account, in: tx)
        try jobs.enqueue(EraseVoice(account: account), in: tx)
    }

    /// Closes what an account is live with.
    package func closeLives(of account: ID<Account>, in tx: WriteTransaction) throws {
        let open = try tx.rows("SELECT id FROM live_room WHERE host_id = \(account) AND is_open = 1") {
            $0.id(0, LiveRoom.self)
        }
        for room in open { try close(room, of: account, in: tx) }
    }

    func eraseVoice(of account: ID<Account>) async throws {
        let batch = limits.batch
        try await untilNothingIsLeft { tx in
            let conversations = try tx.rows(
                "SELECT conversation_id FROM conversation_member WHERE account_id = \(account) LIMIT \(batch)"
            ) { $0.id(0, Conversation.self) }
            for id in conversations { try end(try place(of: account, in: id, tx), in: tx) }
            return conversations.count
        }
        try await untilNothingIsLeft { tx in try silence(account, upTo: batch, in: tx) }
        try await untilNothingIsLeft { tx in
            try tx.execute(
                """
                DELETE FROM live_message
                WHERE (room_id, id) IN (
                    SELECT room_id, id FROM live_message WHERE sender_id = \(account) LIMIT \(batch)
                )
                """)
        }
        try await database.write { tx in
            try tx.execute("DELETE FROM live_standing WHERE account_id = \(account)")
            try tx.execute("DELETE FROM inbox WHERE account_id = \(account)")
            try tx.execute("UPDATE live_room SET title = '' WHERE host_id = \(account)")
        }
    }

    private func untilNothingIsLeft(
        _ change: @escaping @Sendable (WriteTransaction) throws -> Int
    ) async throws {
        while try await database.write(change) > 0 { try Task.checkCancellation() }
    }

    /// Takes the words out of some messages, and the name off them.
    private func silence(_ account: ID<Account>, upTo limit: Int, in tx: WriteTransaction) throws -> Int {
        let written = try tx.rows(
            "SELECT conversation_id, sequence, is_deleted FROM message WHERE sender_id = \(account) LIMIT \(limit)"
        ) { (conversation: $0.id(0, Conversation.self), sequence: $0.integer(1), wasDeleted: $0.bool(2)) }
        var gone: [ID<Conversation>: [Int64]] = [:]
        for message in written {
            try tx.execute(
                """
                UPDATE message
                SET sender_id = NULL, client_id = NULL, text = '', attachments = '[]', edited_at = NULL, is_deleted = 1
                WHERE conversation_id = \(message.conversation) AND sequence = \(message.sequence)
                """)
            if !message.wasDeleted { gone[message.conversation, default: []].append(message.sequence) }
        }
        for (conversation, sequences) in gone.sorted(by: { $0.key < $1.key }) {
            for sequence in sequences {
                let revision = try nextRevision(of: conversation, in: tx)
                try tx.execute(
                    """
                    UPDATE message
                    SET revision = \(revision)
                    WHERE conversation_id = \(conversation) AND sequence = \(sequence)
                    """)
                pushDeletion(of: sequence, revision, by: nil, in: conversation, after: tx)
            }
            try uncountDeleted(sequences, of: conversation, in: tx)
        }
        return written.count
    }
}
