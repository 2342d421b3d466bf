import Core
import Storage

/// That the journal keeps one piece for each offer, and none for anybody else.
extension MarketService {
    static var waitingChecks: [ConsistencyCheck] {
        [
            ConsistencyCheck(
                "waiting.offers",
                """
                SELECT subject_id, variant_id, CAST(SUM(expected) AS BIGINT), CAST(SUM(kept) AS BIGINT)
                FROM (
                    SELECT id AS subject_id, variant_id, 1 AS expected, 0 AS kept
                    FROM waiting_place
                    WHERE offered_until IS NOT NULL
                    UNION ALL
                    SELECT subject_id, variant_id, 0, reserved_change
                    FROM stock_movement
                    WHERE reason IN (\(list: [StockReason.offered, .withdrawn].map(\.rawValue)))
                ) AS offered
                GROUP BY subject_id, variant_id
                HAVING SUM(expected) <> SUM(kept) /* scan: verify */
                """
            ) { row in
                .init(
                    subject: "\(row.id(0, WaitingPlace.self)) \(row.id(1, Variant.self))",
                    expected: "\(row.integer(2)) kept", found: "\(row.integer(3))")
            },
            ConsistencyCheck(
                "waiting_place.variant",
                """
                SELECT waiting_place.id
                FROM waiting_place
                LEFT JOIN variant ON variant.id = waiting_place.variant_id
                WHERE variant.id IS NULL /* scan: verify */
                """
            ) { .init(subject: "\($0.id(0, WaitingPlace.self))", expected: "a variant", found: "none") },
        ]
    }
}
