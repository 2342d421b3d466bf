package import Core
import Storage

extension MarketService {
    /// The same viewer's view of the same product counts again after this: nobody lifts a product alone.
    private static let viewWindowSeconds: Int64 = 86_400

    /// Products that one report may name.
    package static let viewsMax = 100

    /// Notes that somebody has looked at products. The counters follow within seconds.
    /// - Returns: how many were counted; not those that do not exist, that they saw within a day, or that they
    ///   sell themselves.
    package func view(_ products: [ID<Product>], by viewer: ID<Account>) async throws -> Int {
        let wanted = Set(products).sorted()
        guard !wanted.isEmpty else { return 0 }
        return try await database.write { tx in
            let now = clock.now()
            let listed = try tx.rows(
                """
                SELECT id
                FROM product
                WHERE id IN (\(list: wanted)) AND is_listed = 1
                    AND EXISTS (SELECT 1 FROM shop WHERE shop.id = product.shop_id AND shop.state = 0)
                    AND NOT EXISTS (
                        SELECT 1
                        FROM shop_staff
                        WHERE shop_staff.shop_id = product.shop_id AND shop_staff.account_id = \(viewer))
                ORDER BY id
                """
            ) { $0.id(0, Product.self) }
            var counted: [ID<Product>] = []
            try tx.executeMany(listed, as: "(?, ?, ?)") { product, values in
                values.append(viewer.sqlValue)
                values.append(product.sqlValue)
                values.append(now.sqlValue)
            } statement: { values in
                """
                INSERT INTO product_view (account_id, product_id, viewed_at)
                \(values)
                ON CONFLICT (account_id, product_id) DO UPDATE SET viewed_at = excluded.viewed_at
                WHERE product_view.viewed_at <= \(now.advanced(bySeconds: -Self.viewWindowSeconds))
                RETURNING product_id
                """
            } returning: { row in
                counted.append(row.id(0))
            }
            guard !counted.isEmpty else { return 0 }
            try tell(MarketEvent.productsViewed, about: viewer, ["products": .ids(counted)], in: tx)
            return counted.count
        }
    }
}
