import Synchronization

/// What one request or job has spent on the database, and until when it is worth spending more.
///
/// Bound to the task as ``current``; every ``Database`` adds to it and honours its deadline.
package final class WorkScope: Sendable {
    @TaskLocal package static var current: WorkScope?

    /// On the clock of `monotonicNanoseconds()`: nobody waits for an answer afterwards.
    package let deadline: UInt64?
    private let statementCount = Atomic<Int>(0)
    private let nanoseconds = Atomic<UInt64>(0)

    package init(deadline: UInt64? = nil) {
        self.deadline = deadline
    }

    package func add(statements: Int, nanoseconds elapsed: UInt64) {
        statementCount.wrappingAdd(statements, ordering: .relaxed)
        nanoseconds.wrappingAdd(elapsed, ordering: .relaxed)
    }

    package var statements: Int { statementCount.load(ordering: .relaxed) }
    package var elapsedNanoseconds: UInt64 { nanoseconds.load(ordering: .relaxed) }
}
