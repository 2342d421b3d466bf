import Cache
package import Core
package import Storage

/// Products that posts tag.
extension SocialService {
    /// The public posts that tag a product, newest first. A page comes short by what a block keeps from the viewer.
    /// - Throws: ``SocialError/taggedProductNotFound``.
    package func posts(
        tagging product: ID<Product>, cursor: String?, limit: Int, viewer: ID<Account>?
    ) async throws -> Page<PostView> {
        guard try await products.cards(of: [product])[0] != nil else { throw SocialError.taggedProductNotFound }
        return try await feed(try await taggingPage(of: product, cursor: cursor, limit: limit), for: viewer)
    }

    private func taggingPage(of product: ID<Product>, cursor: String?, limit: Int) async throws -> Page<FeedRow> {
        let filter = "product-posts:\(product)"
        func read(before: Int64) async throws -> Page<FeedRow> {
            let rows = try await database.read { db in
                try taggingRows(of: product, before: before, limit: limit, in: db)
            }
            return cursors.page(rows, limit: limit, filter: filter) { [$0.post.rawValue] }
        }
        guard cursor == nil else {
            return try await read(before: cursors.position(cursor, filter: filter, start: .max))
        }
        if let kept = caches.tagging.value(for: product), kept.limit == limit { return kept.rows }
        let ticket = caches.tagging.ticket()
        let first = FeedPage(rows: try await read(before: .max), nextAuthor: nil, limit: limit, generation: 0)
        caches.tagging.offer(first, for: product, cost: first.cost, with: ticket)
        return first.rows
    }

    private func taggingRows(
        of product: ID<Product>, before: Int64, limit: Int, in db: some Queryable
    ) throws -> [FeedRow] {
        try db.rows(
            """
            SELECT post_id, author_id
            FROM post_product
            WHERE product_id = \(product) AND is_public = 1 AND post_id < \(before)
                AND \(Self.isThere("post_product.author_id"))
            ORDER BY post_id DESC
            LIMIT \(limit + 1)
            """
        ) { FeedRow(post: $0.id(0), author: $0.id(1)) }
    }

    /// How many public posts tag a product: up to ``SocialLimits/taggingPostsCountedMax`` are counted. Whoever keeps it
    /// hears of changes by ``ProductDirectory/publicPostsChange(of:in:)``.
    package static func publicPostCount(tagging product: ID<Product>, in db: some Queryable) throws -> Int64 {
        try db.integer(
            """
            SELECT COUNT(*)
            FROM (
                SELECT post_id
                FROM post_product
                WHERE product_id = \(product) AND is_public = 1 AND \(isThere("post_product.author_id"))
                LIMIT \(SocialLimits.taggingPostsCountedMax)
            ) AS tagging
            """)
    }

    // MARK: In a transaction

    /// What a post is about to tag.
    /// - Throws: ``SocialError/productTwice(at:)``, ``SocialError/productNotFound(at:)``.
    func taggable(_ ids: [ID<Product>], in tx: WriteTransaction) throws -> [TaggedProduct] {
        guard !ids.isEmpty else { return [] }
        var seen: Set<ID<Product>> = []
        for (index, id) in ids.enumerated() where !seen.insert(id).inserted {
            throw SocialError.productTwice(at: index)
        }
        return try products.cards(of: ids, in: tx).enumerated().map { index, product in
            guard let product else { throw SocialError.productNotFound(at: index) }
            return product
        }
    }

    func tag(
        _ tagged: [ID<Product>], in post: ID<Post>, of author: ID<Account>, for visibility: Post.Visibility,
        in tx: WriteTransaction
    ) throws {
        guard !tagged.isEmpty else { return }
        try tx.executeMany(tagged.sorted(), as: "(?, ?, ?, ?)") { product, values in
            values.append(post.sqlValue)
            values.append(product.sqlValue)
            values.append(author.sqlValue)
            values.append((visibility == .everyone).sqlValue)
        } statement: { values in
            "INSERT INTO post_product (post_id, product_id, author_id, is_public) \(values)"
        }
        dropTagging(of: tagged, after: tx)
    }

    func untag(_ post: ID<Post>, in tx: WriteTransaction) throws {
        let tagged = try tx.rows("DELETE FROM post_product WHERE post_id = \(post) RETURNING product_id") {
            $0.id(0, Product.self)
        }
        if !tagged.isEmpty { dropTagging(of: tagged, after: tx) }
    }

    /// Who is to be told of a sale that came from a post, and for which of the products that were bought. Nil when it is
    /// not a post that the buyer may see and that tags one of them, and when it is the buyer's own.
    ///
    /// One statement.
    package func attribution(
        by post: ID<Post>, of bought: [ID<Product>], to buyer: ID<Account>, in db: some Queryable
    ) throws -> (author: ID<Account>, products: Set<ID<Product>>)? {
        var (author, products): (ID<Account>?, Set<ID<Product>>) = (nil, [])
        try db.forEach(
            """
            SELECT post_product.author_id, post_product.product_id
            FROM post_product
            JOIN person ON person.account_id = post_product.author_id AND person.is_erased = 0
            WHERE post_product.post_id = \(post) AND post_product.product_id IN (\(list: bought))
                AND post_product.author_id <> \(buyer)
                AND (post_product.is_public = 1 OR EXISTS (
                    SELECT 1 FROM follow
                    WHERE follow.follower_id = \(buyer) AND follow.followee_id = post_product.author_id))
                AND NOT EXISTS (
                    SELECT 1 FROM barrier
                    WHERE barrier.account_id = \(buyer) AND barrier.other_id = post_product.author_id)
            """
        ) { row in
            author = row.id(0)
            products.insert(row.id(1))
        }
        return author.map { ($0, products) }
    }
}
