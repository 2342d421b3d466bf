package import Core
import Search
package import Storage

/// A public post from elsewhere, with a history.
package struct ImportedPost: Sendable {
    package let author: ID<Account>
    package let caption: String
    package let media: JSON
    package let publishedAt: Timestamp

    package init(author: ID<Account>, caption: String, media: JSON = [], publishedAt: Timestamp) {
        self.author = author
        self.caption = caption
        self.media = media
        self.publishedAt = publishedAt
    }
}

/// Where a key of a file leads.
package enum ImportedItem: Sendable, Equatable {
    case post(ID<Post>)
    /// The post that was made of it has been deleted since.
    case deleted
}

extension SocialService {
    /// Publishes posts in bulk, in their authors' own feeds at once.
    /// - Parameters:
    ///   - posts: by people who exist, in the order of their times.
    ///   - ids: makes ids of the posts' times.
    /// - Returns: their ids, in order.
    package func addPosts(_ posts: [ImportedPost], ids: IDGenerator, in tx: WriteTransaction) throws -> [ID<Post>] {
        let newIDs = try ids.next(at: posts.map(\.publishedAt)) { try taken($0, in: tx) }
        let rows = Array(zip(newIDs, posts))
        try insert(rows, in: tx)
        try insertOwnEntries(rows.map { (account: $1.author, post: $0) }.sorted { $0 < $1 }, in: tx)
        dropRanks(after: tx)
        // Their own, and everybody's when one of them is pulled.
        dropAllHomes(after: tx)
        var counts: [ID<Account>: Int] = [:]
        for post in posts { counts[post.author, default: 0] += 1 }
        let authors = counts.sorted { $0.key < $1.key }
        for (author, count) in authors {
            try tx.execute("UPDATE person SET post_count = post_count + \(count) WHERE account_id = \(author)")
        }
        try Self.postText.putMany(rows.map { (id: $0.rawValue, text: $1.caption) }, in: tx)
        caches.foundPosts.changed(in: tx)
        try queueTimelines(ofFollowersOf: authors.map(\.key), in: tx)
        return newIDs
    }

    private func taken(_ ids: [ID<Post>], in db: some Queryable) throws -> Set<ID<Post>> {
        var taken: Set<ID<Post>> = []
        try db.forEach(in: ids, { "SELECT id FROM post WHERE id IN (\(list: $0))" }) { taken.insert($0.id(0)) }
        return taken
    }

    private func insert(_ rows: [(ID<Post>, ImportedPost)], in tx: WriteTransaction) throws {
        try tx.executeMany(rows, as: "(?, ?, ?, ?, '[]', 0, ?)") { row, values in
            let (id, post) = row
            values.append(id.sqlValue)
            values.append(post.author.sqlValue)
            values.append(.text(post.caption))
            values.append(.text(post.media.text))
            values.append(.integer(Score(publishedAt: id.createdAt).stored))
        } statement: { values in
            "INSERT INTO post (id, author_id, caption, media, products, visibility, score) \(values)"
        }
    }

    private func insertOwnEntries(
        _ entries: [(account: ID<Account>, post: ID<Post>)], in tx: WriteTransaction
    ) throws {
        try tx.executeMany(entries, as: "(?, ?, ?)") { entry, values in
            values.append(entry.account.sqlValue)
            values.append(entry.post.sqlValue)
            values.append(entry.account.sqlValue)
        } statement: { values in
            "INSERT INTO feed_entry (account_id, post_id, author_id) \(values)"
        }
    }

    // MARK: Keys of files

    /// What has been made of these keys before.
    package func importedItems(_ keys: [String], in db: some Queryable) throws -> [String: ImportedItem] {
        var found: [String: ImportedItem] = [:]
        try db.forEach(in: keys) { keys in
            """
            SELECT imported_post.key, post.id
            FROM imported_post
            LEFT JOIN post ON post.id = imported_post.post_id AND post.is_deleted = 0
            WHERE imported_post.key IN (\(list: keys))
            """
        } _: { row in
            found[row.text(0)] = row.idOrNil(1).map { .post($0) } ?? .deleted
        }
        return found
    }

    /// Keeps what was made of these keys, so that the same file again changes nothing.
    package func remember(_ items: [(key: String, post: ID<Post>)], in tx: WriteTransaction) throws {
        try tx.executeMany(items.sorted { $0.key < $1.key }, as: "(?, ?)") { item, values in
            values.append(.text(item.key))
            values.append(item.post.sqlValue)
        } statement: { values in
            "INSERT INTO imported_post (key, post_id) \(values)"
        }
    }
}
