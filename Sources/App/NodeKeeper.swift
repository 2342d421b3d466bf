import Core
import Logging
import ServiceLifecycle
import Storage

/// Renews this process's node number while it runs. When the number is lost, the process must stop making ids: the
/// service fails, and the house stops with it.
struct NodeKeeper: Service {
    let claim: NodeClaim
    let database: any Database
    let logger: Logger

    struct NodeLost: Error {}

    func run() async throws {
        var failures = 0
        while await waits() {
            do {
                guard try await claim.renew(in: database) else { throw NodeLost() }
                failures = 0
            } catch let error as StorageError {
                // A writer that is busy or a disk that is full may recover; a lease outlives two failures.
                failures += 1
                logger.error("node lease not renewed", metadata: ["node": "\(claim.number)", "error": "\(error)"])
                if failures > 2 { throw error }
            }
        }
    }

    /// - Returns: false when the house stops.
    private func waits() async -> Bool {
        await cancelWhenGracefulShutdown {
            (try? await Task.sleep(for: .seconds(NodeClaim.leaseSeconds / 3))) != nil
        }
    }
}
