public import PlazaAPI

/// Posts, feeds, comments and likes.
extension PlazaClient {
    /// Not repeated by itself: a post has no key, and would be there twice.
    public func publish(_ draft: PostDraft) async throws -> Post {
        try await send(Call(.post, "/v1/posts"), body: draft)
    }

    /// With its first comments.
    public func post(_ post: EntityID<Post>) async throws -> Post {
        try await send(Call(.get, "/v1/posts/\(post.encoded)"))
    }

    public func change(_ post: EntityID<Post>, _ change: PostDraft) async throws -> Post {
        try await send(Call(.patch, "/v1/posts/\(post.encoded)"), body: change)
    }

    public func delete(_ post: EntityID<Post>) async throws {
        try await perform(Call(.delete, "/v1/posts/\(post.encoded)"))
    }

    public func like(_ post: EntityID<Post>) async throws {
        try await perform(Call(.put, "/v1/posts/\(post.encoded)/like"))
    }

    public func unlike(_ post: EntityID<Post>) async throws {
        try await perform(Call(.delete, "/v1/posts/\(post.encoded)/like"))
    }

    public enum Feed: String, Sendable {
        /// Whom one follows.
        case home
        /// Everybody, by score.
        case explore
    }

    public func feed(_ feed: Feed, limit: Int? = nil) -> PageSequence<Post> {
        var call = Call(.get, "/v1/feed")
        call.query = [("kind", feed.rawValue)]
        return pages(call, limit: limit)
    }

    /// - Parameter author: an id or a handle.
    public func posts(by author: String, limit: Int? = nil) -> PageSequence<Post> {
        pages(Call(.get, "/v1/accounts/\(author.percentEncoded)/posts"), limit: limit)
    }

    /// Oldest first.
    public func comments(on post: EntityID<Post>, limit: Int? = nil) -> PageSequence<Comment> {
        pages(Call(.get, "/v1/posts/\(post.encoded)/comments"), limit: limit)
    }

    /// Which comments and replies were edited or deleted since a revision, however long ago that was.
    /// - Parameter revision: ``Post/commentRevision`` or ``Page/revision`` of the comments that are held, that of a push, or of
    ///   the last changes.
    public func commentChanges(
        on post: EntityID<Post>, after revision: Int64
    ) async throws -> Changes<CommentChange> {
        try await changes(Call(.get, "/v1/posts/\(post.encoded)/comments/changes"), after: revision)
    }

    public func replies(to comment: EntityID<Comment>, limit: Int? = nil) -> PageSequence<Comment> {
        pages(Call(.get, "/v1/comments/\(comment.encoded)/replies"), limit: limit)
    }

    /// Not repeated by itself.
    public func comment(_ draft: CommentDraft, on post: EntityID<Post>) async throws -> Comment {
        try await send(Call(.post, "/v1/posts/\(post.encoded)/comments"), body: draft)
    }

    public func delete(_ comment: EntityID<Comment>) async throws {
        try await perform(Call(.delete, "/v1/comments/\(comment.encoded)"))
    }
}
