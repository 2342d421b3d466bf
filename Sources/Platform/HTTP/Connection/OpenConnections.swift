import Synchronization

/// How many connections speak HTTP now, on all loops.
final class OpenConnections: Sendable {
    private let count = Atomic<Int>(0)

    func add(_ amount: Int) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    /// Looked at now and then: a server stops once.
    /// - Parameter seconds: after which it returns in any case.
    func untilNone(seconds: Int64 = 5) async {
        let end = ContinuousClock.now + .seconds(seconds)
        while count.load(ordering: .relaxed) > 0, ContinuousClock.now < end,
            (try? await Task.sleep(for: .milliseconds(20))) != nil
        {}
    }
}
