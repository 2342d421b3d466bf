import Synchronization

/// Counts the statements, and the time in them, of one request or job.
///
/// Bound to the task as ``current``; every ``Database`` adds to it.
package final class StatementMeter: Sendable {
    @TaskLocal package static var current: StatementMeter?

    private let statementCount = Atomic<Int>(0)
    private let nanoseconds = Atomic<UInt64>(0)

    package init() {}

    package func add(statements: Int, nanoseconds elapsed: UInt64) {
        statementCount.wrappingAdd(statements, ordering: .relaxed)
        nanoseconds.wrappingAdd(elapsed, ordering: .relaxed)
    }

    package var statements: Int { statementCount.load(ordering: .relaxed) }
    package var elapsedNanoseconds: UInt64 { nanoseconds.load(ordering: .relaxed) }
}

/// The instant after which nobody waits for an answer any more, bound to the task.
package enum Deadline {
    /// On the clock of `monotonicNanoseconds()`.
    @TaskLocal package static var current: UInt64?
}
