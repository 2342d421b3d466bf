package import Core
import Realtime
import Storage

extension ChatService {
    /// What was edited and deleted in a conversation after a revision, in that order: each message once, as it is now.
    ///
    /// Kept with the messages, so it answers however long one was away and over a restart. Whoever holds messages and the
    /// revision that came with them brings them up to date with this, and fetches what is new by its sequence.
    /// - Parameter revision: that of ``History/revision``, of the last page or of a push.
    package func changes(
        in conversation: ID<Conversation>, after revision: Int64, cursor: String?, limit: Int, for account: ID<Account>
    ) async throws -> History {
        let filter = "message-changes:\(conversation)"
        let start = try cursors.position(cursor, filter: filter, start: revision)
        let position = publisher.position(of: .conversation(conversation))
        return try await database.read { db in
            let read = try messages(
                """
                SELECT \(unsafeRaw: Message.columns), conversation.revision
                FROM conversation_member AS member
                JOIN conversation ON conversation.id = member.conversation_id
                LEFT JOIN message
                    ON message.conversation_id = member.conversation_id AND message.revision > 0
                        AND message.revision > \(start)
                WHERE member.conversation_id = \(conversation) AND member.account_id = \(account)
                ORDER BY message.revision
                LIMIT \(limit + 1)
                """, in: db)
            let page = cursors.page(read.messages, limit: limit, filter: filter) { [$0.revision] }
            let people = try people.people(Set(page.items.compactMap(\.sender)), seenBy: account, in: db)
            return History(page: page, people: people, revision: read.revision, position: position)
        }
    }
}
