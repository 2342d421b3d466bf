import Core
import Storage

/// What a job does for the waiting lists each minute.
extension MarketService {
    private static let offersBatch = 200

    /// Passes on what was kept for people who have not come for it in time.
    func passOnOffers() async throws {
        var passedOn = Self.offersBatch
        while passedOn == Self.offersBatch {
            try Task.checkCancellation()
            passedOn = try await database.write { tx in
                let due = try tx.rows(
                    """
                    SELECT id, variant_id, offered_until
                    FROM waiting_place
                    WHERE offered_until <= \(clock.now())
                    ORDER BY offered_until, id
                    LIMIT \(Self.offersBatch)
                    """
                ) { PlaceInLine(id: $0.id(0), variant: $0.id(1), offeredUntil: $0.timestampOrNil(2)) }
                try withdraw(due, in: tx)
                return due.count
            }
        }
    }

    /// Lines in front of what can be had without waiting: its product was out of sale when pieces became free, or
    /// nobody counts it any more, or it is gone.
    func reviewLines() async throws {
        let idle = try await database.read(lane: .background) { db in
            try db.rows(
                """
                SELECT DISTINCT waiting_place.variant_id, variant.is_deleted = 0 AND variant.stock_policy = 0
                FROM waiting_place
                JOIN variant ON variant.id = waiting_place.variant_id
                JOIN stock ON stock.variant_id = variant.id
                WHERE waiting_place.offered_until IS NULL
                    AND (variant.is_deleted <> 0 OR variant.stock_policy <> 0 OR stock.on_hand > stock.reserved)
                ORDER BY waiting_place.variant_id /* scan: lines are few and short */
                """
            ) { row in (variant: row.id(0, Variant.self), isCounted: row.bool(1)) }
        }
        for (variant, isCounted) in idle {
            try Task.checkCancellation()
            try await database.write { tx in
                if isCounted { try offer([variant], in: tx) } else { try endLine(of: variant, in: tx) }
            }
        }
    }

    private func endLine(of variant: ID<Variant>, in tx: WriteTransaction) throws {
        let accounts = try tx.rows(
            """
            DELETE FROM waiting_place
            WHERE variant_id = \(variant) AND offered_until IS NULL
            RETURNING account_id
            """
        ) { $0.id(0, Account.self) }
        try tell(MarketEvent.waitingEnded, about: variant, ["accounts": .ids(accounts)], in: tx)
    }
}
