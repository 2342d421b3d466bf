package import Core
package import Storage

/// That what came from posts is told as it was written. Whether its authors wrote those posts is compared by `Flows`,
/// from ``attributedOrders(after:limit:in:)``.
extension MarketService {
    static var attributionChecks: [ConsistencyCheck] { [attributionCheck, attributedPostCheck, attributionTotalCheck] }

    /// An order has lines of an author where it has a post; nobody sells to themselves.
    private static var attributionCheck: ConsistencyCheck {
        ConsistencyCheck(
            "attribution.order",
            """
            SELECT id, source_post_id IS NULL, lines, authors, own
            FROM (
                SELECT purchase.id, purchase.source_post_id, COUNT(purchase_line.attributed_to) AS lines,
                    COUNT(DISTINCT purchase_line.attributed_to) AS authors,
                    SUM(CASE WHEN purchase_line.attributed_to = purchase.buyer_id THEN 1 ELSE 0 END) AS own
                FROM purchase
                JOIN purchase_line ON purchase_line.purchase_id = purchase.id
                GROUP BY purchase.id, purchase.source_post_id
            ) AS attributed
            WHERE authors <> CASE WHEN source_post_id IS NULL THEN 0 ELSE 1 END OR own > 0 /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Order.self))",
                expected: row.bool(1) ? "no post, and nobody's" : "lines of one other author",
                found: "\(row.integer(2)) lines of \(row.integer(3)) authors, \(row.integer(4)) the buyer's own")
        }
    }

    /// A post has one author, also when it is long gone.
    private static var attributedPostCheck: ConsistencyCheck {
        ConsistencyCheck(
            "attribution.post",
            """
            SELECT purchase.source_post_id, COUNT(DISTINCT purchase_line.attributed_to)
            FROM purchase
            JOIN purchase_line ON purchase_line.purchase_id = purchase.id
            WHERE purchase.source_post_id IS NOT NULL
            GROUP BY purchase.source_post_id
            HAVING COUNT(DISTINCT purchase_line.attributed_to) > 1 /* scan: verify */
            """
        ) { row in
            .init(subject: "\(row.id(0, Post.self))", expected: "one author", found: "\(row.integer(1))")
        }
    }

    /// An author's total is what their lines come to, both ways.
    private static var attributionTotalCheck: ConsistencyCheck {
        ConsistencyCheck(
            "attribution_total.amount",
            """
            SELECT account_id, currency, CAST(SUM(amount) AS BIGINT), CAST(SUM(given_back) AS BIGINT),
                CAST(SUM(quantity) AS BIGINT), CAST(SUM(given_back_quantity) AS BIGINT)
            FROM (
                SELECT purchase_line.attributed_to AS account_id, purchase.currency,
                    purchase_line.price * purchase_line.quantity AS amount,
                    purchase_line.price * purchase_line.given_back AS given_back,
                    purchase_line.quantity, purchase_line.given_back AS given_back_quantity
                FROM purchase_line
                JOIN purchase ON purchase.id = purchase_line.purchase_id
                WHERE purchase_line.attributed_to IS NOT NULL
                UNION ALL
                SELECT account_id, currency, -amount, -given_back_amount, -quantity, -given_back_quantity
                FROM attribution_total
            ) AS entry
            GROUP BY account_id, currency
            HAVING SUM(amount) <> 0 OR SUM(given_back) <> 0 OR SUM(quantity) <> 0 OR SUM(given_back_quantity) <> 0
            /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Account.self)) \(row.text(1))", expected: "what the lines come to",
                found: "\(-row.integer(2)) more sold, \(-row.integer(3)) more given back, "
                    + "\(-row.integer(4)) and \(-row.integer(5)) pieces")
        }
    }
}

/// An order that came from a post.
package struct AttributedOrder: Sendable {
    package let order: ID<Order>
    package let post: ID<Post>
    package let author: ID<Account>
}

extension MarketService {
    /// Orders that came from posts, in the order of their ids.
    package static func attributedOrders(
        after order: ID<Order>, limit: Int, in db: some Queryable
    ) throws -> [AttributedOrder] {
        try db.rows(
            """
            SELECT purchase.id, purchase.source_post_id, MIN(purchase_line.attributed_to)
            FROM purchase
            JOIN purchase_line
                ON purchase_line.purchase_id = purchase.id AND purchase_line.attributed_to IS NOT NULL
            WHERE purchase.id > \(order) AND purchase.source_post_id IS NOT NULL
            GROUP BY purchase.id, purchase.source_post_id
            ORDER BY purchase.id
            LIMIT \(limit)
            """
        ) { AttributedOrder(order: $0.id(0), post: $0.id(1), author: $0.id(2)) }
    }
}
