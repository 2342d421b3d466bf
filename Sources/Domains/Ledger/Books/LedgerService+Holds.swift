import Core
import LedgerCore
import Storage

extension LedgerService {
    /// Rows of a transaction of housekeeping: some milliseconds, so that other writes get between.
    private static let batchMax = 500
    /// Longer than a callback is believed, by clocks that differ.
    private static let noticesKeptSeconds: Int64 = 2 * 86_400

    /// Ends holds whose time is over.
    func expireHolds() async throws {
        var count = 0
        repeat {
            try Task.checkCancellation()
            count = try await database.write { tx in try expireHolds(limit: Self.batchMax, in: tx) }
        } while count == Self.batchMax
    }

    private func expireHolds(limit: Int, in tx: WriteTransaction) throws -> Int {
        let holds = try tx.overdueHolds(at: try now(in: tx), limit: limit)
        let expiries = holds.map { hold in
            Transfer(id: ids.next(), .expire(hold.id), for: .expiry, of: hold.subject)
        }
        let outcomes = try post(expiries, in: tx)
        for (hold, outcome) in zip(holds, outcomes) where outcome == .applied {
            try tell(
                LedgerEvent.holdExpired, about: hold.id,
                ["purpose": .integer(hold.purpose), "subject": .integer(hold.subject)], in: tx)
        }
        // What could not be expired now would be found again at once.
        return outcomes.count { $0 == .applied }
    }

    func pruneNotices() async throws {
        let limit = clock.now().advanced(bySeconds: -Self.noticesKeptSeconds)
        while try await database.write({ tx in try tx.pruneNotices(before: limit, limit: Self.batchMax) })
            == Self.batchMax
        {
            try Task.checkCancellation()
        }
    }
}
