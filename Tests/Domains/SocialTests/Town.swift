import Core
import PlazaTesting
import Storage

@testable import Social

/// A handful of people who do anything that can be done, in an order that a seed decides.
struct Town {
    enum Deed: CaseIterable {
        case publish, edit, tag, price, delete, like, unlike, comment, reply, editComment, deleteComment, follow,
            unfollow
        case block, unblock, befriend, unfriend, rename, erase, suspend, reinstate, engage
        case importFollows, importPosts, importReactions, fillTimelines, trimTimelines, work
    }

    let plaza: SocialFixture
    private(set) var people: [ID<Account>]
    private(set) var posts: [ID<Post>] = []
    private var comments: [ID<Social.Comment>] = []
    private var random: SplitMix64

    /// Bounds so small that each is reached.
    static func bound(_ limits: inout SocialLimits) {
        limits.pushFollowersMax = 1
        limits.timelineEntriesMax = 2
        limits.backfillPosts = 2
        limits.fanOutBatch = 2
        limits.firstComments = 3
        limits.relationsMax = 3
        limits.droppedCardsMax = 1
    }

    init(_ plaza: SocialFixture, people count: Int = 6, seed: UInt64) async throws {
        self.plaza = plaza
        people = try await plaza.people(count)
        random = SplitMix64(seed: seed)
        for author in people { posts.append(try await plaza.publish(by: author)) }
    }

    /// - Returns: what was done, or refused.
    mutating func act() async throws -> Deed {
        let deed = Deed.allCases.randomElement(using: &random) ?? .work
        plaza.clock.advance(seconds: 1)
        do {
            try await perform(deed)
        } catch is SocialError {
            // Not everybody may do everything.
        }
        return deed
    }

    /// - Returns: some of the people, and a visitor.
    mutating func viewers() -> [ID<Account>?] {
        people.shuffled(using: &random).prefix(3).map { $0 } + [nil]
    }

    private mutating func somebody() -> ID<Account> { people.randomElement(using: &random) ?? .nobody }

    /// The newest often: they are still there.
    private mutating func somePost() -> ID<Post> { posts.suffix(8).randomElement(using: &random) ?? posts[0] }

    private mutating func someComment() -> ID<Social.Comment> {
        comments.suffix(6).randomElement(using: &random) ?? ID(rawValue: 9)
    }

    private mutating func perform(_ deed: Deed) async throws {
        switch deed {
        case .publish, .edit, .tag, .price, .delete, .like, .unlike, .engage: try await performOnPost(deed)
        case .comment, .reply, .editComment, .deleteComment: try await performOnComment(deed)
        case .follow, .unfollow, .block, .unblock, .befriend, .unfriend, .rename, .erase, .suspend, .reinstate:
            try await performOnPerson(deed)
        case .importFollows, .importPosts, .importReactions: try await performImport(deed)
        case .fillTimelines: try await plaza.social.fillTimelines()
        case .trimTimelines: try await plaza.social.trimTimelines()
        case .work: try await plaza.runJobs()
        }
    }

    private mutating func performOnPost(_ deed: Deed) async throws {
        let (actor, post) = (somebody(), somePost())
        let visibility: Post.Visibility = Bool.random(using: &random) ? .everyone : .followers
        switch deed {
        case .publish: posts.append(try await plaza.publish(by: actor, for: visibility, tagging: someProducts()))
        case .edit:
            var change = PostChange()
            change.visibility = visibility
            _ = try await plaza.social.edit(post, change, by: try await author(of: post) ?? actor)
        case .tag:
            var change = PostChange()
            change.products = someProducts()
            _ = try await plaza.social.edit(post, change, by: try await author(of: post) ?? actor)
        case .price:
            plaza.shelf.setPrice(Int64.random(in: 1...9, using: &random))
            for product in Pages.products {
                if Bool.random(using: &random) { plaza.shelf.hide(product) } else { plaza.shelf.show(product) }
            }
        case .delete: try await plaza.social.delete(post, by: actor, isModerator: Bool.random(using: &random))
        case .like: try await plaza.social.like(post, by: actor)
        case .unlike: try await plaza.social.unlike(post, by: actor)
        default:
            let kind = EngagementEvent.Kind.allCases.randomElement(using: &random) ?? .like
            _ = try await plaza.social.record([EngagementEvent(post: post, kind: kind)], by: actor)
        }
    }

    private mutating func someProducts() -> [ID<Product>] {
        Array(Pages.products.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random)))
    }

    private mutating func performOnComment(_ deed: Deed) async throws {
        let (actor, post, comment) = (somebody(), somePost(), someComment())
        switch deed {
        case .comment:
            comments.append(try await plaza.social.comment("Hm", on: post, parent: nil, by: actor).id)
        case .reply:
            guard let parent = try await place(of: comment) else { return }
            let reply = try await plaza.social.comment("Ah", on: parent.post, parent: comment, by: actor)
            comments.append(reply.id)
        case .editComment:
            guard let place = try await place(of: comment) else { return }
            let text = "Edited at \(plaza.clock.now)"
            _ = try await plaza.social.editComment(comment, text: text, by: place.author)
        default: try await plaza.social.deleteComment(comment, by: actor, isModerator: Bool.random(using: &random))
        }
    }

    private mutating func performOnPerson(_ deed: Deed) async throws {
        let (actor, other) = (somebody(), somebody())
        switch deed {
        case .follow: try await plaza.social.follow(other, by: actor)
        case .unfollow: try await plaza.social.unfollow(other, by: actor)
        case .block: try await plaza.social.block(other, by: actor)
        case .unblock:
            for barred in people where barred != actor { try await plaza.social.unblock(barred, by: actor) }
        case .befriend:
            _ = try await plaza.social.requestFriendship(with: other, by: actor)
            _ = try await plaza.social.requestFriendship(with: actor, by: other)
        case .unfriend: try await plaza.social.unfriend(other, by: actor)
        case .rename:
            let name = "Named at \(plaza.clock.now)"
            let card = PersonCard(id: actor, handle: "h\(actor)", displayName: name, bio: "", avatarURL: nil)
            try await plaza.database.write { [plaza] tx in try plaza.social.changePerson(card, in: tx) }
        case .suspend, .reinstate:
            for person in deed == .suspend ? [actor] : people {
                try await plaza.database.write { [plaza] tx in
                    try plaza.social.setSuspended(deed == .suspend, person, in: tx)
                }
            }
        default:
            try await plaza.database.write { [plaza] tx in try plaza.social.erase(actor, in: tx) }
            people.removeAll { $0 == actor }
            people += try await plaza.people(1, "new\(plaza.ids.next(Account.self))")
        }
    }

    private mutating func performImport(_ deed: Deed) async throws {
        let (actor, other, post, plaza) = (somebody(), somebody(), somePost(), plaza)
        let now = plaza.clock.now
        switch deed {
        case .importFollows:
            guard actor != other else { return }
            let edge = FollowEdge(follower: actor, followee: other)
            _ = try await plaza.database.write { tx in try plaza.social.addFollows([edge], in: tx) }
        case .importPosts:
            posts += try await plaza.database.write { tx in
                let imported = ImportedPost(author: actor, caption: "Imported", publishedAt: now)
                return try plaza.social.addPosts([imported], ids: plaza.ids, in: tx)
            }
        default:
            guard try await author(of: post) != nil else { return }
            var reactions = ImportedReactions()
            reactions.likes = [ImportedLike(account: actor, post: post, at: now)]
            reactions.watches = [ImportedWatch(account: other, post: post, count: 2)]
            reactions.comments = [ImportedComment(post: post, author: other, text: "Imported", at: now)]
            let added = reactions
            _ = try await plaza.database.write { tx in
                try plaza.social.add(added, at: now, ids: plaza.ids, in: tx)
            }
        }
    }

    private func author(of post: ID<Post>) async throws -> ID<Account>? {
        try await plaza.database.read { db in
            try db.first("SELECT author_id FROM post WHERE id = \(post) AND is_deleted = 0") { $0.id(0) }
        }
    }

    private func place(of comment: ID<Social.Comment>) async throws -> (post: ID<Post>, author: ID<Account>)? {
        try await plaza.database.read { db in
            try db.first("SELECT post_id, author_id FROM comment WHERE id = \(comment)") { ($0.id(0), $0.id(1)) }
        }
    }
}
