package import Core
package import Storage

/// How often somebody has watched a post.
package struct ImportedWatch: Sendable {
    package let account: ID<Account>
    package let post: ID<Post>
    package let count: Int64

    package init(account: ID<Account>, post: ID<Post>, count: Int64) {
        self.account = account
        self.post = post
        self.count = count
    }
}

package struct ImportedLike: Sendable {
    package let account: ID<Account>
    package let post: ID<Post>
    package let at: Timestamp

    package init(account: ID<Account>, post: ID<Post>, at: Timestamp) {
        self.account = account
        self.post = post
        self.at = at
    }
}

package struct ImportedComment: Sendable {
    package let post: ID<Post>
    package let author: ID<Account>
    package let text: String
    package let at: Timestamp

    package init(post: ID<Post>, author: ID<Account>, text: String, at: Timestamp) {
        self.post = post
        self.author = author
        self.text = text
        self.at = at
    }
}

/// What people did with posts that exist.
package struct ImportedReactions: Sendable {
    package var watches: [ImportedWatch] = []
    package var likes: [ImportedLike] = []
    /// In the order of their times.
    package var comments: [ImportedComment] = []

    package init() {}
}

/// How much of it was new.
package struct AddedReactions: Sendable, Equatable {
    package var watches = 0
    package var likes = 0
    package var comments = 0
}

extension SocialService {
    /// Adds reactions in bulk, and to the posts' counters and scores exactly what was added. Of two watches or likes of
    /// one post by one person, the first counts, and none when there was one before.
    /// - Parameters:
    ///   - time: when it happened, for the scores: an import is one moment.
    ///   - ids: makes ids of the comments' times.
    package func add(
        _ reactions: ImportedReactions, at time: Timestamp, ids: IDGenerator, in tx: WriteTransaction
    ) throws -> AddedReactions {
        var sums: [ID<Post>: EngagementSum] = [:]
        var added = AddedReactions()
        try insert(reactions.watches, at: time, in: tx) { post, kind, count in
            sums[post, default: EngagementSum()].add(kind, times: count)
            if kind == .watch { added.watches += 1 }
        }
        try insert(reactions.likes, in: tx) { post in
            sums[post, default: EngagementSum()].addLike()
            added.likes += 1
        }
        dropRelations(of: reactions.likes.map(\.account), after: tx)
        try insert(reactions.comments, ids: ids, in: tx)
        dropComments(on: reactions.comments.map(\.post), after: tx)
        for comment in reactions.comments { sums[comment.post, default: EngagementSum()].addComment() }
        added.comments = reactions.comments.count
        try add(sums, at: time, in: tx)
        return added
    }

    /// Each watch with the view that it implies.
    private func insert(
        _ watches: [ImportedWatch], at time: Timestamp, in tx: WriteTransaction,
        visit: (ID<Post>, EngagementEvent.Kind, Int64) -> Void
    ) throws {
        let rows = watches.inKeyOrder { ($0.account, $0.post) }.flatMap { watch in
            [(watch, EngagementEvent.Kind.view), (watch, .watch)]
        }
        try tx.executeEach(
            rows,
            """
            INSERT INTO engagement (account_id, post_id, kind, count, watched_ms, last_at)
            VALUES (?, ?, ?, ?, 0, ?)
            ON CONFLICT DO NOTHING
            """
        ) { row, values in
            let (watch, kind) = row
            values.append(watch.account.sqlValue)
            values.append(watch.post.sqlValue)
            values.append(.integer(kind.rawValue))
            values.append(.integer(watch.count))
            values.append(time.sqlValue)
        } changed: { watch, kind in
            visit(watch.post, kind, watch.count)
        }
    }

    private func insert(
        _ likes: [ImportedLike], in tx: WriteTransaction, visit: (ID<Post>) -> Void
    ) throws {
        try tx.executeEach(
            likes.inKeyOrder { ($0.account, $0.post) },
            """
            INSERT INTO post_like (account_id, post_id, created_at)
            VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """
        ) { like, values in
            values.append(like.account.sqlValue)
            values.append(like.post.sqlValue)
            values.append(like.at.sqlValue)
        } changed: { like in
            visit(like.post)
        }
    }

    private func insert(_ comments: [ImportedComment], ids: IDGenerator, in tx: WriteTransaction) throws {
        let newIDs = try ids.next(at: comments.map(\.at)) { try taken($0, in: tx) }
        try tx.executeMany(Array(zip(newIDs, comments)), as: "(?, ?, ?, ?, 1)") { row, values in
            let (id, comment) = row
            values.append(id.sqlValue)
            values.append(comment.post.sqlValue)
            values.append(comment.author.sqlValue)
            values.append(.text(comment.text))
        } statement: { values in
            "INSERT INTO comment (id, post_id, author_id, text, is_scored) \(values)"
        }
    }

    private func taken(_ ids: [ID<Comment>], in db: some Queryable) throws -> Set<ID<Comment>> {
        var taken: Set<ID<Comment>> = []
        try db.forEach(in: ids, { "SELECT id FROM comment WHERE id IN (\(list: $0))" }) { taken.insert($0.id(0)) }
        return taken
    }
}

extension Array {
    /// Sorted by key; of elements with one key only the first that was there.
    fileprivate func inKeyOrder<First: Comparable, Second: Comparable>(
        _ key: (Element) -> (First, Second)
    ) -> [Element] {
        let order = enumerated().map { index, element in (key: key(element), index: index) }
            .sorted { ($0.key.0, $0.key.1, $0.index) < ($1.key.0, $1.key.1, $1.index) }
        var last: (First, Second)?
        return order.compactMap { key, index in
            defer { last = key }
            if let last, last == key { return nil }
            return self[index]
        }
    }
}
