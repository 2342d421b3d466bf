import Core
import Events
import Jobs
import Search
import Storage

/// That lists, counters and the text index say of products what products are.
extension MarketService {
    static var productChecks: [ConsistencyCheck] {
        [priceCheck, stateCheck, listedCheck, labelCheck, saleCheck, textCheck]
    }

    private static var priceCheck: ConsistencyCheck {
        ConsistencyCheck(
            "product.price",
            """
            SELECT id, price_min, price_max, least, most
            FROM (
                SELECT id, price_min, price_max,
                    (SELECT MIN(price) FROM variant WHERE product_id = product.id AND is_deleted = 0) AS least,
                    (SELECT MAX(price) FROM variant WHERE product_id = product.id AND is_deleted = 0) AS most
                FROM product
            ) AS priced
            WHERE least IS NULL OR price_min <> least OR price_max <> most /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Product.self))",
                expected: row.isNull(3) ? "a variant" : "prices of \(row.integer(3)) to \(row.integer(4))",
                found: "prices of \(row.integer(1)) to \(row.integer(2))")
        }
    }

    /// Whatever an owner wants: closed while they are suspended, or an administrator has closed it.
    private static var stateCheck: ConsistencyCheck {
        ConsistencyCheck(
            "shop.state",
            """
            SELECT id, state
            FROM shop
            WHERE state <> CASE WHEN is_suspended + is_barred > 0 THEN 1 ELSE wished_state END /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Shop.self))", expected: row.bool(1) ? "open" : "closed",
                found: row.bool(1) ? "closed" : "open")
        }
    }

    /// A shop that opens or closes takes its products along in a job.
    private static var listedCheck: ConsistencyCheck {
        ConsistencyCheck("product.is_listed") { db, found in
            guard try JobQueue.pendingPayloads(of: RelistShop.self, in: db).isEmpty else {
                return .skipped(because: "Shops are being opened or closed: run this again later.")
            }
            try db.forEach(
                """
                SELECT product.id, product.is_listed
                FROM product
                JOIN shop ON shop.id = product.shop_id
                WHERE product.is_listed
                    <> CASE WHEN product.status = 1 AND product.is_unlisted = 0 AND shop.state = 0 THEN 1 ELSE 0 END
                    OR product.currency <> shop.currency /* scan: verify */
                """
            ) { row in
                found(
                    .init(
                        subject: "\(row.id(0, Product.self))", expected: "listed as its status and its shop's have it",
                        found: row.bool(1) ? "listed" : "not listed"))
            }
            return .done
        }
    }

    private static var labelCheck: ConsistencyCheck {
        ConsistencyCheck("product_label.entries") { db, found in
            var labels: [ID<Product>: Set<String>] = [:]
            try forEachPage(in: db) { products in
                labels.removeAll(keepingCapacity: true)
                try db.forEach(
                    "SELECT product_id, label FROM product_label WHERE product_id IN (\(list: products.map(\.id)))"
                ) { labels[$0.id(0), default: []].insert($0.text(1)) }
                for product in products where labels[product.id] ?? [] != product.draft.labels {
                    found(
                        .init(
                            subject: "\(product.id)", expected: product.draft.labels.sorted().joined(separator: ", "),
                            found: (labels[product.id] ?? []).sorted().joined(separator: ", ")))
                }
            }
            return .done
        }
    }

    /// What was paid and not given back is what was sold.
    private static var saleCheck: ConsistencyCheck {
        ConsistencyCheck("product.sale_count") { db, found in
            guard try EventLog.isAtHead(consumer: rankerName, in: db) else {
                return .skipped(because: "Sales are still being counted: run this again later.")
            }
            var after = ID<Product>(rawValue: 0)
            while true {
                let counted = try db.rows(
                    """
                    SELECT id, sale_count
                    FROM product
                    WHERE id > \(after)
                    ORDER BY id
                    LIMIT \(productsPerPass)
                    """
                ) { (product: $0.id(0, Product.self), sales: $0.integer(1)) }
                guard let last = counted.last?.product else { return .done }
                let sold = try sold(after: after, through: last, in: db)
                for (product, sales) in counted where sales != sold[product] ?? 0 {
                    found(.init(subject: "\(product)", expected: "\(sold[product] ?? 0) sold", found: "\(sales)"))
                }
                after = last
            }
        }
    }

    /// Products whose sales are added up at once: some 200 bytes each, with their variants.
    private static var productsPerPass: Int { 200_000 }

    /// Orders are read in their own order: reading them by product is a look into the table for each line.
    private static func sold(
        after: ID<Product>, through last: ID<Product>, in db: ReadTransaction
    ) throws -> [ID<Product>: Int64] {
        var sold: [ID<Product>: Int64] = [:]
        try db.forEach(
            """
            SELECT purchase_line.product_id, purchase_line.quantity - purchase_line.given_back
            FROM sub_order
            JOIN purchase_line ON purchase_line.purchase_id = sub_order.purchase_id
                AND purchase_line.shop_id = sub_order.shop_id
            WHERE sub_order.state NOT IN (\(list: [OrderState.placed, .cancelled].map(\.rawValue)))
                AND purchase_line.product_id > \(after) AND purchase_line.product_id <= \(last) /* scan: verify */
            """
        ) { row in
            sold[row.id(0), default: 0] &+= row.integer(1)
        }
        return sold
    }

    private static var textCheck: ConsistencyCheck {
        ConsistencyCheck("product_text.entries") { db, found in
            guard try EventLog.isAtHead(consumer: textIndexerName, in: db) else {
                return .skipped(because: "The index is still being brought up to date: run this again later.")
            }
            var after: Int64 = 0
            try forEachPage(in: db) { products in
                let texts = products.filter { $0.draft.status == .active }
                    .map { (id: $0.id.rawValue, text: $0.draft.searchText) }
                let through = products.count < pageSize ? .max : products.last?.id.rawValue ?? .max
                try productText.forEachDifference(from: texts, after: after, through: through, in: db) { difference in
                    found(
                        .init(
                            subject: "\(ID<Product>(rawValue: difference.id))",
                            expected: difference.expected ?? "not to be found", found: difference.found ?? "not found"))
                }
                after = through
            }
            return .done
        }
    }

    private static var pageSize: Int { 500 }

    /// All products in the order of their ids, without their variants. The last page is the one that is not full, and
    /// there is always one.
    private static func forEachPage(in db: ReadTransaction, _ body: ([StoredProduct]) throws -> Void) throws {
        var after = ID<Product>(rawValue: 0)
        while true {
            let products = try db.rows(
                """
                SELECT \(unsafeRaw: StoredProduct.columns)
                FROM product
                WHERE id > \(after)
                ORDER BY id
                LIMIT \(pageSize)
                """
            ) { try StoredProduct($0) }
            try body(products)
            guard products.count == pageSize, let last = products.last else { return }
            after = last.id
        }
    }
}
