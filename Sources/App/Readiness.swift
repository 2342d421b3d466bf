import Core
import Jobs
import Storage
import StorageSQLite
import Synchronization

/// Whether requests should be sent here, and why not. Asked by anybody, so it is looked up once a second at most.
final class Readiness: Sendable {
    struct Check: Sendable {
        let name: String
        let isOK: Bool
        let detail: String
    }

    private struct Known {
        var checks: [Check] = []
        var until: UInt64 = 0
    }

    private static let keptNanoseconds: UInt64 = 1_000_000_000

    private let database: any Database
    private let node: NodeClaim
    private let known = Mutex(Known())

    init(database: any Database, node: NodeClaim) {
        self.database = database
        self.node = node
    }

    func checks() async -> [Check] {
        let now = monotonicNanoseconds()
        let recent: [Check]? = known.withLock { known in
            guard known.until < now else { return known.checks }
            // Whoever comes meanwhile hears what was true a moment ago.
            if !known.checks.isEmpty { known.until = now + Self.keptNanoseconds }
            return nil
        }
        if let recent { return recent }
        let checks = [await read(), await write(), await jobs()]
        known.withLock { $0 = Known(checks: checks, until: monotonicNanoseconds() + Self.keptNanoseconds) }
        return checks
    }

    private func read() async -> Check {
        do {
            let count = try await database.read { try Migrator.appliedCount(in: $0) }
            return Check(name: "database.read", isOK: true, detail: "\(count) migrations applied")
        } catch {
            return Check(name: "database.read", isOK: false, detail: "the database does not answer reads: see the log")
        }
    }

    /// The writer's turn comes, and its commit reaches the disk.
    private func write() async -> Check {
        let start = monotonicNanoseconds()
        let isOwner = (try? await node.renew(in: database)) ?? false
        let milliseconds = (monotonicNanoseconds() - start) / 1_000_000
        return Check(
            name: "database.write", isOK: isOwner,
            detail: isOwner
                ? "a commit took \(milliseconds) ms"
                : "nothing can be committed: is the disk full, or does another program hold the database?")
    }

    private func jobs() async -> Check {
        do {
            let summary = try await database.read(lane: .background) { try JobSummary($0) }
            let dead = summary.count(.dead)
            return Check(
                name: "jobs", isOK: true,
                detail: "\(summary.count(.ready)) ready, \(summary.count(.running)) running, \(dead) dead letters")
        } catch {
            return Check(name: "jobs", isOK: false, detail: "the queue cannot be read: see the log")
        }
    }
}
