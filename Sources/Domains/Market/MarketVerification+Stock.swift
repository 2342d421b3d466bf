import Core
import Storage

/// That stock is what its journal says. That no number is below zero is a constraint of the table, which the engine's own
/// check looks at.
extension MarketService {
    static var stockChecks: [ConsistencyCheck] {
        [
            ConsistencyCheck(
                "stock.journal",
                """
                SELECT variant_id, on_hand, reserved, journal_on_hand, journal_reserved
                FROM (
                    SELECT stock.variant_id, stock.on_hand, stock.reserved,
                        (SELECT COALESCE(SUM(on_hand_change), 0) FROM stock_movement
                        WHERE stock_movement.variant_id = stock.variant_id) AS journal_on_hand,
                        (SELECT COALESCE(SUM(reserved_change), 0) FROM stock_movement
                        WHERE stock_movement.variant_id = stock.variant_id) AS journal_reserved
                    FROM stock
                ) AS counted
                WHERE on_hand <> journal_on_hand OR reserved <> journal_reserved /* scan: verify */
                """
            ) { row in
                .init(
                    subject: "\(row.id(0, Variant.self))",
                    expected: "\(row.integer(3)) on hand, \(row.integer(4)) reserved",
                    found: "\(row.integer(1)) on hand, \(row.integer(2)) reserved")
            },
            ConsistencyCheck(
                "stock.oversold",
                """
                SELECT variant.id, stock.on_hand, stock.reserved
                FROM stock
                JOIN variant ON variant.id = stock.variant_id
                WHERE stock.reserved > stock.on_hand AND variant.stock_policy = 0 /* scan: verify */
                """
            ) { row in
                .init(
                    subject: "\(row.id(0, Variant.self))", expected: "\(row.integer(1)) reserved at most",
                    found: "\(row.integer(2)) reserved")
            },
            ConsistencyCheck(
                "variant.stock",
                """
                SELECT variant.id
                FROM variant
                LEFT JOIN stock ON stock.variant_id = variant.id
                WHERE stock.variant_id IS NULL /* scan: verify */
                """
            ) { .init(subject: "\($0.id(0, Variant.self))", expected: "a row of stock", found: "none") },
            ConsistencyCheck(
                "stock_movement.variant",
                """
                SELECT stock_movement.id
                FROM stock_movement
                LEFT JOIN variant ON variant.id = stock_movement.variant_id
                WHERE variant.id IS NULL /* scan: verify */
                """
            ) { .init(subject: "\($0.id(0, StockMovement.self))", expected: "a variant", found: "none") },
        ]
    }
}
