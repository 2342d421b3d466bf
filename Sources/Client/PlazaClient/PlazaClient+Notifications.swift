public import PlazaAPI

/// What one is told, and who is online.
extension PlazaClient {
    /// Newest activity first.
    public func notifications(limit: Int? = nil) -> PageSequence<PlazaNotification> {
        pages(Call(.get, "/v1/notifications"), limit: limit)
    }

    public func unreadNotifications() async throws -> Int64 {
        try await send(Call(.get, "/v1/notifications/unread"), UnreadCount.self).count
    }

    /// Marks a notification as read, and all that were active before it.
    /// - Returns: how many are left unread.
    @discardableResult
    public func markNotificationsRead(upTo notification: EntityID<PlazaNotification>) async throws -> Int64 {
        try await send(
            Call(.put, "/v1/notifications/read"), body: NotificationsRead(upTo: notification), UnreadCount.self
        ).count
    }

    /// - Returns: how many are left unread.
    @discardableResult
    public func markRead(_ notification: EntityID<PlazaNotification>) async throws -> Int64 {
        try await send(Call(.put, "/v1/notifications/\(notification.encoded)/read"), UnreadCount.self).count
    }

    public func notificationSettings() async throws -> NotificationSettings {
        try await send(Call(.get, "/v1/notifications/settings"))
    }

    @discardableResult
    public func change(_ settings: NotificationSettings) async throws -> NotificationSettings {
        try await send(Call(.put, "/v1/notifications/settings"), body: settings)
    }

    // MARK: Presence

    /// Who of these is online, or was when; those one may not see are absent.
    /// - Parameter accounts: a hundred at most.
    public func presence(of accounts: [EntityID<Account>]) async throws -> [OnlineState] {
        guard !accounts.isEmpty else { return [] }
        var call = Call(.get, "/v1/presence")
        call.query = [("accounts", accounts.map(\.description).joined(separator: ","))]
        return try await send(call, OnlineStates.self).items
    }

    public func presenceSettings() async throws -> PresenceSettings {
        try await send(Call(.get, "/v1/presence/settings"))
    }

    @discardableResult
    public func change(_ settings: PresenceSettings) async throws -> PresenceSettings {
        try await send(Call(.put, "/v1/presence/settings"), body: settings)
    }
}
