/// A part of a list.
public struct Page<Item: Codable & Sendable>: Codable, Sendable {
    public let items: [Item]
    /// Asks for the next page, of the same list only; nil at the end. A page that comes short need not be the last.
    public let next: String?
    /// Of the list of conversations: how many of all have something unread.
    public let unreadCount: Int64?
    /// Where the channel stood that tells what changes here, for those lists that have one: subscribe from there and there
    /// is no gap.
    public let realtime: ChannelPlace?

    public init(items: [Item], next: String?, unreadCount: Int64? = nil, realtime: ChannelPlace? = nil) {
        self.items = items
        self.next = next
        self.unreadCount = unreadCount
        self.realtime = realtime
    }

    private enum CodingKeys: String, CodingKey {
        case items, next, realtime
        case unreadCount = "unread_count"
    }
}
