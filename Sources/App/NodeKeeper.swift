import Core
import Logging
import ServiceLifecycle
import Storage

/// Renews this process's node number while it runs, and gives it back at the end.
struct NodeKeeper: Service {
    let claim: NodeClaim
    let database: any Database
    let logger: Logger

    struct NodeLost: Error {}

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                while true {
                    try await Task.sleep(for: .seconds(NodeClaim.leaseSeconds / 3))
                    guard try await claim.renew(in: database) else { throw NodeLost() }
                }
            } catch is CancellationError {
                return
            } catch {
                logger.critical("node number lost", metadata: ["node": "\(claim.number)", "error": "\(error)"])
            }
        }
    }
}
