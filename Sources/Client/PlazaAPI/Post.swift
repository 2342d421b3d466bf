/// A post as its viewer sees it.
public struct Post: Codable, Sendable, Identifiable {
    public let id: EntityID<Post>
    public let author: PersonShort
    public let caption: String
    public let media: [Media]
    /// Products that it tags, as they are now. Those that are not for sale any more are left out.
    public let products: [TaggedProduct]
    public let visibility: Visibility
    public let counts: Counts
    public let createdAt: Timestamp
    public let editedAt: Timestamp?
    /// Whether the caller likes it.
    public let isLiked: Bool
    /// Whether the caller follows its author.
    public let isFollowing: Bool
    /// The oldest ones, where one post was asked for.
    public let comments: Page<Comment>?
    /// Edits and deletions among its comments so far, where one post was asked for.
    public let commentRevision: Int64?
    /// Where the post's channel stood, where one post was asked for.
    public let realtime: ChannelPlace?

    public struct Counts: Codable, Sendable, Hashable {
        public let likes: Int64
        public let comments: Int64
        public let views: Int64
        public let shares: Int64
    }

    public struct Visibility: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let everyone: Visibility = "public"
        public static let followers: Visibility = "followers"
    }

    private enum CodingKeys: String, CodingKey {
        case id, author, caption, media, products, visibility, counts, comments, realtime
        case commentRevision = "comment_revision"
        case createdAt = "created_at"
        case editedAt = "edited_at"
        case isLiked = "is_liked"
        case isFollowing = "is_following"
    }
}

/// A picture or video of a post; Plaza keeps where it is.
public struct Media: Codable, Sendable, Hashable {
    public var kind: Kind
    public var url: String
    /// Pixels.
    public var width: Int64?
    public var height: Int64?
    /// What it shows, for those who cannot see it.
    public var alt: String?

    public init(_ kind: Kind, url: String, width: Int64? = nil, height: Int64? = nil, alt: String? = nil) {
        self.kind = kind
        self.url = url
        self.width = width
        self.height = height
        self.alt = alt
    }

    public struct Kind: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let image: Kind = "image"
        public static let video: Kind = "video"
    }
}

/// What a post says of a product.
public struct TaggedProduct: Codable, Sendable, Identifiable {
    public let id: EntityID<Product>
    public let title: String
    public let picture: String?
    /// Of the cheapest variant.
    public let price: Money
    public let compareAt: Money?
    /// Pieces that can be bought; nil is any number.
    public let available: Int64?
    public let opensAt: Timestamp?
    public let isBuyable: Bool

    private enum CodingKeys: String, CodingKey {
        case id, title, picture, price, available
        case compareAt = "compare_at"
        case opensAt = "opens_at"
        case isBuyable = "is_buyable"
    }
}

/// A post to be.
public struct PostDraft: Codable, Sendable {
    public var caption: String?
    public var media: [Media]?
    public var products: [EntityID<Product>]?
    public var visibility: Post.Visibility?

    /// Nil is nothing, and public. To change a post, what stays nil stays as it is.
    public init(
        caption: String? = nil, media: [Media]? = nil, products: [EntityID<Product>]? = nil,
        visibility: Post.Visibility? = nil
    ) {
        self.caption = caption
        self.media = media
        self.products = products
        self.visibility = visibility
    }
}

/// A comment on a post, or a reply to one.
public struct Comment: Codable, Sendable, Identifiable {
    public let id: EntityID<Comment>
    public let author: PersonShort
    /// The comment that it replies to.
    public let parent: EntityID<Comment>?
    public let text: String
    public let replyCount: Int64
    public let createdAt: Timestamp
    public let editedAt: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case id, author, parent, text
        case replyCount = "reply_count"
        case createdAt = "created_at"
        case editedAt = "edited_at"
    }
}

/// A comment that was edited or deleted.
public struct CommentChange: Codable, Sendable, Identifiable {
    public let id: EntityID<Comment>
    /// As it is now; nil when it is gone, and the replies to it with it.
    public let comment: Comment?
}

/// A comment to be.
public struct CommentDraft: Codable, Sendable {
    public var text: String
    public var parent: EntityID<Comment>?

    public init(_ text: String, parent: EntityID<Comment>? = nil) {
        self.text = text
        self.parent = parent
    }
}
