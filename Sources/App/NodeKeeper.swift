import Core
import Logging
import ServiceLifecycle
import Storage

/// Renews this process's node number while it runs. When another process has the number, this one must stop making ids:
/// the service fails, and the house stops with it.
struct NodeKeeper: Service {
    let claim: NodeClaim
    let database: any Database
    let logger: Logger
    /// Often enough that a lease outlives two failures.
    var interval = Duration.seconds(NodeClaim.leaseSeconds / 3)

    struct NodeLost: Error {}

    func run() async throws {
        while await waits() {
            do {
                guard try await claim.renew(in: database) else { throw NodeLost() }
            } catch let error as StorageError {
                // A full disk or a held lock keeps everybody from claiming the number, and lasts as long as it lasts. The
                // renewal that succeeds at last tells whether the number is still ours.
                logger.error("node lease not renewed", metadata: ["node": "\(claim.number)", "error": "\(error)"])
            }
        }
    }

    /// - Returns: false when the house stops.
    private func waits() async -> Bool {
        await cancelWhenGracefulShutdown {
            (try? await Task.sleep(for: interval)) != nil
        }
    }
}
