/// A part of a list.
public struct Page<Item: Codable & Sendable>: Codable, Sendable {
    public let items: [Item]
    /// Asks for the next page, of the same list only; nil at the end. A page that comes short need not be the last.
    public let next: String?
    /// Of the list of conversations: how many of all have something unread.
    public let unreadCount: Int64?
    /// Of messages and comments: edits and deletions among all of them so far. Keep it, and ask for changes after it once you
    /// were away.
    public let revision: Int64?
    /// Where the channel stood that tells what changes here, for those lists that have one: subscribe from there and there
    /// is no gap.
    public let realtime: ChannelPlace?

    public init(
        items: [Item], next: String?, unreadCount: Int64? = nil, revision: Int64? = nil, realtime: ChannelPlace? = nil
    ) {
        self.items = items
        self.next = next
        self.unreadCount = unreadCount
        self.revision = revision
        self.realtime = realtime
    }

    private enum CodingKeys: String, CodingKey {
        case items, next, revision, realtime
        case unreadCount = "unread_count"
    }
}

/// What has become of messages or comments since a revision.
public struct Changes<Item: Sendable>: Sendable {
    /// Each once, as it is now, in the order of their last changes.
    public let items: [Item]
    /// To ask from the next time.
    public let revision: Int64

    public init(items: [Item], revision: Int64) {
        self.items = items
        self.revision = revision
    }
}
