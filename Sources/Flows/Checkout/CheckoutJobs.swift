import Core
package import Jobs
import Ledger
import Market
import Storage

/// Gives back what was not paid in time, and completes what nobody has complained about.
struct SettleDueOrders: ArgumentlessJob {
    static let kind = "checkout.settle_due_orders"
}

extension Checkout {
    private static let dueBatch = 200

    /// Registers what Checkout's jobs do.
    package func register(in handlers: inout JobHandlers) {
        handlers.on(SettleDueOrders.self, timeoutSeconds: 600) { _, _ in try await settleDueOrders() }
    }

    /// Work that recurs.
    package static func schedules() throws -> [JobSchedule] {
        [JobSchedule("checkout.settle_due_orders", try CronExpression("* * * * *"), job: SettleDueOrders())]
    }

    /// Each part is a transaction of its own: one that cannot be settled now, because a wallet is frozen, keeps nobody
    /// else waiting and is tried again the next minute.
    func settleDueOrders() async throws {
        var last: DueOrder?
        while true {
            try Task.checkCancellation()
            let after = last
            let due = try await database.read(lane: .background) { db in
                try market.due(at: try ledger.now(in: db), after: after, limit: Self.dueBatch, in: db)
            }
            for part in due { try await settle(part) }
            guard due.count == Self.dueBatch else { return }
            last = due.last
        }
    }

    private func settle(_ due: DueOrder) async throws {
        do {
            try await database.write { tx in
                _ = try act(due.event, on: due.order, shop: due.shop, by: .clock, in: tx)
            }
        } catch OrderError.refused {
            // Somebody was faster.
        } catch LedgerError.refused {
            // A wallet is frozen: the part stays due.
        }
    }
}
