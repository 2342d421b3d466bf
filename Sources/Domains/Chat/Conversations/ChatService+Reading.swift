package import Core
import Storage

extension ChatService {
    /// Marks what a member has read, up to a sequence. Markers never go back, nor beyond what was said.
    /// - Returns: where the marker is.
    package func read(
        upTo sequence: Int64, in conversation: ID<Conversation>, by account: ID<Account>
    ) async throws -> Int64 {
        try await database.write { tx in
            let place = try place(of: account, in: conversation, tx)
            let marker = min(sequence, place.lastSequence)
            guard marker > place.readSequence else { return place.readSequence }
            try tx.execute(
                """
                UPDATE conversation_member
                SET read_sequence = \(marker)
                WHERE conversation_id = \(conversation) AND account_id = \(account)
                """)
            let data: JSON = ["account": .id(account), "sequence": .integer(marker)]
            push("conversation.read", data, to: .conversation(conversation), after: tx)
            // Something waited until now, as the marker could move.
            if marker == place.lastSequence { try uncount(account, in: tx) }
            return marker
        }
    }
}
