/// Somebody who is live, and those who watch.
public struct LiveRoom: Codable, Sendable, Identifiable {
    public let id: EntityID<LiveRoom>
    /// Nil for somebody who has left.
    public let host: PersonShort?
    public let title: String
    /// For which they are live.
    public let shop: EntityID<ShopShort>?
    public let state: State
    /// What is being shown.
    public let pinnedProduct: EntityID<Product>?
    /// Between two lines of one person.
    public let slowModeSeconds: Int64
    /// Sockets that hear it now.
    public let viewers: Int64
    /// The most at once.
    public let viewerPeak: Int64
    public let openedAt: Timestamp
    public let closedAt: Timestamp?
    /// Nil in lists.
    public let realtime: ChannelPlace?

    public struct State: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let open: State = "open"
        public static let closed: State = "closed"
    }

    private enum CodingKeys: String, CodingKey {
        case id, host, title, shop, state, viewers, realtime
        case pinnedProduct = "pinned_product"
        case slowModeSeconds = "slow_mode_seconds"
        case viewerPeak = "viewer_peak"
        case openedAt = "opened_at"
        case closedAt = "closed_at"
    }
}

/// A live room to be.
public struct LiveRoomDraft: Codable, Sendable {
    public var title: String
    /// One that the caller works for.
    public var shop: EntityID<ShopShort>?

    public init(title: String, shop: EntityID<ShopShort>? = nil) {
        self.title = title
        self.shop = shop
    }
}

/// A line of a live room's chat.
public struct LiveMessage: Codable, Sendable, Hashable, Identifiable {
    public let id: EntityID<LiveMessage>
    /// Nil for somebody who has left.
    public let sender: PersonShort?
    public let text: String
    public let createdAt: Timestamp

    private enum CodingKeys: String, CodingKey {
        case id, sender, text
        case createdAt = "created_at"
    }
}

/// A line to be.
public struct LiveMessageDraft: Codable, Sendable {
    public var text: String

    public init(_ text: String) {
        self.text = text
    }
}

/// A product to be shown to everybody in a room.
public struct ProductPin: Codable, Sendable {
    public var product: EntityID<Product>

    public init(_ product: EntityID<Product>) {
        self.product = product
    }
}

/// How long everybody waits between two lines; 0 ends it.
public struct SlowMode: Codable, Sendable {
    public var seconds: Int64

    public init(seconds: Int64) {
        self.seconds = seconds
    }
}
