import Synchronization

/// Counts the commits that change some part of the database: what was read at an earlier count is out of date.
///
/// For values that too many commits concern to drop each: a reader takes the count before it reads and keeps it with the
/// value, which holds only while the count is still the same.
package final class Generation: Sendable {
    private let count = Atomic<UInt64>(0)

    package init() {}

    package var current: UInt64 { count.load(ordering: .acquiring) }

    /// Call it after the commit, before the writer hears of it.
    package func advance() {
        count.wrappingAdd(1, ordering: .releasing)
    }
}
