import Flows
import Synchronization

final class ProgressLog: Sendable {
    private let seen = Mutex<[ImportProgress]>([])
    var all: [ImportProgress] { seen.withLock { $0 } }
    func add(_ progress: ImportProgress) { seen.withLock { $0.append(progress) } }
}
