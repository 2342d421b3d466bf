import Core
import Storage

/// That stock is what its journal says. That no number is below zero is a constraint of the table, which the engine's own
/// check looks at.
extension MarketService {
    static var stockChecks: [ConsistencyCheck] {
        [
            journalCheck,
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

    /// Variants whose journals are added up at once: some 60 bytes each.
    private static var variantsPerPass: Int { 500_000 }

    /// The journal is read in its own order and added up in memory: reading it by variant is a look into the table for
    /// each entry.
    private static var journalCheck: ConsistencyCheck {
        ConsistencyCheck("stock.journal") { db, found in
            var after = ID<Variant>(rawValue: 0)
            while true {
                let counted = try db.rows(
                    """
                    SELECT variant_id, on_hand, reserved
                    FROM stock
                    WHERE variant_id > \(after)
                    ORDER BY variant_id
                    LIMIT \(variantsPerPass)
                    """
                ) {
                    (variant: $0.id(0, Variant.self), stock: StockSums(onHand: $0.integer(1), reserved: $0.integer(2)))
                }
                var sums = Dictionary(uniqueKeysWithValues: counted.map { ($0.variant, StockSums()) })
                try db.forEach(
                    "SELECT variant_id, on_hand_change, reserved_change FROM stock_movement /* scan: verify */"
                ) { sums[$0.id(0)]?.add($0.integer(1), $0.integer(2)) }
                for (variant, stock) in counted {
                    guard let journal = sums[variant], journal != stock else { continue }
                    found(.init(subject: "\(variant)", expected: journal.text, found: stock.text))
                }
                guard counted.count == variantsPerPass, let last = counted.last else { return .done }
                after = last.variant
            }
        }
    }
}

/// Sums that may be those of a damaged journal: they wrap instead of ending the process.
private struct StockSums: Equatable {
    var onHand: Int64 = 0
    var reserved: Int64 = 0

    var text: String { "\(onHand) on hand, \(reserved) reserved" }

    mutating func add(_ onHandChange: Int64, _ reservedChange: Int64) {
        onHand &+= onHandChange
        reserved &+= reservedChange
    }
}
