package import Core
import Jobs
import Storage

extension ChatService {
    /// Adds people to a group; who is in it stays as they are. They read all that was said before.
    /// - Returns: those who are new.
    package func add(
        _ accounts: [ID<Account>], to id: ID<Conversation>, by account: ID<Account>
    ) async throws -> [ID<Account>] {
        try await database.write { tx in
            let place = try place(of: account, in: id, tx)
            try place.requireGroup(.admin)
            return try add(accounts, named: accounts, to: place, in: tx)
        }
    }

    /// Takes somebody out of a group. One may always leave; others are removed by who is above them.
    package func remove(
        _ member: ID<Account>, from id: ID<Conversation>, by account: ID<Account>
    ) async throws {
        try await database.write { tx in
            let place = try place(of: account, in: id, tx)
            if member == account {
                try place.requireGroup(.member)
                try end(place, in: tx)
            } else {
                try end(try inferior(member, of: place, in: tx), removedBy: account, in: tx)
            }
        }
    }

    /// Changes what a member may do. Who makes somebody else the owner becomes an admin.
    package func change(
        _ member: ID<Account>, of id: ID<Conversation>, role: MemberRole?, isMuted: Bool?, by account: ID<Account>
    ) async throws {
        guard member != account else { throw ChatError.yourself }
        try await database.write { tx in
            let place = try place(of: account, in: id, tx)
            let other = try inferior(member, of: place, in: tx)
            if role != nil { try place.requireGroup(.owner) }
            let (role, isMuted) = (role ?? other.role, isMuted ?? other.isMuted)
            if role == .owner { try set(.admin, isMuted: false, of: account, in: id, tx) }
            try set(role, isMuted: isMuted, of: member, in: id, tx)
        }
    }

    private func set(
        _ role: MemberRole, isMuted: Bool, of member: ID<Account>, in id: ID<Conversation>, _ tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            UPDATE conversation_member
            SET role = \(role.rawValue), is_muted = \(isMuted)
            WHERE conversation_id = \(id) AND account_id = \(member)
            """)
        let data: JSON = ["account": .id(member), "role": .string(role.name), "is_muted": .bool(isMuted)]
        push("member.changed", data, to: .conversation(id), after: tx)
    }

    /// Members in the order of their ids, with their cards.
    package func members(
        of id: ID<Conversation>, for account: ID<Account>, cursor: String?, limit: Int
    ) async throws -> Page<JSON> {
        let filter = "members:\(id)"
        let after = try cursors.position(cursor, filter: filter, start: 0)
        return try await database.read { db in
            _ = try place(of: account, in: id, db)
            let rows = try db.rows(
                """
                SELECT \(unsafeRaw: Member.columns)
                FROM conversation_member
                WHERE conversation_id = \(id) AND account_id > \(after)
                ORDER BY account_id
                LIMIT \(limit + 1)
                """
            ) { Member($0) }
            let page = cursors.page(rows, limit: limit, filter: filter) { [$0.account.rawValue] }
            let people = try people.people(Set(page.items.map(\.account)), seenBy: account, in: db)
            return Page(items: page.items.map { $0.json(people) }, next: page.next)
        }
    }

    // MARK: In a transaction

    /// Another member of a group, whom `place` has a say over.
    private func inferior(_ member: ID<Account>, of place: Place, in tx: WriteTransaction) throws -> Place {
        try place.requireGroup(.admin)
        do {
            let other = try self.place(of: member, in: place.conversation, tx)
            guard other.role < place.role else { throw ChatError.notPermitted(.owner) }
            return other
        } catch ChatError.conversationNotFound {
            throw ChatError.memberNotFound
        }
    }

    /// - Parameter named: the list in which places are told.
    func add(
        _ accounts: [ID<Account>], named: [ID<Account>], to group: Place, in tx: WriteTransaction
    ) throws -> [ID<Account>] {
        let people = try people.people(Set(accounts), seenBy: group.account, in: tx)
        for account in accounts where !people.canReach(account) {
            throw ChatError.accountNotFoundInList(at: named.firstIndex(of: account) ?? 0)
        }
        var added: [ID<Account>] = []
        let now = clock.now()
        try tx.executeMany(
            Set(accounts).sorted(), as: "(?, ?, ?, ?, ?, ?, ?)",
            { account, values in
                values += [
                    group.conversation.sqlValue, account.sqlValue, MemberRole.member.rawValue.sqlValue,
                    group.isLarge.sqlValue, group.activity.sqlValue, group.lastSequence.sqlValue, now.sqlValue,
                ]
            },
            statement: { rows in
                """
                INSERT INTO conversation_member
                    (conversation_id, account_id, role, is_large, activity, read_sequence, joined_at)
                \(rows)
                ON CONFLICT (conversation_id, account_id) DO NOTHING
                RETURNING account_id
                """
            }, returning: { added.append($0.id(0)) })
        guard !added.isEmpty else { return [] }
        try count(added, named: named, in: group, tx)
        for account in added {
            let data: JSON = [
                "account": .id(account), "person": people.card(of: account), "by": .id(group.account),
            ]
            push("member.joined", data, to: .conversation(group.conversation), after: tx)
            push(
                "conversation.joined", ["conversation": .id(group.conversation)], to: .account(account), after: tx)
        }
        return added
    }

    /// Counts new members, and makes a group large that has become so.
    private func count(
        _ added: [ID<Account>], named: [ID<Account>], in group: Place, _ tx: WriteTransaction
    ) throws {
        let total = group.memberCount + Int64(added.count)
        guard total <= limits.membersMax else { throw ChatError.tooManyMembers(max: limits.membersMax) }
        let isLarge = group.isLarge || total > limits.listedMembersMax
        try tx.execute(
            """
            UPDATE conversation SET member_count = \(total), is_large = \(isLarge) WHERE id = \(group.conversation)
            """)
        guard isLarge else { return }
        if !group.isLarge {
            try tx.execute("UPDATE conversation_member SET is_large = 1 WHERE conversation_id = \(group.conversation)")
        }
        let crowded = try tx.first(
            """
            SELECT account_id
            FROM conversation_member
            WHERE account_id IN (\(list: added)) AND is_large = 1
            GROUP BY account_id
            HAVING COUNT(*) > \(limits.largeGroupsMax)
            LIMIT 1
            """
        ) { $0.id(0, Account.self) }
        if let crowded { throw ChatError.tooManyGroups(at: named.firstIndex(of: crowded) ?? 0) }
    }

    /// Ends a membership. An owner's place goes to the highest of those who stay, of these to who is there the longest; a
    /// conversation that nobody is left in is purged.
    func end(_ place: Place, removedBy remover: ID<Account>? = nil, in tx: WriteTransaction) throws {
        let (id, account) = (place.conversation, place.account)
        try tx.execute(
            "DELETE FROM conversation_member WHERE conversation_id = \(id) AND account_id = \(account)")
        if place.unreadCount > 0 { try uncount([account], in: tx) }
        try tx.execute("UPDATE conversation SET member_count = member_count - 1 WHERE id = \(id)")
        let data: JSON = ["account": .id(account), "by": .id(remover ?? account)]
        push("member.left", data, to: .conversation(id), after: tx)
        expel(account, from: .conversation(id), after: tx)
        push("conversation.left", ["conversation": .id(id)], to: .account(account), after: tx)
        if place.memberCount == 1 {
            try jobs.enqueue(PurgeConversation(conversation: id), in: tx)
        } else if place.role == .owner {
            let heir = try tx.first(
                """
                SELECT account_id
                FROM conversation_member
                WHERE conversation_id = \(id)
                ORDER BY role DESC, joined_at, account_id
                LIMIT 1
                """
            ) { $0.id(0, Account.self) }
            if let heir { try set(.owner, isMuted: false, of: heir, in: id, tx) }
        }
    }

    /// One conversation less waits for each of them.
    func uncount(_ accounts: [ID<Account>], in tx: WriteTransaction) throws {
        let left = try tx.rows(
            """
            UPDATE inbox
            SET unread_count = unread_count - 1
            WHERE account_id IN (\(list: accounts))
            RETURNING account_id, unread_count
            """
        ) { (account: $0.id(0, Account.self), unreadCount: $0.integer(1)) }
        pushUnread(left, after: tx)
    }
}
