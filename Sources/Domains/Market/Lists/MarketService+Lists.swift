package import Core
import Storage

extension MarketService {
    /// What is for sale, as everybody sees it, with facets when they are asked for.
    ///
    /// One statement; one more for each of: a shop, labels or a collection, cards that are not in memory, a walk that
    /// ended early; two for a query, and at most five for facets.
    /// - Throws: ``MarketError/shopNotFound``, ``MarketError/currencyNeeded``, `CursorError`.
    package func products(
        _ filter: ProductFilter, cursor: String?, limit: Int, withFacets: Bool = false
    ) async throws -> (page: Page<ProductCard>, facets: ProductFacets?) {
        let found = try await found(filter, cursor: cursor, limit: limit, withFacets: withFacets)
        let page = Page(items: try await listedCards(found.place.products), next: found.place.next)
        return (page, found.facets)
    }

    func found(
        _ filter: ProductFilter, cursor: String?, limit: Int, withFacets: Bool
    ) async throws -> (place: ListedPages.Place, facets: ProductFacets?) {
        let position = try cursor.map { try cursors.open($0, fields: 2, filter: filter.name) }
        guard !filter.comparesPrices || filter.shop != nil || filter.currency != nil else {
            throw MarketError.currencyNeeded
        }
        let found = try await database.read { db in
            let shop = try filter.shop.map { try self.shop($0, in: db) }
            return try ProductListing(filter, shop: shop, in: db)
                .found(after: position, limit: limit, withFacets: withFacets, in: db)
        }
        let shown = found.entries.prefix(limit)
        let last = found.entries.count > limit ? shown.last : found.end
        let next = last.map { cursors.seal([$0.key, $0.product.rawValue], filter: filter.name) }
        return (ListedPages.Place(products: shown.map(\.product), next: next), found.facets)
    }

    /// Everything that a shop has, drafts and archived products too, newest first, for its staff.
    package func allProducts(
        of shop: ID<Shop>, status: ProductStatus?, cursor: String?, limit: Int, viewer: ID<Account>
    ) async throws -> Page<ProductCard> {
        let filter = "all-products:\(shop):\(status?.name ?? "")"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let rows = try await database.read { db in
            _ = try self.shop(.id(shop), in: db)
            try require(.clerk, of: viewer, in: shop, db)
            let statusIs: SQL = status.map { "AND \(ProductStatus.column) = \($0.rawValue)" } ?? ""
            return try db.rows(
                """
                SELECT id
                FROM product
                WHERE shop_id = \(shop) AND id < \(before) \(statusIs)
                ORDER BY id DESC
                LIMIT \(limit + 1)
                """
            ) { $0.id(0, Product.self) }
        }
        let page = cursors.page(rows, limit: limit, filter: filter) { [$0.rawValue] }
        return Page(items: try await cards(of: page.items).compactMap(\.self), next: page.next)
    }
}
