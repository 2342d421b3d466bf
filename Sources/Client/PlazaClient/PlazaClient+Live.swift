public import PlazaAPI

/// Live rooms. What happens in them is told on `live:` and their id.
extension PlazaClient {
    /// Those that are open, newest first.
    public func liveRooms(limit: Int? = nil) -> PageSequence<LiveRoom> {
        pages(Call(.get, "/v1/live"), limit: limit)
    }

    public func liveRoom(_ room: EntityID<LiveRoom>) async throws -> LiveRoom {
        try await send(Self.call(.get, room))
    }

    /// Not repeated by itself: a second try would find oneself live.
    public func goLive(_ draft: LiveRoomDraft) async throws -> LiveRoom {
        try await send(Call(.post, "/v1/live"), body: draft)
    }

    /// For good.
    @discardableResult
    public func close(_ room: EntityID<LiveRoom>) async throws -> LiveRoom {
        try await send(Self.call(.post, room, "/close"))
    }

    // MARK: Chat

    /// Newest first.
    public func messages(in room: EntityID<LiveRoom>, limit: Int? = nil) -> PageSequence<LiveMessage> {
        pages(Self.call(.get, room, "/messages"), limit: limit)
    }

    /// Not repeated by itself: it would be said twice.
    @discardableResult
    public func say(_ text: String, in room: EntityID<LiveRoom>) async throws -> LiveMessage {
        try await send(Self.call(.post, room, "/messages"), body: LiveMessageDraft(text))
    }

    // MARK: Moderation

    /// Shows a product to everybody in the room.
    public func pin(_ product: EntityID<Product>, in room: EntityID<LiveRoom>) async throws {
        try await perform(Self.call(.put, room, "/pinned-product"), body: ProductPin(product))
    }

    public func unpin(in room: EntityID<LiveRoom>) async throws {
        try await perform(Self.call(.delete, room, "/pinned-product"))
    }

    /// Lets everybody say one thing in so many seconds; 0 ends it.
    public func slowDown(_ room: EntityID<LiveRoom>, seconds: Int64) async throws {
        try await perform(Self.call(.put, room, "/slow-mode"), body: SlowMode(seconds: seconds))
    }

    /// Shuts somebody out.
    public func mute(_ account: EntityID<Account>, in room: EntityID<LiveRoom>) async throws {
        try await perform(Self.call(.put, room, "/muted/\(account.encoded)"))
    }

    public func unmute(_ account: EntityID<Account>, in room: EntityID<LiveRoom>) async throws {
        try await perform(Self.call(.delete, room, "/muted/\(account.encoded)"))
    }

    public func appoint(_ moderator: EntityID<Account>, in room: EntityID<LiveRoom>) async throws {
        try await perform(Self.call(.put, room, "/moderators/\(moderator.encoded)"))
    }

    public func dismiss(_ moderator: EntityID<Account>, in room: EntityID<LiveRoom>) async throws {
        try await perform(Self.call(.delete, room, "/moderators/\(moderator.encoded)"))
    }

    private static func call(_ method: Call.Method, _ room: EntityID<LiveRoom>, _ path: String = "") -> Call {
        Call(method, "/v1/live/\(room.encoded)\(path)")
    }
}
