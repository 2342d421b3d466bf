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
            let left = try tx.first(
                """
                UPDATE conversation_member
                SET read_sequence = \(marker),
                    gone_unread = CASE
                        WHEN \(place.goneUnread) = 0 OR \(marker) = \(place.lastSequence) THEN 0
                        ELSE (
                            SELECT COUNT(*)
                            FROM message
                            WHERE conversation_id = \(conversation) AND sequence > \(marker) AND is_deleted = 1
                        )
                    END
                WHERE conversation_id = \(conversation) AND account_id = \(account)
                RETURNING \(place.lastSequence) - read_sequence - gone_unread
                """
            ) { $0.integer(0) }
            let data: JSON = ["account": .id(account), "sequence": .integer(marker)]
            push("conversation.read", data, to: .conversation(conversation), after: tx)
            if place.unreadCount > 0, left == 0 { try uncount([account], in: tx) }
            return marker
        }
    }

    /// Has what was deleted before it was read wait for nobody any more, in the conversation and in the inbox.
    /// - Returns: those for whom nothing is left to read in the conversation, and was before.
    @discardableResult
    func uncountDeleted(
        _ sequences: [Int64], of conversation: ID<Conversation>, in tx: WriteTransaction
    ) throws -> [ID<Account>] {
        guard let newest = sequences.max() else { return [] }
        let readers = try tx.rows(
            """
            UPDATE conversation_member
            SET gone_unread = gone_unread + (
                SELECT COUNT(*)
                FROM message
                WHERE message.conversation_id = \(conversation) AND message.sequence IN (\(list: sequences))
                    AND message.sequence > conversation_member.read_sequence
            )
            WHERE conversation_id = \(conversation) AND read_sequence < \(newest)
            RETURNING account_id, read_sequence + gone_unread = (
                SELECT last_sequence FROM conversation WHERE id = \(conversation)
            )
            """
        ) { (account: $0.id(0, Account.self), isDone: $0.bool(1)) }
        let done = readers.filter(\.isDone).map(\.account).sorted()
        if !done.isEmpty { try uncount(done, in: tx) }
        return done
    }
}
