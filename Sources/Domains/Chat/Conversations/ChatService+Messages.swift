package import Core
import Realtime
import Storage

/// A message with the people it shows.
package struct MessageView: Sendable {
    package let message: Message
    let people: People

    var json: JSON { message.json(people) }
}

/// Part of what was said in a conversation.
package struct History: Sendable {
    package let page: Page<Message>
    let people: People
    /// Edits and deletions in the conversation when it was read: ``ChatService/changes(in:after:cursor:limit:for:)`` goes on
    /// from there.
    package let revision: Int64
    /// Of the conversation's channel, before it was read.
    let position: ChannelPosition
}

extension ChatService {
    /// Says something in a conversation. Whoever says it again under the same client id is given the message that it was.
    ///
    /// The sender has read what was said before.
    package func send(
        _ draft: MessageDraft, to conversation: ID<Conversation>, by sender: ID<Account>
    ) async throws -> (view: MessageView, isNew: Bool) {
        guard !draft.attachments.isEmpty || !draft.text.isBlank else { throw ChatError.emptyMessage }
        return try await database.write { tx in
            let id = ids.next(Message.self)
            guard let turn = try takeTurn(of: id, draft, in: conversation, by: sender, tx) else {
                return (try sentBefore(draft, in: conversation, by: sender, tx), false)
            }
            if let replyTo = draft.replyTo, replyTo >= turn.sequence { throw ChatError.replyNotFound }
            let other = turn.pair?.other(than: sender)
            let people = try people.people(Set([sender, other].compactMap(\.self)), seenBy: sender, in: tx)
            if let other, !people.canReach(other) { throw ChatError.notReachable }
            let message = Message(id: id, sequence: turn.sequence, sender: sender, draft: draft)
            try insert(message, in: conversation, tx)
            try countUnread(message, in: conversation, by: sender, tx)
            try move(conversation, to: message, by: sender, tx)
            var data: JSON = ["message": .id(id), "sequence": .integer(message.sequence), "sender": .id(sender)]
            if let other { data = data.adding("recipient", .id(other)) }
            try tell(ChatEvent.messageSent, about: conversation, data, in: tx)
            push("message.sent", ["message": message.json(people)], to: .conversation(conversation), after: tx)
            return (MessageView(message: message, people: people), true)
        }
    }

    /// What was said, newest first; after a sequence, what came then, in its order.
    package func history(
        of conversation: ID<Conversation>, after: Int64? = nil, cursor: String?, limit: Int, for account: ID<Account>
    ) async throws -> History {
        let filter = after == nil ? "messages:\(conversation)" : "messages-after:\(conversation)"
        let start = try cursors.position(cursor, filter: filter, start: after ?? .max)
        let position = publisher.position(of: .conversation(conversation))
        return try await database.read { db in
            let read = try messages(
                said(in: conversation, to: account, from: start, isForward: after != nil, limit: limit + 1), in: db)
            let page = cursors.page(read.messages, limit: limit, filter: filter) { [$0.sequence] }
            let people = try people.people(Set(page.items.compactMap(\.sender)), seenBy: account, in: db)
            return History(page: page, people: people, revision: read.revision, position: position)
        }
    }

    private func said(
        in conversation: ID<Conversation>, to account: ID<Account>, from start: Int64, isForward: Bool, limit: Int
    ) -> SQL {
        let order: (comparison: String, direction: String) = isForward ? (">", "ASC") : ("<", "DESC")
        return """
            SELECT \(unsafeRaw: Message.columns), conversation.revision
            FROM conversation_member AS member
            JOIN conversation ON conversation.id = member.conversation_id
            LEFT JOIN message
                ON message.conversation_id = member.conversation_id
                    AND message.sequence \(unsafeRaw: order.comparison) \(start)
            WHERE member.conversation_id = \(conversation) AND member.account_id = \(account)
            ORDER BY message.sequence \(unsafeRaw: order.direction)
            LIMIT \(limit)
            """
    }

    /// - Parameter sql: gives ``Message/columns`` and the conversation's revision: a row also where there is no message.
    /// - Throws: ``ChatError/conversationNotFound`` without any row: for who is no member.
    func messages(
        _ sql: SQL, in db: some Queryable
    ) throws -> (messages: [Message], revision: Int64) {
        var revision: Int64?
        let rows: [Message?] = try db.rows(sql) { row in
            revision = row.integer(Message.columnCount)
            return row.isNull(0) ? nil : try Message(row)
        }
        guard let revision else { throw ChatError.conversationNotFound }
        return (rows.compactMap(\.self), revision)
    }

    /// Rewrites a message of one's own, where one could still write it.
    package func edit(
        _ sequence: Int64, of conversation: ID<Conversation>, text: String, by account: ID<Account>
    ) async throws -> MessageView {
        try await database.write { tx in
            let place = try place(of: account, in: conversation, tx)
            let known = try message(sequence, of: conversation, in: tx)
            guard known.sender == account else { throw ChatError.notYours }
            guard !place.isMuted else { throw ChatError.muted }
            let people = try people.people(Set([account, place.other].compactMap(\.self)), seenBy: account, in: tx)
            if let other = place.other, !people.canReach(other) { throw ChatError.notReachable }
            guard !text.isBlank || known.attachments != [] else { throw ChatError.emptyMessage }
            let revision = try nextRevision(of: conversation, in: tx)
            let edited = try tx.first(
                """
                UPDATE message
                SET text = \(text), edited_at = \(clock.now()), revision = \(revision)
                WHERE conversation_id = \(conversation) AND sequence = \(sequence)
                RETURNING \(unsafeRaw: Message.columns)
                """
            ) { try Message($0) }
            guard let edited else { throw ChatError.messageNotFound }
            push(
                "message.edited", ["message": edited.json(people), "revision": .integer(revision)],
                to: .conversation(conversation), after: tx)
            return MessageView(message: edited, people: people)
        }
    }

    /// Takes a message's words away: one's own, or in a group another's, as an admin. Its place stays. Whoever had not read it
    /// has nothing to read there any more.
    package func delete(
        _ sequence: Int64, of conversation: ID<Conversation>, by account: ID<Account>
    ) async throws {
        try await database.write { tx in
            let place = try place(of: account, in: conversation, tx)
            let known = try message(sequence, of: conversation, in: tx)
            guard known.sender == account || place.kind == .group && place.role >= .admin else {
                throw ChatError.notYours
            }
            let revision = try nextRevision(of: conversation, in: tx)
            try tx.execute(
                """
                UPDATE message
                SET text = '', attachments = '[]', edited_at = NULL, is_deleted = 1, revision = \(revision)
                WHERE conversation_id = \(conversation) AND sequence = \(sequence)
                """)
            pushDeletion(of: sequence, revision, by: account, in: conversation, after: tx)
            let done = try uncountDeleted([sequence], of: conversation, in: tx)
            if place.kind == .pair, let reader = done.first {
                try tell(
                    ChatEvent.messagesRetracted, about: conversation,
                    ["recipient": .id(reader), "sender": .id(account)], in: tx)
            }
        }
    }

    // MARK: In a transaction

    /// The number of one more edit or deletion.
    func nextRevision(of conversation: ID<Conversation>, in tx: WriteTransaction) throws -> Int64 {
        let next = try tx.first(
            "UPDATE conversation SET revision = revision + 1 WHERE id = \(conversation) RETURNING revision"
        ) { $0.integer(0) }
        guard let next else { throw ChatError.conversationNotFound }
        return next
    }

    func pushDeletion(
        of sequence: Int64, _ revision: Int64, by account: ID<Account>?, in conversation: ID<Conversation>,
        after tx: WriteTransaction
    ) {
        let data: JSON = [
            "sequence": .integer(sequence), "by": account.map { .id($0) } ?? .null, "revision": .integer(revision),
        ]
        push("message.deleted", data, to: .conversation(conversation), after: tx)
    }

    /// One that is not deleted.
    private func message(
        _ sequence: Int64, of conversation: ID<Conversation>, in tx: WriteTransaction
    ) throws -> Message {
        let message = try tx.first(
            """
            SELECT \(unsafeRaw: Message.columns)
            FROM message
            WHERE conversation_id = \(conversation) AND sequence = \(sequence) AND is_deleted = 0
            """
        ) { try Message($0) }
        guard let message else { throw ChatError.messageNotFound }
        return message
    }

    /// The next number of a conversation.
    private struct Turn {
        let sequence: Int64
        let pair: Pair?
    }

    /// Nil for who may not write there, and for what was sent before: one statement for what is nearly always the case.
    private func takeTurn(
        of id: ID<Message>, _ draft: MessageDraft, in conversation: ID<Conversation>, by sender: ID<Account>,
        _ tx: WriteTransaction
    ) throws -> Turn? {
        try tx.first(
            """
            UPDATE conversation
            SET last_sequence = last_sequence + 1, activity = \(id)
            WHERE id = \(conversation)
                AND EXISTS (
                    SELECT 1
                    FROM conversation_member
                    WHERE conversation_id = \(conversation) AND account_id = \(sender) AND is_muted = 0
                )
                AND NOT EXISTS (
                    SELECT 1
                    FROM message
                    WHERE sender_id = \(sender) AND conversation_id = \(conversation)
                        AND client_id = \(draft.clientID)
                )
            RETURNING last_sequence, pair_low, pair_high
            """
        ) { Turn(sequence: $0.integer(0), pair: Pair(low: $0.idOrNil(1), high: $0.idOrNil(2))) }
    }

    private func sentBefore(
        _ draft: MessageDraft, in conversation: ID<Conversation>, by sender: ID<Account>, _ tx: WriteTransaction
    ) throws -> MessageView {
        let place = try place(of: sender, in: conversation, tx)
        let known = try tx.first(
            """
            SELECT \(unsafeRaw: Message.columns)
            FROM message
            WHERE sender_id = \(sender) AND conversation_id = \(conversation) AND client_id = \(draft.clientID)
            """
        ) { try Message($0) }
        guard let known else { throw place.isMuted ? ChatError.muted : .conversationNotFound }
        return MessageView(message: known, people: try people.people([sender], seenBy: sender, in: tx))
    }

    private func insert(_ message: Message, in conversation: ID<Conversation>, _ tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO message (conversation_id, sequence, id, sender_id, client_id, text, attachments, reply_to)
            VALUES (
                \(conversation), \(message.sequence), \(message.id), \(message.sender), \(message.clientID),
                \(message.text), \(message.attachments.text), \(message.replyTo)
            )
            """)
    }

    /// Something waits from now on for those who had read everything, and nothing for the sender.
    private func countUnread(
        _ message: Message, in conversation: ID<Conversation>, by sender: ID<Account>, _ tx: WriteTransaction
    ) throws {
        let before = message.sequence - 1
        let inboxes = try tx.rows(
            """
            INSERT INTO inbox (account_id, unread_count)
            SELECT account_id, CASE WHEN account_id = \(sender) THEN -1 ELSE 1 END
            FROM conversation_member
            WHERE conversation_id = \(conversation)
                AND CASE
                    WHEN account_id = \(sender) THEN read_sequence + gone_unread < \(before)
                    ELSE read_sequence + gone_unread = \(before)
                END
            ON CONFLICT (account_id) DO UPDATE SET unread_count = inbox.unread_count + excluded.unread_count
            RETURNING account_id, unread_count
            """
        ) { (account: $0.id(0, Account.self), unreadCount: $0.integer(1)) }
        pushUnread(inboxes, after: tx)
    }

    /// Moves a conversation to the front of its members' lists, and the sender's marker to what they have said.
    private func move(
        _ conversation: ID<Conversation>, to message: Message, by sender: ID<Account>, _ tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            UPDATE conversation_member
            SET activity = \(message.id),
                read_sequence = CASE WHEN account_id = \(sender) THEN \(message.sequence) ELSE read_sequence END,
                gone_unread = CASE WHEN account_id = \(sender) THEN 0 ELSE gone_unread END
            WHERE conversation_id = \(conversation) AND (is_large = 0 OR account_id = \(sender))
            """)
    }
}

extension JSON {
    /// The object with one more member.
    func adding(_ name: String, _ value: JSON) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members + [.init(name: name, value: value)])
    }
}
