public import PlazaAPI

/// Conversations, who is in them and what is said.
extension PlazaClient {
    /// By newest activity.
    public func conversations(limit: Int? = nil) -> PageSequence<Conversation> {
        pages(Call(.get, "/v1/conversations"), limit: limit)
    }

    public func conversation(_ conversation: EntityID<Conversation>) async throws -> Conversation {
        try await send(Self.call(.get, conversation))
    }

    /// A group is not repeated by itself: it might come to be twice.
    public func startConversation(_ draft: ConversationDraft) async throws -> Conversation {
        var call = Call(.post, "/v1/conversations")
        call.isRepeatableByContent = draft.with != nil
        return try await send(call, body: draft)
    }

    public func change(
        _ conversation: EntityID<Conversation>, _ change: ConversationChange
    ) async throws -> Conversation {
        try await send(Self.call(.patch, conversation), body: change)
    }

    // MARK: Members

    public func members(of conversation: EntityID<Conversation>, limit: Int? = nil) -> PageSequence<Member> {
        pages(Self.call(.get, conversation, "/members"), limit: limit)
    }

    /// - Returns: those who are new in it.
    @discardableResult
    public func add(
        _ accounts: [EntityID<Account>], to conversation: EntityID<Conversation>
    ) async throws -> [EntityID<Account>] {
        var call = Self.call(.post, conversation, "/members")
        call.isRepeatableByContent = true
        return try await send(call, body: NewMembers(accounts), AddedMembers.self).added
    }

    public func change(
        _ member: EntityID<Account>, of conversation: EntityID<Conversation>, _ change: MemberChange
    ) async throws {
        try await perform(Self.call(.patch, conversation, "/members/\(member.encoded)"), body: change)
    }

    /// Leaves a group, or removes somebody.
    public func remove(_ member: EntityID<Account>, from conversation: EntityID<Conversation>) async throws {
        try await perform(Self.call(.delete, conversation, "/members/\(member.encoded)"))
    }

    // MARK: Messages

    /// Newest first.
    public func messages(in conversation: EntityID<Conversation>, limit: Int? = nil) -> PageSequence<Message> {
        pages(Self.call(.get, conversation, "/messages"), limit: limit)
    }

    /// What came after a message, oldest first.
    public func messages(
        in conversation: EntityID<Conversation>, after sequence: Int64, limit: Int? = nil
    ) -> PageSequence<Message> {
        var call = Self.call(.get, conversation, "/messages")
        call.query = [("after_sequence", String(sequence))]
        return pages(call, limit: limit)
    }

    /// What was edited and deleted since a revision, however long ago that was: for what the app has kept, when it starts and
    /// when a subscription tells `missed`.
    /// - Parameter revision: ``Page/revision`` of the messages that are held, that of a push, or of the last changes.
    public func changes(
        in conversation: EntityID<Conversation>, after revision: Int64
    ) async throws -> Changes<Message> {
        try await changes(Self.call(.get, conversation, "/changes"), after: revision)
    }

    /// Sent once, however often it is tried: it has a name of its own, which is made here where the draft has none.
    @discardableResult
    public func send(_ draft: MessageDraft, to conversation: EntityID<Conversation>) async throws -> Message {
        var draft = draft
        let key = draft.clientID.map { IdempotencyKey($0) } ?? .random()
        draft.clientID = key.description
        var call = Self.call(.post, conversation, "/messages")
        call.isRepeatableByContent = true
        return try await send(call, body: draft)
    }

    public func change(
        _ sequence: Int64, in conversation: EntityID<Conversation>, _ change: MessageChange
    ) async throws -> Message {
        try await send(Self.call(.patch, conversation, "/messages/\(sequence)"), body: change)
    }

    public func delete(_ sequence: Int64, in conversation: EntityID<Conversation>) async throws {
        try await perform(Self.call(.delete, conversation, "/messages/\(sequence)"))
    }

    /// - Returns: up to where it is read now; never less than before.
    @discardableResult
    public func markRead(_ conversation: EntityID<Conversation>, upTo sequence: Int64) async throws -> Int64 {
        try await send(Self.call(.put, conversation, "/read"), body: ReadMark(upTo: sequence), ReadMarker.self)
            .readSequence
    }

    private static func call(
        _ method: Call.Method, _ conversation: EntityID<Conversation>, _ path: String = ""
    ) -> Call {
        Call(method, "/v1/conversations/\(conversation.encoded)\(path)")
    }
}
