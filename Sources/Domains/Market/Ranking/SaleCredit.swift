import Core
import Storage

/// What one person's purchase has lifted a product by.
///
/// A person counts once a product and day, whatever they buy. Who sells the product never counts. When all of the
/// purchase is given back, so is the credit.
struct SaleCredit {
    let product: ID<Product>
    let buyer: ID<Account>
    let order: ID<Order>

    /// Days since 1970, of the order: what is given back later finds the credit by it.
    var day: Int64 { order.createdAt.microseconds / 86_400_000_000 }

    /// A credit of this age is worth less than a millionth of a new one, so it is forgotten instead of taken back.
    static let daysKept: Int64 = 30
}

extension WriteTransaction {
    /// - Returns: false when the person has a credit of that product and day already, or sells the product.
    func add(_ credit: SaleCredit, at time: Timestamp) throws -> Bool {
        guard try !isSeller(credit.buyer, of: credit.product) else { return false }
        let added = try rows(
            """
            INSERT INTO sale_credit (product_id, day, account_id, purchase_id, counted_at)
            VALUES (\(credit.product), \(credit.day), \(credit.buyer), \(credit.order), \(time))
            ON CONFLICT (product_id, day, account_id) DO NOTHING
            RETURNING product_id
            """
        ) { $0.integer(0) }
        return !added.isEmpty
    }

    /// Takes a credit back once nothing of the product is left in the order.
    /// - Returns: when it was counted; nil when there is none to take back.
    func remove(_ credit: SaleCredit) throws -> Timestamp? {
        try rows(
            """
            DELETE FROM sale_credit
            WHERE product_id = \(credit.product) AND day = \(credit.day) AND account_id = \(credit.buyer)
                AND purchase_id = \(credit.order)
                AND NOT EXISTS (
                    SELECT 1
                    FROM purchase_line
                    WHERE purchase_line.purchase_id = \(credit.order) AND purchase_line.product_id = \(credit.product)
                        AND purchase_line.given_back < purchase_line.quantity)
            RETURNING counted_at
            """
        ) { $0.timestamp(0) }.first
    }

    func forgetCredits(of product: ID<Product>, before day: Int64) throws {
        try execute("DELETE FROM sale_credit WHERE product_id = \(product) AND day < \(day)")
    }

    private func isSeller(_ account: ID<Account>, of product: ID<Product>) throws -> Bool {
        let found = try rows(
            """
            SELECT 1
            FROM product
            JOIN shop_staff ON shop_staff.shop_id = product.shop_id
            WHERE product.id = \(product) AND shop_staff.account_id = \(account)
            """
        ) { $0.integer(0) }
        return !found.isEmpty
    }
}

/// The table of credits.
enum RankingSchema {
    static let migrations: [Migration] = [sales]

    /// `sale_count` was of pieces that were reserved, and is of pieces that were paid: it is added up anew.
    private static let sales = Migration(
        "market.009 paid sales",
        [
            .table(
                "sale_credit", clustered: true,
                columns: """
                    product_id BIGINT NOT NULL,
                    day BIGINT NOT NULL,
                    account_id BIGINT NOT NULL,
                    purchase_id BIGINT NOT NULL,
                    counted_at BIGINT NOT NULL,
                    PRIMARY KEY (product_id, day, account_id)
                    """),
            .statement("UPDATE product SET sale_count = 0 WHERE sale_count <> 0 /* scan: once */"),
            .statement(
                """
                UPDATE product
                SET sale_count = sold.quantity
                FROM (
                    SELECT purchase_line.product_id, SUM(purchase_line.quantity - purchase_line.given_back) AS quantity
                    FROM sub_order
                    JOIN purchase_line ON purchase_line.purchase_id = sub_order.purchase_id
                        AND purchase_line.shop_id = sub_order.shop_id
                    WHERE sub_order.state NOT IN (0, 5)
                    GROUP BY purchase_line.product_id) AS sold
                WHERE sold.product_id = product.id /* scan: once */
                """),
        ])
}
