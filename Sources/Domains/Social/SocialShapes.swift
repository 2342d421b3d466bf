import Core
import HTTP

/// Shapes and examples of what Social's routes take and answer.
enum SocialShapes {
    static let person = Schema.named(
        "Person",
        .object([
            .required("id", .id(of: Account.self)),
            .required("handle", .text(1...60)),
            .required("display_name", .text(0...Account.displayNameLength.upperBound)),
            .required("bio", .text(0...Account.bioLengthMax, multiline: true)),
            .required("avatar_url", .nullable(.text(1...Account.avatarURLLengthMax))),
            .required(
                "counts",
                .object([
                    .required("followers", .integer(0...(.max))), .required("following", .integer(0...(.max))),
                    .required("posts", .integer(0...(.max))),
                ])),
            .required("approves_followers", .boolean, "Whoever wants to follow them asks, and waits."),
            .required("is_following", .boolean, "Whether the caller follows them."),
            .required("is_requested", .boolean, "Whether the caller has asked to follow, and waits."),
            .required("created_at", .time),
        ]))

    static let media = Schema.named(
        "Media",
        .object([
            .required("kind", .choice(["image", "video"])),
            .required("url", .text(8...2_000, format: .url), "Where the file is; Plaza stores the reference."),
            .optional("width", .integer(1...20_000), "Pixels."),
            .optional("height", .integer(1...20_000), "Pixels."),
            .optional("alt", .text(0...500), "What it shows, for those who cannot see it."),
        ]))

    static let caption = Schema.text(0...2_000, multiline: true)
    static let commentText = Schema.text(1...1_000, multiline: true)
    static let mediaList = Schema.array(media, count: 0...10)
    static let productList = Schema.array(.id(of: Product.self), count: 0...20)
    static let visibility = Schema.choice(["public", "followers"])

    private static let money = Schema.object([
        .required("amount", .integer(0...(.max)), "In the currency's minor unit: cents."),
        .required("currency", .text(3...3), "ISO 4217."),
    ])

    static let taggedProduct = Schema.named(
        "TaggedProduct",
        .object([
            .required("id", .id(of: Product.self)), .required("title", .text(1...10_000)),
            .required("picture", .nullable(.text(1...10_000)), "The first one."),
            .required("price", money, "Of the cheapest variant."),
            .required("compare_at", .nullable(money), "What the cheapest variant cost before, or costs elsewhere."),
            .required("available", .nullable(.integer(0...(.max))), "Pieces that can be bought; null is any number."),
            .required("opens_at", .nullable(.time), "Nothing is sold before."),
            .required("is_buyable", .boolean, "Whether a piece of it can be bought now."),
        ]))

    private static let postFields: [Schema.Field] = [
        .required("id", .id(of: Post.self)),
        .required("author", .personShort),
        .required("caption", caption),
        .required("media", mediaList),
        .required(
            "products", .array(taggedProduct, count: 0...20),
            "Products that the post tags, as they are now. Those that are not for sale any more are left out."),
        .required("visibility", visibility),
        .required(
            "counts",
            .object([
                .required("likes", .integer(0...(.max))), .required("comments", .integer(0...(.max))),
                .required("views", .integer(0...(.max))), .required("shares", .integer(0...(.max))),
            ])),
        .required("score", .integer(.min...(.max)), "Place in explore: millionths of log2 of engagement that fades."),
        .required("created_at", .time),
        .required("edited_at", .nullable(.time)),
        .required("is_liked", .boolean, "Whether the caller likes it."),
        .required("is_following", .boolean, "Whether the caller follows its author."),
    ]

    static let post = Schema.named("Post", .object(postFields))

    static let comment = Schema.named(
        "Comment",
        .object([
            .required("id", .id(of: Comment.self)),
            .required("author", .personShort),
            .required("parent", .nullable(.id(of: Comment.self)), "The comment that it replies to."),
            .required("text", commentText),
            .required("reply_count", .integer(0...(.max))),
            .required("created_at", .time),
            .required("edited_at", .nullable(.time)),
        ]))

    static let postWithComments = Schema.named(
        "PostWithComments",
        .object(
            postFields + [
                .required("comments", .page(of: comment), "The oldest comments."),
                .required("comment_revision", .integer(0...(.max)), "Edits and deletions among its comments so far."),
                .required("realtime", .channelPosition, "Where the post's channel stood before this was read."),
            ]))

    static let postComments = Schema.object([
        .required("items", .array(comment, count: 0...100), "The rows, in the list's order."),
        .required("next", .nullable(.text(1...512)), "Hand it back as cursor for the next page; null at the end."),
        .required(
            "revision", .integer(0...(.max)),
            "Edits and deletions among the post's comments so far: ask for changes after it once one was away."),
        .required("realtime", .channelPosition, "Where the post's channel stood before this was read."),
    ])

    static let commentChanges = Schema.object([
        .required(
            "items",
            .array(
                .object([
                    .required("id", .id(of: Comment.self)),
                    .required(
                        "comment", .nullable(comment), "As it is now; null when it is gone, and the replies to it."),
                ]), count: 0...100), "In the order of their last change."),
        .required("next", .nullable(.text(1...512)), "Hand it back as cursor for the next page; null at the end."),
        .required("revision", .integer(0...(.max)), "To ask from the next time, once there is no next page."),
        .required("realtime", .channelPosition, "Where the post's channel stood before this was read."),
    ])

    static let friendRequest = Schema.named(
        "FriendRequest",
        .object([
            .required("id", .id(of: FriendRequest.self)),
            .required("person", person, "The other side."),
            .required("created_at", .time),
        ]))

    static let followRequest = Schema.named(
        "FollowRequest",
        .object([
            .required("id", .id(of: FollowRequest.self)),
            .required("person", person, "The other side."),
            .required("created_at", .time),
        ]))

    // MARK: Examples

    static let personExample: JSON = [
        "id": "acc_0D3PZ7XGQW4K1", "handle": "ann", "display_name": "Ann", "bio": "Ceramics.", "avatar_url": nil,
        "counts": ["followers": 12, "following": 3, "posts": 5],
        "approves_followers": false, "is_following": true, "is_requested": false,
        "created_at": "2026-03-01T12:00:00.000Z",
    ]

    static let taggedProductExample: JSON = [
        "id": "prd_0D3PZ7XGQW4K1", "title": "Blue bowl", "picture": "https://cdn.example/bowl.jpg",
        "price": ["amount": 1_999, "currency": "EUR"], "compare_at": ["amount": 2_499, "currency": "EUR"],
        "available": 12, "opens_at": nil, "is_buyable": true,
    ]

    static let postExample: JSON = [
        "id": "pst_0D3PZ7XGQW4K1",
        "author": Schema.personShortExample,
        "caption": "New bowls, fresh from the kiln",
        "media": [
            [
                "kind": "image", "url": "https://cdn.example/bowl.jpg", "width": 1080, "height": 1350,
                "alt": "A blue bowl",
            ]
        ],
        "products": [taggedProductExample], "visibility": "public",
        "counts": ["likes": 12, "comments": 3, "views": 240, "shares": 1], "score": 425_000_000,
        "created_at": "2026-03-01T12:00:00.000Z", "edited_at": nil, "is_liked": false, "is_following": true,
    ]

    static let commentExample: JSON = [
        "id": "cmt_0D3PZ7XGQW4K1",
        "author": Schema.personShortExample,
        "parent": nil, "text": "Lovely glaze!", "reply_count": 0, "created_at": "2026-03-01T12:05:00.000Z",
        "edited_at": nil,
    ]

    static let postWithCommentsExample: JSON = {
        guard case .object(let members) = postExample else { return postExample }
        return .object(
            members + [
                .init(name: "comments", value: page(of: commentExample)),
                .init(name: "comment_revision", value: 3),
                .init(name: "realtime", value: positionExample),
            ])
    }()

    static let postCommentsExample: JSON = [
        "items": [commentExample], "next": nil, "revision": 3, "realtime": positionExample,
    ]

    static let commentChangesExample: JSON = [
        "items": [
            ["id": "cmt_0D3PZ7XGQW4K1", "comment": commentExample], ["id": "cmt_0D3PZ7XGQW4K2", "comment": nil],
        ],
        "next": nil, "revision": 5, "realtime": positionExample,
    ]

    private static let positionExample = Schema.channelPositionExample("post:pst_0D3PZ7XGQW4K1")

    static let friendRequestExample: JSON = [
        "id": "frq_0D3PZ7XGQW4K1", "person": personExample, "created_at": "2026-03-01T12:00:00.000Z",
    ]

    static let followRequestExample: JSON = [
        "id": "flr_0D3PZ7XGQW4K1", "person": personExample, "created_at": "2026-03-01T12:00:00.000Z",
    ]

    static func page(of example: JSON) -> JSON { ["items": [example], "next": nil] }
}
