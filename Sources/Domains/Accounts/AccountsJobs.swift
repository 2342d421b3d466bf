import Core
package import Jobs
import Storage

/// Deletes sessions, refresh tokens and reservations of handles that have expired. Run it every hour or so.
package struct DeleteExpiredSessions: ArgumentlessJob {
    package static let kind = "accounts.delete_expired_sessions"

    /// Rows of each table in one transaction, so that writers in between wait for milliseconds only.
    private static let chunkSize = 500

    package init() {}

    func run(on accounts: AccountsService) async throws {
        var deleted = 0
        repeat {
            try Task.checkCancellation()
            deleted = try await accounts.database.write { tx in
                let now = accounts.clock.now()
                return try tx.deleteExpiredSessions(before: now, limit: Self.chunkSize)
                    + tx.deleteRetiredHandles(before: now, limit: Self.chunkSize)
            }
        } while deleted >= Self.chunkSize
    }
}

/// Lets back in whose suspension has ended by time.
package struct EndSuspensions: ArgumentlessJob {
    package static let kind = "accounts.end_suspensions"

    package init() {}
}

extension AccountsService {
    /// Registers what this slice does later.
    package func register(in handlers: inout JobHandlers) {
        handlers.on(DeleteExpiredSessions.self) { job, _ in try await job.run(on: self) }
        handlers.on(EndSuspensions.self, timeoutSeconds: 600) { _, _ in try await endSuspensions() }
    }
}
