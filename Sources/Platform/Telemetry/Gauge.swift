import Synchronization

/// A whole number that goes up and down: connections open, rows waiting. Updates are lock-free.
package final class Gauge: Sendable {
    private let level = Atomic<Int>(0)

    init() {}

    package func set(_ value: Int) {
        level.store(value, ordering: .relaxed)
    }

    /// - Parameter amount: negative to go down.
    package func add(_ amount: Int) {
        level.wrappingAdd(amount, ordering: .relaxed)
    }

    package var value: Int { level.load(ordering: .relaxed) }
}
