package import Core
package import Storage

/// That orders add up: to their parts, their lines, and their stock. What they have moved in the books is compared by
/// `Flows`, from ``orderMoney(after:limit:in:)``.
extension MarketService {
    static var orderChecks: [ConsistencyCheck] {
        [orderTotalCheck, partTotalCheck, partMoneyCheck, dueCheck, orderStockCheck]
    }

    private static var orderTotalCheck: ConsistencyCheck {
        ConsistencyCheck(
            "order.total",
            """
            SELECT purchase.id, purchase.total, CAST(COALESCE(SUM(sub_order.total), -1) AS BIGINT)
            FROM purchase
            LEFT JOIN sub_order ON sub_order.purchase_id = purchase.id
            GROUP BY purchase.id, purchase.total
            HAVING purchase.total <> COALESCE(SUM(sub_order.total), -1) /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Order.self))", expected: "\(row.integer(1))",
                found: row.integer(2) < 0 ? "no parts" : "parts of \(row.integer(2))")
        }
    }

    private static var partTotalCheck: ConsistencyCheck {
        ConsistencyCheck(
            "order_part.total",
            """
            SELECT sub_order.purchase_id, sub_order.shop_id, sub_order.total,
                CAST(COALESCE(SUM(purchase_line.price * purchase_line.quantity), -1) AS BIGINT)
            FROM sub_order
            LEFT JOIN purchase_line
                ON purchase_line.purchase_id = sub_order.purchase_id AND purchase_line.shop_id = sub_order.shop_id
            GROUP BY sub_order.purchase_id, sub_order.shop_id, sub_order.total
            HAVING sub_order.total <> COALESCE(SUM(purchase_line.price * purchase_line.quantity), -1)
            /* scan: verify */
            """
        ) { row in
            .init(
                subject: Self.part(row), expected: "\(row.integer(2))",
                found: row.integer(3) < 0 ? "no lines" : "lines of \(row.integer(3))")
        }
    }

    /// What was paid and given back is what the lines say, in whichever state; nothing is released before its time.
    private static var partMoneyCheck: ConsistencyCheck {
        ConsistencyCheck(
            "order_part.money",
            """
            SELECT purchase_id, shop_id, state, total, paid, refunded, released, fee, given_back
            FROM (
                SELECT sub_order.purchase_id, sub_order.shop_id, sub_order.state, sub_order.total, sub_order.paid,
                    sub_order.refunded, sub_order.released, sub_order.fee,
                    (SELECT COALESCE(SUM(purchase_line.price * purchase_line.given_back), 0)
                    FROM purchase_line
                    WHERE purchase_line.purchase_id = sub_order.purchase_id
                        AND purchase_line.shop_id = sub_order.shop_id) AS given_back
                FROM sub_order
            ) AS part
            WHERE (state IN (1, 2, 3, 4, 6) AND paid - refunded <> total - given_back)
                OR (state = 0 AND paid <> 0)
                OR (state = 5 AND (paid <> refunded OR given_back <> total))
                OR (state = 6 AND given_back <> total)
                OR (state IN (0, 1, 2, 3, 5) AND (released <> 0 OR fee <> 0))
                OR (state = 4 AND released + fee < paid - refunded) /* scan: verify */
            """
        ) { row in
            .init(
                subject: Self.part(row),
                expected: "\(row.integer(3)) less \(row.integer(8)) in state \(row.integer(2))",
                found: "paid \(row.integer(4)), refunded \(row.integer(5)), released \(row.integer(6)), "
                    + "fee \(row.integer(7))")
        }
    }

    /// Nothing that waits for the clock is forgotten by it.
    private static var dueCheck: ConsistencyCheck {
        ConsistencyCheck(
            "order_part.due_at",
            """
            SELECT purchase_id, shop_id, state, due_at
            FROM sub_order
            WHERE (state IN (0, 2, 3)) <> (due_at IS NOT NULL) /* scan: verify */
            """
        ) { row in
            .init(
                subject: Self.part(row), expected: row.isNull(3) ? "a time" : "no time",
                found: "\(row.timestampOrNil(3)?.description ?? "none") in state \(row.integer(2))")
        }
    }

    /// What is reserved for an order is what of it was not shipped and not given back.
    private static var orderStockCheck: ConsistencyCheck {
        ConsistencyCheck(
            "order.stock",
            """
            SELECT subject_id, variant_id, CAST(SUM(expected) AS BIGINT), CAST(SUM(reserved) AS BIGINT)
            FROM (
                SELECT purchase_line.purchase_id AS subject_id, purchase_line.variant_id,
                    CASE
                        WHEN sub_order.state IN (0, 1) THEN purchase_line.quantity - purchase_line.given_back
                        ELSE 0
                    END AS expected, 0 AS reserved
                FROM purchase_line
                LEFT JOIN sub_order
                    ON sub_order.purchase_id = purchase_line.purchase_id
                    AND sub_order.shop_id = purchase_line.shop_id
                UNION ALL
                SELECT subject_id, variant_id, 0, reserved_change
                FROM stock_movement
                WHERE reason IN (5, 6, 7)
            ) AS moved
            GROUP BY subject_id, variant_id
            HAVING SUM(expected) <> SUM(reserved) /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Order.self)) \(row.id(1, Variant.self))", expected: "\(row.integer(2)) reserved",
                found: "\(row.integer(3))")
        }
    }

    private static func part(_ row: Row) -> String {
        "\(row.id(0, Order.self)) \(row.id(1, Shop.self))"
    }
}

/// What a part of an order says of its money.
package struct OrderMoney: Sendable {
    package let order: ID<Order>
    package let shop: ID<Shop>
    package let money: OrderPart.SettledMoney
    /// What is set aside for it.
    package let held: Int64
}

/// An order that was placed with a payment that was still under way.
package struct AwaitingOrder: Sendable {
    package let order: ID<Order>
    /// By the number of its id.
    package let payment: Int64
    package let buyer: ID<Account>
    package let total: Money
    /// In all, before anything was given back.
    package let paid: Int64
    /// Some of it waits to be paid.
    package let isPlaced: Bool
}

extension MarketService {
    /// Orders that were placed with a payment, in the order of their ids.
    package static func awaitingOrders(
        after order: ID<Order>, limit: Int, in db: some Queryable
    ) throws -> [AwaitingOrder] {
        try db.rows(
            """
            SELECT id, payment_id, buyer_id, total, currency,
                (SELECT CAST(COALESCE(SUM(paid), 0) AS BIGINT) FROM sub_order WHERE purchase_id = purchase.id),
                (SELECT COUNT(*) FROM sub_order WHERE purchase_id = purchase.id AND state = 0)
            FROM purchase
            WHERE id > \(order) AND payment_id IS NOT NULL
            ORDER BY id
            LIMIT \(limit)
            """
        ) { row in
            AwaitingOrder(
                order: row.id(0), payment: row.integer(1), buyer: row.id(2),
                total: Money(row.integer(3), try row.currency(4)), paid: row.integer(5), isPlaced: row.integer(6) > 0)
        }
    }

    /// Parts of orders in the order of their ids.
    package static func orderMoney(
        after order: ID<Order>, limit: Int, in db: some Queryable
    ) throws -> [OrderMoney] {
        try db.rows(
            """
            SELECT purchase_id, shop_id, paid, refunded, released, fee,
                CASE WHEN state = 0 AND hold_id IS NOT NULL THEN total ELSE 0 END
            FROM sub_order
            WHERE purchase_id > \(order)
            ORDER BY purchase_id, shop_id
            LIMIT \(limit)
            """
        ) { row in
            var money = OrderPart.SettledMoney(paid: row.integer(2))
            money.refunded = row.integer(3)
            money.released = row.integer(4)
            money.fee = row.integer(5)
            return OrderMoney(order: row.id(0), shop: row.id(1), money: money, held: row.integer(6))
        }
    }

    /// What is to be in each shop's escrow: paid for, and neither given back nor theirs yet.
    package static func escrow(in db: some Queryable) throws -> [ID<Shop>: Int64] {
        var escrow: [ID<Shop>: Int64] = [:]
        try db.forEach(
            """
            SELECT shop_id, CAST(SUM(paid - refunded) AS BIGINT)
            FROM sub_order
            WHERE state IN (1, 2, 3)
            GROUP BY shop_id /* scan: verify */
            """
        ) { escrow[$0.id(0)] = $0.integer(1) }
        return escrow
    }
}
