package import Core
package import Storage

/// That posts and `post_product` say the same of what is tagged.
extension SocialService {
    static var tagCheck: ConsistencyCheck {
        ConsistencyCheck("post_product.entries") { db, found in
            try strayTags(in: db, found)
            var after = ID<Post>(rawValue: 0)
            while true {
                let posts = try taggingPosts(after: after, in: db)
                let tags = try tags(of: posts.map(\.id), in: db)
                for (post, expected) in posts where tags[post] ?? [] != expected {
                    found(.init(subject: "\(post)", expected: Tag.text(expected), found: Tag.text(tags[post] ?? [])))
                }
                guard posts.count == tagPageSize, let last = posts.last else { return .done }
                after = last.id
            }
        }
    }

    private static var tagPageSize: Int { 500 }

    private static func taggingPosts(after: ID<Post>, in db: ReadTransaction) throws -> [(id: ID<Post>, tags: [Tag])] {
        try db.rows(
            """
            SELECT id, author_id, visibility, products
            FROM post
            WHERE id > \(after) AND is_deleted = 0 AND products <> '[]'
            ORDER BY id
            LIMIT \(tagPageSize)
            """
        ) { row in
            let isPublic = row.integer(2) == Post.Visibility.everyone.rawValue
            let tags = try PostCard.products(row.text(3)).sorted().map {
                Tag(product: $0, author: row.id(1), isPublic: isPublic)
            }
            return (row.id(0), tags)
        }
    }

    private static func tags(of posts: [ID<Post>], in db: ReadTransaction) throws -> [ID<Post>: [Tag]] {
        var tags: [ID<Post>: [Tag]] = [:]
        try db.forEach(
            """
            SELECT post_id, product_id, author_id, is_public
            FROM post_product
            WHERE post_id IN (\(list: posts))
            ORDER BY post_id, product_id
            """
        ) { tags[$0.id(0), default: []].append(Tag(product: $0.id(1), author: $0.id(2), isPublic: $0.bool(3))) }
        return tags
    }

    /// Tags of posts that are gone, or tag nothing.
    private static func strayTags(in db: ReadTransaction, _ found: (ConsistencyCheck.Finding) -> Void) throws {
        try db.forEach(
            """
            SELECT post_product.post_id, post_product.product_id
            FROM post_product
            LEFT JOIN post
                ON post.id = post_product.post_id AND post.is_deleted = 0 AND post.products <> '[]'
            WHERE post.id IS NULL /* scan: verify */
            """
        ) { row in
            found(
                .init(
                    subject: "\(row.id(0, Post.self))", expected: "a post that tags \(row.id(1, Product.self))",
                    found: "none"))
        }
    }

    private struct Tag: Equatable {
        let product: ID<Product>
        let author: ID<Account>
        let isPublic: Bool

        static func text(_ tags: [Tag]) -> String {
            let names = tags.map { "\($0.product) of \($0.author)\($0.isPublic ? "" : " for followers")" }
            return names.isEmpty ? "no tags" : names.joined(separator: ", ")
        }
    }
}

/// What others compare with.
extension SocialService {
    /// Who wrote these posts; without those that have been purged.
    package static func authors(of posts: [ID<Post>], in db: some Queryable) throws -> [ID<Post>: ID<Account>] {
        var authors: [ID<Post>: ID<Account>] = [:]
        try db.forEach("SELECT id, author_id FROM post WHERE id IN (\(list: posts))") { authors[$0.id(0)] = $0.id(1) }
        return authors
    }

    /// Those of these who have or had an account.
    package static func existing(_ people: [ID<Account>], in db: some Queryable) throws -> Set<ID<Account>> {
        var existing: Set<ID<Account>> = []
        try db.forEach("SELECT account_id FROM person WHERE account_id IN (\(list: people))") {
            existing.insert($0.id(0))
        }
        return existing
    }
}
