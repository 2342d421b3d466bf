import Cache
package import Core
import Storage

extension SocialService {
    static func commentsFilter(_ post: ID<Post>) -> String { "comments:\(post)" }

    /// Says something under a post, or under a comment of it. A reply to a reply joins its thread.
    ///
    /// A person's first comment on somebody else's post lifts it in explore, further ones do not.
    package func comment(
        _ text: String, on post: ID<Post>, parent: ID<Comment>?, by author: ID<Account>
    ) async throws -> Comment {
        try await database.write { tx in
            guard let seen = try visiblePost(post, to: author, in: tx) else { throw SocialError.postNotFound }
            let parent = try parent.map { try thread(of: $0, on: post, seenBy: author, in: tx) }
            let id = ids.next(Comment.self)
            let isScored = try insert(
                id, text, on: post, parent: parent, by: author, isOwn: author == seen.author, in: tx)
            if let parent {
                try tx.execute("UPDATE comment SET reply_count = reply_count + 1 WHERE id = \(parent)")
            }
            let weight = isScored ? EngagementWeight.comment : 0
            let score = seen.score.adding(weight: weight, at: id.createdAt)
            try tx.execute(
                "UPDATE post SET comment_count = comment_count + 1, score = \(score.stored) WHERE id = \(post)")
            try tell(
                SocialEvent.commentAdded, about: id,
                ["post": .id(post), "author": .id(author), "post_author": .id(seen.author)], in: tx)
            push(seen.counts.adding(comments: 1), of: post, after: tx)
            dropCard(post, after: tx)
            dropComments(on: [post], after: tx)
            let comment = try ownComment(id, in: tx)
            try push("comment.added", comment, on: post, after: tx)
            return comment
        }
    }

    /// - Returns: whether it lifts the post.
    private func insert(
        _ id: ID<Comment>, _ text: String, on post: ID<Post>, parent: ID<Comment>?, by author: ID<Account>, isOwn: Bool,
        in tx: WriteTransaction
    ) throws -> Bool {
        try tx.first(
            """
            INSERT INTO comment (id, post_id, author_id, parent_id, text, is_scored)
            VALUES (
                \(id), \(post), \(author), \(parent), \(text),
                CASE
                    WHEN \(isOwn) = 1 THEN 0
                    WHEN EXISTS (SELECT 1 FROM comment WHERE author_id = \(author) AND post_id = \(post)) THEN 0
                    ELSE 1
                END
            )
            RETURNING is_scored
            """
        ) { $0.bool(0) } ?? false
    }

    /// Rewrites a comment of one's own, where one could still write it: not on the other side of a block.
    package func editComment(_ id: ID<Comment>, text: String, by editor: ID<Account>) async throws -> Comment {
        try await database.write { tx in
            guard let place = try place(of: id, for: editor, in: tx), try isVisible(place, to: editor, in: tx) else {
                throw SocialError.commentNotFound
            }
            guard editor == place.author else { throw SocialError.notYours }
            try tx.execute("UPDATE comment SET text = \(text), edited_at = \(clock.now()) WHERE id = \(id)")
            dropComments(on: [place.post], after: tx)
            let revision = try recordChange(of: id, on: place.post, in: tx)
            let comment = try ownComment(id, in: tx)
            try push("comment.changed", comment, revision, on: place.post, after: tx)
            return comment
        }
    }

    /// Deletes a comment with its replies: its author may, also where they no longer see it, the post's author, and a
    /// moderator.
    package func deleteComment(_ id: ID<Comment>, by account: ID<Account>, isModerator: Bool) async throws {
        try await database.write { tx in
            guard let place = try place(of: id, for: account, in: tx) else { throw SocialError.commentNotFound }
            guard isModerator || account == place.author || account == place.postAuthor else {
                throw try isVisible(place, to: account, in: tx) ? SocialError.notYours : .commentNotFound
            }
            try removeComment(
                id, on: place.post, scored: place.postScore, counted: place.postCounts, parent: place.parent, in: tx)
        }
    }

    /// Takes a comment and its replies away, and what they gave their post's score.
    /// - Parameter counts: of the post as they are; nil where nobody sees it any more.
    func removeComment(
        _ id: ID<Comment>, on post: ID<Post>, scored score: Score, counted counts: PostCounts?, parent: ID<Comment>?,
        in tx: WriteTransaction
    ) throws {
        let conditions: [SQL] = ["parent_id = \(id)", "id = \(id)"]
        let removed = try conditions.flatMap { condition in
            try tx.rows("DELETE FROM comment WHERE \(condition) RETURNING id, is_scored, author_id") {
                (id: $0.id(0, Comment.self), isScored: $0.bool(1), author: $0.id(2, Account.self))
            }
        }
        if let parent {
            try tx.execute("UPDATE comment SET reply_count = reply_count - 1 WHERE id = \(parent)")
        }
        let left = removed.filter(\.isScored).reduce(score) { score, comment in
            score.removing(weight: EngagementWeight.comment, at: comment.id.createdAt, published: post.createdAt)
        }
        try tx.execute(
            """
            UPDATE post
            SET comment_count = comment_count - \(removed.count), score = \(left.stored)
            WHERE id = \(post)
            """)
        try tellDeletion(of: id, on: post, writtenBy: Set(removed.map(\.author)), in: tx)
        if let counts {
            pushDeletion(of: id, try recordChange(of: id, on: post, in: tx), on: post, after: tx)
            push(counts.adding(comments: -Int64(removed.count)), of: post, after: tx)
        }
        dropCard(post, after: tx)
        dropComments(on: [post], after: tx)
    }

    /// Names those who have nothing left to read there: whoever was told of what they said need not look.
    private func tellDeletion(
        of id: ID<Comment>, on post: ID<Post>, writtenBy authors: Set<ID<Account>>, in tx: WriteTransaction
    ) throws {
        var (postAuthor, silent): (ID<Account>?, Set<ID<Account>>) = (nil, authors)
        try tx.forEach(
            """
            SELECT 0, author_id
            FROM post
            WHERE id = \(post)
            UNION ALL
            SELECT 1, author_id
            FROM comment
            WHERE author_id IN (\(list: authors)) AND post_id = \(post)
            """
        ) { row in
            if row.int(0) == 0 { postAuthor = row.id(1) } else { silent.remove(row.id(1)) }
        }
        let data: JSON = [
            "post": .id(post), "post_author": postAuthor.map { .id($0) } ?? .null,
            "silent": .array(silent.sorted().map { .id($0) }),
        ]
        try tell(SocialEvent.commentDeleted, about: id, data, in: tx)
    }

    /// Comments on a post, oldest first.
    package func comments(
        of post: ID<Post>, cursor: String?, limit: Int, viewer: ID<Account>?
    ) async throws -> CommentPage {
        let filter = Self.commentsFilter(post)
        let after = try cursors.position(cursor, filter: filter, start: 0)
        _ = try await view(of: post, for: viewer)
        if cursor == nil, limit == limits.firstComments { return try await firstComments(on: post, for: viewer) }
        return try await commentPage(of: post, after: after, limit: limit, viewer: viewer)
    }

    /// Those that come with a post that `viewer` sees.
    func firstComments(on post: ID<Post>, for viewer: ID<Account>?) async throws -> CommentPage {
        let everybodys = try await firstComments(on: post)
        guard try await relations(of: viewer).mayBar(everybodys.authors) else {
            return CommentPage(page: everybodys.page, revision: everybodys.revision)
        }
        return try await commentPage(of: post, after: 0, limit: limits.firstComments, viewer: viewer)
    }

    private func firstComments(on post: ID<Post>) async throws -> FirstComments {
        if let kept = caches.comments.value(for: post) { return kept }
        let limit = limits.firstComments
        let ticket = caches.comments.ticket()
        let (rows, revision) = try await database.read { db in
            (
                try commentRows(of: post, after: 0, limit: limit, viewer: nil, in: db),
                try commentRevision(of: post, in: db)
            )
        }
        let read = FirstComments(
            page: cursors.page(rows, limit: limit, filter: Self.commentsFilter(post)) { [$0.id.rawValue] },
            authors: Set(rows.map(\.author)), revision: revision)
        caches.comments.offer(read, for: post, cost: read.cost, with: ticket)
        return read
    }

    private func commentPage(
        of post: ID<Post>, after: Int64, limit: Int, viewer: ID<Account>?
    ) async throws -> CommentPage {
        try await database.read { db in
            let rows = try commentRows(of: post, after: after, limit: limit, viewer: viewer, in: db)
            let page = cursors.page(rows, limit: limit, filter: Self.commentsFilter(post)) { [$0.id.rawValue] }
            return CommentPage(page: page, revision: try commentRevision(of: post, in: db))
        }
    }

    /// Replies to a comment, oldest first.
    package func replies(
        to comment: ID<Comment>, cursor: String?, limit: Int, viewer: ID<Account>?
    ) async throws -> Page<Comment> {
        let filter = "replies:\(comment)"
        let after = try cursors.position(cursor, filter: filter, start: 0)
        let rows = try await database.read { db in
            guard let place = try place(of: comment, for: viewer ?? .nobody, in: db), !place.isBarred,
                try visiblePost(place.post, to: viewer, in: db) != nil
            else { throw SocialError.commentNotFound }
            return try db.rows(
                """
                SELECT \(unsafeRaw: Comment.columns)
                FROM comment
                JOIN person ON person.account_id = comment.author_id
                WHERE comment.parent_id = \(comment) AND comment.id > \(after) AND person.is_erased = 0
                    AND NOT EXISTS (
                        SELECT 1 FROM barrier
                        WHERE barrier.account_id = \(viewer ?? .nobody) AND barrier.other_id = comment.author_id)
                ORDER BY comment.id
                LIMIT \(limit + 1)
                """
            ) { Comment($0) }
        }
        return cursors.page(rows, limit: limit, filter: filter) { [$0.id.rawValue] }
    }

    /// One more than `limit`, without those of people who have left or are on the other side of a block.
    private func commentRows(
        of post: ID<Post>, after: Int64, limit: Int, viewer: ID<Account>?, in db: some Queryable
    ) throws -> [Comment] {
        try db.rows(
            """
            SELECT \(unsafeRaw: Comment.columns)
            FROM comment
            JOIN person ON person.account_id = comment.author_id
            WHERE comment.post_id = \(post) AND comment.parent_id IS NULL AND comment.id > \(after)
                AND person.is_erased = 0
                AND NOT EXISTS (
                    SELECT 1 FROM barrier
                    WHERE barrier.account_id = \(viewer ?? .nobody) AND barrier.other_id = comment.author_id)
            ORDER BY comment.id
            LIMIT \(limit + 1)
            """
        ) { Comment($0) }
    }

    // MARK: In a transaction

    /// Where a comment is, whose it is, and how somebody stands to it.
    private struct Place {
        let post: ID<Post>
        let postAuthor: ID<Account>
        let postScore: Score
        let postCounts: PostCounts
        let author: ID<Account>
        let parent: ID<Comment>?
        /// A block lies between them and its author, or the author of the comment it replies to; or one of these is not there.
        let isBarred: Bool
    }

    /// Nil when there is no such comment, or its post is deleted.
    private func place(of comment: ID<Comment>, for viewer: ID<Account>, in db: some Queryable) throws -> Place? {
        try db.first(
            """
            SELECT comment.post_id, post.author_id, post.score, comment.author_id, comment.parent_id,
                EXISTS (
                    SELECT 1
                    FROM barrier
                    WHERE barrier.account_id = \(viewer) AND barrier.other_id IN (comment.author_id, parent.author_id))
                    OR NOT \(Self.isThere("comment.author_id")) OR NOT \(Self.isThere("parent.author_id")),
                \(unsafeRaw: PostCounts.columns)
            FROM comment
            JOIN post ON post.id = comment.post_id
            LEFT JOIN comment AS parent ON parent.id = comment.parent_id
            WHERE comment.id = \(comment) AND post.is_deleted = 0
            """
        ) { row in
            Place(
                post: row.id(0), postAuthor: row.id(1), postScore: Score(stored: row.integer(2)),
                postCounts: PostCounts(row, from: 6), author: row.id(3), parent: row.idOrNil(4), isBarred: row.bool(5))
        }
    }

    /// Whoever cannot see a comment does not learn that it exists.
    private func isVisible(_ place: Place, to account: ID<Account>, in tx: WriteTransaction) throws -> Bool {
        try !place.isBarred && visiblePost(place.post, to: account, in: tx) != nil
    }

    private func ownComment(_ id: ID<Comment>, in tx: WriteTransaction) throws -> Comment {
        let comment = try tx.first(
            """
            SELECT \(unsafeRaw: Comment.columns)
            FROM comment
            JOIN person ON person.account_id = comment.author_id
            WHERE comment.id = \(id)
            """
        ) { Comment($0) }
        guard let comment else { throw SocialError.accountNotFound }
        return comment
    }

    /// The comment that a reply to `comment` hangs under.
    private func thread(
        of comment: ID<Comment>, on post: ID<Post>, seenBy account: ID<Account>, in tx: WriteTransaction
    ) throws -> ID<Comment> {
        guard let place = try place(of: comment, for: account, in: tx), place.post == post, !place.isBarred else {
            throw SocialError.commentNotFound
        }
        return place.parent ?? comment
    }
}
