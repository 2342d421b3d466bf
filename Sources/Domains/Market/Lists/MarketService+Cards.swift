import Cache
package import Core
package import Storage

extension MarketService {
    /// The cards of these products in their order, for whoever shows products: posts that tag them, orders. Nil for one
    /// that is gone or not for everybody. From the transaction, never from memory: it may not commit.
    package func productCards(_ products: [ID<Product>], in db: some Queryable) throws -> [ProductCard?] {
        let found = Dictionary(uniqueKeysWithValues: try cards(products, in: db).map { ($0.id, $0) })
        return products.map { product in found[product].flatMap { $0.isListed ? $0 : nil } }
    }

    /// The same outside a transaction: from memory, or in one statement.
    package func productCards(_ products: [ID<Product>]) async throws -> [ProductCard?] {
        try await cards(of: products).map { $0.flatMap { $0.isListed ? $0 : nil } }
    }

    /// Also those of drafts and archived products.
    func cards(of products: [ID<Product>]) async throws -> [ProductCard?] {
        var found = products.map { cards.value(for: $0) }
        let missing = zip(products, found).filter { $0.1 == nil }.map(\.0)
        guard !missing.isEmpty else { return found }
        // Taken before the read: a card that a commit overtakes in between is not kept.
        let ticket = cards.ticket()
        var read: [ID<Product>: ProductCard] = [:]
        for card in try await database.read({ db in try cards(missing, in: db) }) {
            cards.offer(card, for: card.id, cost: card.cost, with: ticket)
            read[card.id] = card
        }
        for (index, product) in products.enumerated() where found[index] == nil { found[index] = read[product] }
        return found
    }

    func cards(_ products: [ID<Product>], in db: some Queryable) throws -> [ProductCard] {
        guard !products.isEmpty else { return [] }
        return try db.rows(
            """
            SELECT \(unsafeRaw: ProductCard.columns)
            FROM product
            JOIN shop ON shop.id = product.shop_id
            WHERE product.id IN (\(list: products))
            """
        ) { try ProductCard($0) }
    }

    /// The page of each product, without those that are gone. Two statements, and one for each of the products.
    func pages(_ products: [ID<Product>], in db: some Queryable) throws -> [ProductPage] {
        guard !products.isEmpty else { return [] }
        var postCounts: [ID<Product>: Int64] = [:]
        for product in products { postCounts[product] = try posts.count(tagging: product, in: db) }
        var variants: [ID<Product>: [VariantView]] = [:]
        try db.forEach(
            """
            SELECT \(unsafeRaw: VariantView.columns)
            FROM variant
            JOIN stock ON stock.variant_id = variant.id
            WHERE variant.product_id IN (\(list: products)) AND variant.is_deleted = 0
            """
        ) { row in
            let variant = VariantView(row)
            variants[variant.product, default: []].append(variant)
        }
        return try db.rows(
            """
            SELECT \(unsafeRaw: ProductCard.columns), product.body, product.options, product.pictures, product.tags,
                product.updated_at, shop.state
            FROM product
            JOIN shop ON shop.id = product.shop_id
            WHERE product.id IN (\(list: products))
            """
        ) { row in
            let product = row.id(0, Product.self)
            return try ProductPage(row, variants: variants[product] ?? [], postCount: postCounts[product] ?? 0)
        }
    }

    /// Forgets what the pages of these products say of posts, once the change is durable.
    package func postsChange(of products: [ID<Product>], in tx: WriteTransaction) {
        let pages = pages
        tx.afterCommit { pages.drop(products) }
    }

    /// Those of products that everybody may see.
    func listedCards(_ products: [ID<Product>]) async throws -> [ProductCard] {
        try await cards(of: products).compactMap(\.self).filter(\.isListed)
    }
}
