package import Core
package import Realtime

/// Answers for the `post:` channels: whoever may see a post hears of its comments and counters.
package struct PostChannels: ChannelOwner {
    private let social: SocialService

    package init(social: SocialService) {
        self.social = social
    }

    package var namespace: String { SocialService.postChannels }

    package let shape = ChannelShape(
        "Whoever may see the post.", key: "post", keyExample: "pst_0D3PZ7XGQW4K1",
        pushes: [
            PushShape(
                "post.counted", .newest, "The post's counters.",
                ["post": "pst_0D3PZ7XGQW4K1", "likes": 12, "comments": 3, "views": 240, "shares": 1]),
            PushShape("comment.added", "A comment, or a reply to one.", Self.said),
            PushShape(
                "comment.changed", "A comment has other words.",
                ["post": "pst_0D3PZ7XGQW4K1", "comment": SocialShapes.commentExample, "revision": 4]),
            PushShape(
                "comment.deleted", "A comment is gone, and the replies to it.",
                ["post": "pst_0D3PZ7XGQW4K1", "comment": "cmt_0D3PZ7XGQW4K1", "revision": 5]),
            PushShape("post.deleted", "The post is gone.", ["post": "pst_0D3PZ7XGQW4K1"]),
        ])

    private static let said: JSON = ["post": "pst_0D3PZ7XGQW4K1", "comment": SocialShapes.commentExample]

    /// Mostly from memory, as the post itself is.
    package func admit(_ principal: Principal, to channel: ChannelName) async throws -> ChannelTerms {
        // An id has several spellings, a channel one: whoever heard another would hear nothing.
        guard let post = ID<Post>(channel.key), SocialService.channel(of: post) == channel,
            try await social.isVisible(post, to: principal.account)
        else { throw ChannelRefusal.unknownChannel("There is no such post, or you may not see it.") }
        return ChannelTerms()
    }
}

extension SocialService {
    func isVisible(_ post: ID<Post>, to viewer: ID<Account>) async throws -> Bool {
        guard let card = try await cards(of: [post])[0] else { return false }
        return try await relations(of: viewer, to: [FeedRow(post: post, author: card.author)])
            .view(of: card, for: viewer) != nil
    }
}

/// Where a post's channel stood before what is beside it was read: whoever subscribes from there misses nothing.
struct PostPosition: Sendable {
    private let channel: ChannelName
    private let position: ChannelPosition

    init(of post: ID<Post>, _ publisher: any ChannelPublisher) {
        channel = SocialService.channel(of: post)
        position = publisher.position(of: channel)
    }

    /// As the member `realtime` of an answer.
    func write(to json: inout JSONWriter) {
        json.realtime(channel, position)
    }
}
