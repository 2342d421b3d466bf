import Synchronization

/// Makes ids that grow, on one node.
///
/// Ids of one generator strictly increase, whatever the clock does: when it stands still or jumps back, the generator
/// counts on from the last id. The node number is claimed by the caller and belongs to one running process.
package final class IDGenerator: Sendable {
    /// 2025-01-01T00:00:00Z. 41 bits of milliseconds reach to 2094.
    package static let epochMilliseconds: Int64 = 1_735_689_600_000
    /// 10 bits of node.
    package static let nodeCount = 1_024

    private let clock: WallClock
    private let node: Int64
    /// The last id without its node: milliseconds and sequence as one number, so that a full sequence runs into the
    /// next millisecond by itself.
    private let last = Mutex<Int64>(0)

    package init(node: Int, clock: WallClock) {
        precondition((0..<Self.nodeCount).contains(node), "a node number has 10 bits")
        self.node = Int64(node)
        self.clock = clock
    }

    package func next<Entity>(_ kind: Entity.Type = Entity.self) -> ID<Entity> {
        next(at: clock.now())
    }

    /// An id that carries `time`, for importers that create rows with a history. Still strictly increasing.
    package func next<Entity>(at time: Timestamp) -> ID<Entity> {
        let milliseconds = max(0, time.microseconds / 1_000 - Self.epochMilliseconds)
        let tick = last.withLock { last in
            last = max(last + 1, milliseconds << 12)
            return last
        }
        return ID(rawValue: (tick >> 12) << 22 | node << 12 | tick & 0xFFF)
    }

    package func isOfThisNode<Entity>(_ id: ID<Entity>) -> Bool {
        id.rawValue >> 12 & Int64(Self.nodeCount - 1) == node
    }
}
