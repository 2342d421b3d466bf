package import Core
import Realtime
import Storage

/// A conversation as one of its members sees it, with the people it shows.
package struct ConversationView: Sendable {
    package let conversation: Conversation
    let people: People
    /// Of the conversation's channel, before it was read.
    let position: ChannelPosition
}

/// A page of somebody's conversations.
package struct Inbox: Sendable {
    package let page: Page<Conversation>
    /// Conversations in which something waits. Nil past the end of the list, where nothing says it.
    package let unreadCount: Int64?
    let people: People
    /// Of the account's channel, before it was read.
    let position: ChannelPosition
}

extension ChatService {
    /// The conversation of two people: made when they have none, and the same one each time.
    package func openPair(
        of account: ID<Account>, with other: ID<Account>
    ) async throws -> (view: ConversationView, isNew: Bool) {
        guard account != other else { throw ChatError.yourself }
        return try await database.write { tx in
            guard try people.people([other], seenBy: account, in: tx).canReach(other) else {
                throw ChatError.accountNotFound
            }
            let pair = Pair(account, other)
            let known = try tx.first(
                "SELECT id FROM conversation WHERE pair_low = \(pair.low) AND pair_high = \(pair.high)"
            ) { $0.id(0, Conversation.self) }
            let id = try known ?? makePair(pair, by: account, in: tx)
            if known != nil {
                // Whom the other has opened it for, and said nothing, has it in their list from now on.
                try tx.execute(
                    """
                    UPDATE conversation_member
                    SET activity = \(id)
                    WHERE conversation_id = \(id) AND account_id = \(account) AND activity = 0
                    """)
            }
            return (try view(of: id, for: account, in: tx), known == nil)
        }
    }

    private func makePair(_ pair: Pair, by account: ID<Account>, in tx: WriteTransaction) throws -> ID<Conversation> {
        let id = ids.next(Conversation.self)
        try tx.execute(
            """
            INSERT INTO conversation (id, kind, title, pair_low, pair_high, member_count, activity)
            VALUES (\(id), 0, '', \(pair.low), \(pair.high), 2, \(id))
            """)
        try tx.execute(
            """
            INSERT INTO conversation_member (conversation_id, account_id, role, activity, read_sequence, joined_at)
            VALUES (\(id), \(account), 0, \(id), 0, \(clock.now())),
                (\(id), \(pair.other(than: account)), 0, 0, 0, \(clock.now()))
            """)
        let data: JSON = ["kind": "pair", "account": .id(account), "recipient": .id(pair.other(than: account))]
        try tell(ChatEvent.conversationCreated, about: id, data, in: tx)
        return id
    }

    /// Makes a group, whose owner is `account`.
    package func makeGroup(
        _ title: String, members: [ID<Account>], by account: ID<Account>
    ) async throws -> ConversationView {
        try await database.write { tx in
            let id = ids.next(Conversation.self)
            try tx.execute(
                """
                INSERT INTO conversation (id, kind, title, member_count, activity)
                VALUES (\(id), 1, \(title), 1, \(id))
                """)
            try tx.execute(
                """
                INSERT INTO conversation_member (conversation_id, account_id, role, activity, read_sequence, joined_at)
                VALUES (\(id), \(account), \(MemberRole.owner.rawValue), \(id), 0, \(clock.now()))
                """)
            try tell(ChatEvent.conversationCreated, about: id, ["kind": "group", "account": .id(account)], in: tx)
            let group = try place(of: account, in: id, tx)
            _ = try add(members.filter { $0 != account }, named: members, to: group, in: tx)
            return try view(of: id, for: account, in: tx)
        }
    }

    /// Gives a group another title.
    package func retitle(
        _ id: ID<Conversation>, _ title: String, by account: ID<Account>
    ) async throws -> ConversationView {
        try await database.write { tx in
            try place(of: account, in: id, tx).requireGroup(.admin)
            try tx.execute("UPDATE conversation SET title = \(title) WHERE id = \(id)")
            push(
                "conversation.changed", ["title": .string(title), "by": .id(account)], to: .conversation(id), after: tx)
            return try view(of: id, for: account, in: tx)
        }
    }

    package func conversation(_ id: ID<Conversation>, for account: ID<Account>) async throws -> ConversationView {
        let position = publisher.position(of: .conversation(id))
        return try await database.read { db in try view(of: id, for: account, from: position, in: db) }
    }

    /// One's conversations, newest activity first.
    package func conversations(of account: ID<Account>, cursor: String?, limit: Int) async throws -> Inbox {
        let filter = "conversations:\(account)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let position = publisher.position(of: .account(account))
        return try await database.read { db in
            var unreadCount: Int64? = cursor == nil ? 0 : nil
            let rows = try db.rows(listed(of: account, before: before, limit: limit + 1)) { row in
                unreadCount = row.integer(Conversation.columnCount)
                return try Conversation(row, viewer: account)
            }
            let page = cursors.page(rows, limit: limit, filter: filter) { [$0.activity] }
            let people = try people.people(Set(page.items.flatMap(\.accounts)), seenBy: account, in: db)
            return Inbox(page: page, unreadCount: unreadCount, people: people, position: position)
        }
    }

    /// Small ones come in order from the index; large ones are few and are all looked at.
    private func listed(of account: ID<Account>, before: Int64, limit: Int) -> SQL {
        """
        SELECT \(unsafeRaw: Conversation.columns),
            (SELECT COALESCE(MAX(unread_count), 0) FROM inbox WHERE inbox.account_id = \(account))
        FROM (
            SELECT conversation_id, role, is_muted, read_sequence, gone_unread, activity
            FROM (
                SELECT conversation_id, role, is_muted, read_sequence, gone_unread, activity
                FROM conversation_member
                WHERE account_id = \(account) AND is_large = 0 AND activity > 0 AND activity < \(before)
                ORDER BY activity DESC
                LIMIT \(limit)
            ) AS small
            UNION ALL
            SELECT large.conversation_id, large.role, large.is_muted, large.read_sequence, large.gone_unread,
                big.activity
            FROM conversation_member AS large
            JOIN conversation AS big ON big.id = large.conversation_id
            WHERE large.account_id = \(account) AND large.is_large = 1 AND big.activity < \(before)
        ) AS member
        JOIN conversation ON conversation.id = member.conversation_id
        LEFT JOIN message
            ON message.conversation_id = conversation.id AND message.sequence = conversation.last_sequence
        ORDER BY member.activity DESC
        LIMIT \(limit)
        """
    }

    // MARK: In a transaction

    func view(
        of id: ID<Conversation>, for account: ID<Account>, from position: ChannelPosition? = nil,
        in db: some Queryable
    ) throws -> ConversationView {
        // What this transaction is about to push comes after where the channel stands now.
        let position = position ?? publisher.position(of: .conversation(id))
        let conversation = try db.first(
            """
            SELECT \(unsafeRaw: Conversation.columns)
            FROM conversation_member AS member
            JOIN conversation ON conversation.id = member.conversation_id
            LEFT JOIN message
                ON message.conversation_id = conversation.id AND message.sequence = conversation.last_sequence
            WHERE member.conversation_id = \(id) AND member.account_id = \(account)
            """
        ) { try Conversation($0, viewer: account) }
        guard let conversation else { throw ChatError.conversationNotFound }
        let people = try people.people(Set(conversation.accounts), seenBy: account, in: db)
        return ConversationView(conversation: conversation, people: people, position: position)
    }

    /// Where somebody acts, and as what.
    /// - Throws: ``ChatError/conversationNotFound`` for who is no member.
    func place(of account: ID<Account>, in id: ID<Conversation>, _ db: some Queryable) throws -> Place {
        let place = try db.first(
            """
            SELECT \(unsafeRaw: Place.columns)
            FROM conversation_member AS member
            JOIN conversation ON conversation.id = member.conversation_id
            WHERE member.conversation_id = \(id) AND member.account_id = \(account)
            """
        ) { Place($0) }
        guard let place else { throw ChatError.conversationNotFound }
        return place
    }
}

/// A conversation and how somebody stands in it.
struct Place: Sendable {
    let conversation: ID<Conversation>
    let account: ID<Account>
    let kind: Conversation.Kind
    let pair: Pair?
    let isLarge: Bool
    let memberCount: Int64
    let lastSequence: Int64
    let activity: Int64
    let role: MemberRole
    let isMuted: Bool
    let readSequence: Int64
    /// Messages after that which were deleted.
    let goneUnread: Int64

    static let columns = """
        conversation.id, member.account_id, conversation.kind, conversation.pair_low, conversation.pair_high,
        conversation.is_large, conversation.member_count, conversation.last_sequence, conversation.activity, member.role,
        member.is_muted, member.read_sequence, member.gone_unread
        """

    init(_ row: Row) {
        conversation = row.id(0)
        account = row.id(1)
        kind = Conversation.Kind(rawValue: row.integer(2)) ?? .group
        pair = Pair(low: row.idOrNil(3), high: row.idOrNil(4))
        isLarge = row.bool(5)
        memberCount = row.integer(6)
        lastSequence = row.integer(7)
        activity = row.integer(8)
        role = MemberRole(rawValue: row.integer(9)) ?? .member
        isMuted = row.bool(10)
        readSequence = row.integer(11)
        goneUnread = row.integer(12)
    }

    /// Messages that wait.
    var unreadCount: Int64 { lastSequence - readSequence - goneUnread }

    /// The other one of two.
    var other: ID<Account>? { pair?.other(than: account) }

    func requireGroup(_ role: MemberRole) throws {
        guard kind == .group else { throw ChatError.notAGroup }
        guard self.role >= role else { throw ChatError.notPermitted(role) }
    }
}
