package import Core
package import Storage

extension SocialService {
    /// Likes a post. Again is the same. One's own may be liked, which does not lift it in explore.
    package func like(_ post: ID<Post>, by account: ID<Account>) async throws {
        try await database.write { tx in try like(post, by: account, in: tx) }
    }

    /// - Returns: false when it was liked already.
    @discardableResult
    package func like(_ post: ID<Post>, by account: ID<Account>, in tx: WriteTransaction) throws -> Bool {
        guard let seen = try visiblePost(post, to: account, in: tx) else { throw SocialError.postNotFound }
        guard !seen.isLiked else { return false }
        let now = clock.now()
        try tx.execute("INSERT INTO post_like (account_id, post_id, created_at) VALUES (\(account), \(post), \(now))")
        let weight = account == seen.author ? 0 : EngagementWeight.like
        let score = seen.score.adding(weight: weight, at: now)
        try tx.execute("UPDATE post SET like_count = like_count + 1, score = \(score.stored) WHERE id = \(post)")
        try tell(SocialEvent.postLiked, about: post, ["account": .id(account), "author": .id(seen.author)], in: tx)
        push(seen.counts.adding(likes: 1), of: post, after: tx)
        dropCard(post, after: tx)
        dropRelations(of: [account], after: tx)
        return true
    }

    /// Takes a like back, and what it gave the score.
    package func unlike(_ post: ID<Post>, by account: ID<Account>) async throws {
        try await database.write { tx in
            guard let seen = try visiblePost(post, to: account, in: tx) else { throw SocialError.postNotFound }
            try removeLike(of: post, by: account, author: seen.author, scored: seen.score, counted: seen.counts, in: tx)
        }
    }

    /// - Parameter counts: of the post as they are; nil where nobody sees it any more.
    func removeLike(
        of post: ID<Post>, by account: ID<Account>, author: ID<Account>, scored score: Score,
        counted counts: PostCounts?, in tx: WriteTransaction
    ) throws {
        let likedAt = try tx.first(
            """
            DELETE FROM post_like
            WHERE account_id = \(account) AND post_id = \(post)
            RETURNING created_at
            """
        ) { $0.timestamp(0) }
        guard let likedAt else { return }
        let left =
            account == author
            ? score : score.removing(weight: EngagementWeight.like, at: likedAt, published: post.createdAt)
        try tx.execute("UPDATE post SET like_count = like_count - 1, score = \(left.stored) WHERE id = \(post)")
        if let counts { push(counts.adding(likes: -1), of: post, after: tx) }
        dropCard(post, after: tx)
        dropRelations(of: [account], after: tx)
    }
}
