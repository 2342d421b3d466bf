import Core
import Synchronization

/// Names requests, so that an answer, its log lines and a question about it can be brought together.
///
/// Random bits of this process's start and a counter, in 13 characters.
final class RequestIDs: Sendable {
    private let start: UInt64
    private let count = Atomic<UInt64>(0)

    init(random: RandomSource) {
        start = random.next() >> 1
    }

    func next() -> String {
        let value = count.wrappingAdd(1, ordering: .relaxed).newValue
        return ID<RequestKind>(rawValue: Int64((start &+ value) & UInt64(Int64.max))).description
    }

    private enum RequestKind: EntityKind {
        static let idPrefix = "req"
    }
}
