import Synchronization

/// How many connections speak HTTP now, on all loops.
package final class OpenConnections: Sendable {
    private let count = Atomic<Int>(0)

    package init() {}

    func add(_ amount: Int) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    /// Looked at now and then: a server stops once.
    func untilNone() async {
        while count.load(ordering: .relaxed) > 0, (try? await Task.sleep(for: .milliseconds(20))) != nil {}
    }
}
