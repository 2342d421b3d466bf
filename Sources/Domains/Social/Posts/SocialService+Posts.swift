package import Core
import Jobs
import Storage

extension SocialService {
    /// Publishes a post: visible to its author now, to followers once `FanOutPosts` has run.
    /// - Throws: ``SocialError/emptyPost``, ``SocialError/accountNotFound``, ``SocialError/productNotFound(at:)``,
    ///   ``SocialError/productTwice(at:)``.
    package func publish(_ draft: PostDraft, by author: ID<Account>) async throws -> PostView {
        guard !draft.isEmpty else { throw SocialError.emptyPost }
        return try await database.write { tx in
            let tagged = try taggable(draft.products, in: tx)
            let id = ids.next(Post.self)
            try publish(draft, by: author, id: id, in: tx)
            guard let card = try cards([id], in: tx).first else { throw SocialError.accountNotFound }
            return PostView(card: card, isLiked: false, isFollowing: false, products: tagged)
        }
    }

    private func publish(
        _ draft: PostDraft, by author: ID<Account>, id: ID<Post>, in tx: WriteTransaction
    ) throws {
        let isPulled = try tx.first(
            """
            UPDATE person
            SET post_count = post_count + 1
            WHERE account_id = \(author) AND is_erased = 0
            RETURNING is_pulled
            """
        ) { $0.bool(0) }
        guard let isPulled else { throw SocialError.accountNotFound }
        try tx.execute(
            """
            INSERT INTO post (id, author_id, caption, media, products, visibility, score)
            VALUES (
                \(id), \(author), \(draft.caption), \(draft.media.text), \(draft.productsJSON.text),
                \(draft.visibility.rawValue), \(Score(publishedAt: id.createdAt).stored)
            )
            """)
        try tx.execute("INSERT INTO feed_entry (account_id, post_id, author_id) VALUES (\(author), \(id), \(author))")
        try tell(
            SocialEvent.postPublished, about: id,
            ["author": .id(author), "visibility": .string(draft.visibility.name)], in: tx)
        dropRanks(after: tx)
        dropHomes(of: [author], after: tx)
        if isPulled { dropAllHomes(after: tx) } else { try fanOutSoon(id, of: author, in: tx) }
        try tag(draft.products, in: id, of: author, for: draft.visibility, in: tx)
    }

    /// Changes what is given of a post of one's own.
    /// - Throws: ``SocialError/postNotFound``, ``SocialError/notYours``, ``SocialError/emptyPost``,
    ///   ``SocialError/productNotFound(at:)``, ``SocialError/productTwice(at:)``.
    package func edit(_ post: ID<Post>, _ change: PostChange, by editor: ID<Account>) async throws -> PostView {
        try await database.write { tx in
            let old = try ownDraft(post, of: editor, in: tx)
            let new = change.applied(to: old)
            guard !new.isEmpty else { throw SocialError.emptyPost }
            let tagged = try retag(post, of: editor, from: old, to: new, in: tx)
            try tx.execute(
                """
                UPDATE post
                SET caption = \(new.caption), media = \(new.media.text), products = \(new.productsJSON.text),
                    visibility = \(new.visibility.rawValue), edited_at = \(clock.now())
                WHERE id = \(post)
                """)
            try tell(SocialEvent.postEdited, about: post, ["author": .id(editor)], in: tx)
            dropCard(post, after: tx)
            if new.visibility == .followers, old.visibility != .followers { endChannel(of: post, after: tx) }
            let isLiked = try tx.exists("SELECT 1 FROM post_like WHERE account_id = \(editor) AND post_id = \(post)")
            guard let card = try cards([post], in: tx).first else { throw SocialError.postNotFound }
            return PostView(card: card, isLiked: isLiked, isFollowing: false, products: tagged)
        }
    }

    /// What is no longer for everybody to see stays tagged while the author leaves the list alone, and comes back with it.
    private func retag(
        _ post: ID<Post>, of author: ID<Account>, from old: PostDraft, to new: PostDraft, in tx: WriteTransaction
    ) throws -> [TaggedProduct] {
        let isRetagged = old.products != new.products
        guard isRetagged || !new.products.isEmpty else { return [] }
        let tagged =
            isRetagged
            ? try taggable(new.products, in: tx) : try products.cards(of: new.products, in: tx).compactMap(\.self)
        if isRetagged || old.visibility != new.visibility {
            try untag(post, in: tx)
            try tag(new.products, in: post, of: author, for: new.visibility, in: tx)
        }
        return tagged
    }

    /// Deletes a post: gone from every list when this returns; what hangs on it goes with `PurgePost`.
    /// - Parameter isModerator: may delete anybody's.
    package func delete(_ post: ID<Post>, by account: ID<Account>, isModerator: Bool) async throws {
        try await database.write { tx in
            guard let author = try visiblePost(post, to: account, isModerator: isModerator, in: tx)?.author else {
                throw SocialError.postNotFound
            }
            guard author == account || isModerator else { throw SocialError.notYours }
            try delete(post, of: author, in: tx)
        }
    }

    func delete(_ post: ID<Post>, of author: ID<Account>, in tx: WriteTransaction) throws {
        try tx.execute(
            "UPDATE post SET is_deleted = 1, caption = '', media = '[]', products = '[]' WHERE id = \(post)")
        try untag(post, in: tx)
        let isPulled = try tx.first(
            "UPDATE person SET post_count = post_count - 1 WHERE account_id = \(author) RETURNING is_pulled"
        ) { $0.bool(0) }
        try tell(SocialEvent.postDeleted, about: post, ["author": .id(author)], in: tx)
        try jobs.enqueue(PurgePost(post: post), priority: .low, in: tx)
        pushDeletion(of: post, after: tx)
        dropCard(post, after: tx)
        dropComments(on: [post], after: tx)
        if isPulled == true { dropAllHomes(after: tx) }
    }

    /// One post with the first of its comments, as `viewer` sees them.
    package func post(_ post: ID<Post>, viewer: ID<Account>?) async throws -> (view: PostView, comments: CommentPage) {
        let view = try await view(of: post, for: viewer)
        return (view, try await firstComments(on: post, for: viewer))
    }

    // MARK: In a transaction

    /// A post that `viewer` may see, and how the two stand.
    struct VisiblePost {
        let author: ID<Account>
        let score: Score
        let isFollowing: Bool
        let isLiked: Bool
        let counts: PostCounts
    }

    /// Nil when it is not there for this viewer: deleted, for followers only, or on the other side of a block.
    func visiblePost(
        _ post: ID<Post>, to viewer: ID<Account>?, isModerator: Bool = false, in db: some Queryable
    ) throws -> VisiblePost? {
        let viewer = viewer ?? .nobody
        let row = try db.first(
            """
            SELECT post.author_id, post.visibility, post.score,
                EXISTS (SELECT 1 FROM follow WHERE follower_id = \(viewer) AND followee_id = post.author_id),
                EXISTS (SELECT 1 FROM barrier WHERE account_id = \(viewer) AND other_id = post.author_id)
                    OR NOT \(Self.isThere("post.author_id")),
                EXISTS (SELECT 1 FROM post_like WHERE account_id = \(viewer) AND post_id = post.id),
                \(unsafeRaw: PostCounts.columns)
            FROM post
            WHERE post.id = \(post) AND post.is_deleted = 0
            """
        ) { row in
            (
                post: VisiblePost(
                    author: row.id(0), score: Score(stored: row.integer(2)), isFollowing: row.bool(3),
                    isLiked: row.bool(5), counts: PostCounts(row, from: 6)),
                isForEveryone: row.integer(1) == Post.Visibility.everyone.rawValue, isBarred: row.bool(4)
            )
        }
        guard let row else { return nil }
        let isOwn = row.post.author == viewer
        guard isModerator || isOwn || !row.isBarred && (row.isForEveryone || row.post.isFollowing) else { return nil }
        return row.post
    }

    private func ownDraft(_ post: ID<Post>, of editor: ID<Account>, in tx: WriteTransaction) throws -> PostDraft {
        guard let seen = try visiblePost(post, to: editor, in: tx) else { throw SocialError.postNotFound }
        guard seen.author == editor else { throw SocialError.notYours }
        let row = try tx.first("SELECT caption, media, products, visibility FROM post WHERE id = \(post)") { row in
            (row.text(0), row.text(1), row.text(2), Post.Visibility(rawValue: row.integer(3)) ?? .followers)
        }
        guard let (caption, media, products, visibility) = row else { throw SocialError.postNotFound }
        return PostDraft(
            caption: caption, media: try JSONParser.parse(media),
            products: try PostCard.products(products),
            visibility: visibility)
    }
}

/// What to change of a post; nil leaves it.
package struct PostChange: Sendable {
    package var caption: String?
    package var media: JSON?
    package var products: [ID<Product>]?
    package var visibility: Post.Visibility?

    package init() {}

    func applied(to draft: PostDraft) -> PostDraft {
        PostDraft(
            caption: caption ?? draft.caption, media: media ?? draft.media, products: products ?? draft.products,
            visibility: visibility ?? draft.visibility)
    }
}

extension PostDraft {
    var productsJSON: JSON { .array(products.map { .id($0) }) }

    var isEmpty: Bool {
        caption.isBlank && media.array?.isEmpty != false && products.isEmpty
    }
}

extension ID<Account> {
    /// The account of a visitor without one: no row has it.
    static let nobody = ID(rawValue: 0)
}
