package import Core
import Storage

/// A caption, pictures or videos by reference, products by id.
extension Post {
    package enum Visibility: Int64, Sendable {
        case everyone = 0
        case followers = 1

        package var name: String { self == .everyone ? "public" : "followers" }

        package init?(name: String) {
            switch name {
            case "public": self = .everyone
            case "followers": self = .followers
            default: return nil
            }
        }
    }
}

/// A post about to be published. Its parts have been checked against the route's schema.
package struct PostDraft: Sendable {
    package var caption: String
    /// A JSON array of media.
    package var media: JSON
    package var products: [ID<Product>]
    package var visibility: Post.Visibility

    package init(
        caption: String, media: JSON = [], products: [ID<Product>] = [], visibility: Post.Visibility = .everyone
    ) {
        self.caption = caption
        self.media = media
        self.products = products
        self.visibility = visibility
    }
}

/// A post as everybody sees it, encoded once: a JSON object that lacks its last members and its closing brace. What
/// differs by viewer is ``PostView``. Of what it tags it has the ids only: prices and stock change without the post.
package struct PostCard: Sendable {
    package let id: ID<Post>
    package let author: ID<Account>
    package let visibility: Post.Visibility
    /// In the author's order.
    let products: [ID<Product>]
    /// With `products` where it tags none; else that member is still to come.
    let json: [UInt8]

    /// Bytes that a cached card takes, with its bookkeeping.
    var cost: Int { json.count + products.count * 8 + 168 }

    /// Columns that ``init(_:)`` reads, in order.
    static let columns = """
        post.id, post.author_id, post.caption, post.media, post.products, post.visibility, post.like_count,
        post.comment_count, post.view_count, post.share_count, post.score, post.edited_at,
        person.handle, person.display_name, person.avatar_url
        """

    init(_ row: Row) throws {
        let (id, author) = (row.id(0, Post.self), row.id(1, Account.self))
        let visibility = Post.Visibility(rawValue: row.integer(5)) ?? .followers
        let products = try Self.products(row.text(4))
        var json = JSONWriter(capacity: 640)
        json.object { json in
            json.member("id", id)
            json.name("author")
            json.person(author, handle: row.text(12), displayName: row.text(13), avatarURL: row.textOrNil(14))
            json.member("caption", row.text(2))
            json.name("media")
            json.raw(row.bytes(3))
            json.member("visibility", visibility.name)
            json.name("counts")
            json.object { json in
                json.member("likes", row.integer(6))
                json.member("comments", row.integer(7))
                json.member("views", row.integer(8))
                json.member("shares", row.integer(9))
            }
            json.member("score", row.integer(10))
            json.member("created_at", id.createdAt)
            json.member("edited_at", row.timestampOrNil(11))
            if products.isEmpty {
                json.name("products")
                json.raw("[]")
            }
        }
        self.id = id
        self.products = products
        self.author = author
        self.visibility = visibility
        self.json = json.finish().dropLast()
    }

    /// Reads the column `products`. Most posts tag nothing.
    static func products(_ text: String) throws -> [ID<Product>] {
        guard text != "[]" else { return [] }
        return try JSONParser.parse(text).array?.compactMap { $0.string.flatMap { ID($0) } } ?? []
    }
}

/// A post as one viewer sees it.
package struct PostView: Sendable {
    package let card: PostCard
    package let isLiked: Bool
    package let isFollowing: Bool
    /// Those that the post tags and that everybody may see, as they are now.
    var products: [TaggedProduct] = []

    /// Bytes that it is about to take.
    var capacity: Int { products.reduce(card.json.count + 64) { $0 + $1.json.count + 24 } }

    /// Splices the card's bytes with one of four endings. What tags products is put together member by member.
    func write(to json: inout JSONWriter) {
        guard card.products.isEmpty else {
            return json.object(continuing: card.json) { json in writeMembers(to: &json) }
        }
        switch (isLiked, isFollowing) {
        case (false, false): json.raw(card.json, ",\"is_liked\":false,\"is_following\":false}")
        case (false, true): json.raw(card.json, ",\"is_liked\":false,\"is_following\":true}")
        case (true, false): json.raw(card.json, ",\"is_liked\":true,\"is_following\":false}")
        case (true, true): json.raw(card.json, ",\"is_liked\":true,\"is_following\":true}")
        }
    }

    /// What follows the card's bytes.
    func writeMembers(to json: inout JSONWriter) {
        if !card.products.isEmpty {
            json.name("products")
            json.array(products) { json, product in product.write(to: &json) }
        }
        json.member("is_liked", isLiked)
        json.member("is_following", isFollowing)
    }
}

extension JSONWriter {
    /// The short form of a person, inside posts and comments.
    mutating func person(_ id: ID<Account>, handle: String, displayName: String, avatarURL: String?) {
        object { json in
            json.member("id", id)
            json.member("handle", handle)
            json.member("display_name", displayName)
            json.member("avatar_url", avatarURL)
        }
    }
}
