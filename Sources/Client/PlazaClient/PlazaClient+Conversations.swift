public import PlazaAPI

/// Conversations and notifications. Provisional, as their types.
extension PlazaClient {
    /// By newest activity.
    public func conversations(limit: Int? = nil) -> PageSequence<Conversation> {
        pages(Call(.get, "/v1/conversations"), limit: limit)
    }

    /// Not repeated by itself: a group might come to be twice.
    public func startConversation(_ draft: ConversationDraft) async throws -> Conversation {
        try await send(Call(.post, "/v1/conversations"), body: draft)
    }

    /// Newest first.
    public func messages(in conversation: EntityID<Conversation>, limit: Int? = nil) -> PageSequence<Message> {
        pages(Call(.get, "/v1/conversations/\(conversation.encoded)/messages"), limit: limit)
    }

    /// Sent once, however often it is tried: it has a name of its own, which is made here where the draft has none.
    public func send(_ draft: MessageDraft, to conversation: EntityID<Conversation>) async throws -> Message {
        var draft = draft
        let key = draft.clientID.map { IdempotencyKey($0) } ?? .random()
        draft.clientID = key.description
        var call = Call(.post, "/v1/conversations/\(conversation.encoded)/messages")
        call.isRepeatableByContent = true
        return try await send(call, body: draft)
    }

    public func markRead(_ conversation: EntityID<Conversation>, upTo sequence: Int64) async throws {
        try await perform(
            Call(.put, "/v1/conversations/\(conversation.encoded)/read"), body: ReadMark(upTo: sequence))
    }

    /// Newest activity first.
    public func notifications(limit: Int? = nil) -> PageSequence<PlazaNotification> {
        pages(Call(.get, "/v1/notifications"), limit: limit)
    }

    public func unreadNotifications() async throws -> Int64 {
        try await send(Call(.get, "/v1/notifications/unread"), UnreadCount.self).count
    }

    public func markNotificationsRead(upTo notification: EntityID<PlazaNotification>) async throws {
        try await perform(Call(.put, "/v1/notifications/read"), body: NotificationsRead(upTo: notification))
    }
}
