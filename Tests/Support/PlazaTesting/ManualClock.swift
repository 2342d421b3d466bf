package import Core
import Synchronization

/// A clock that stands still until it is told to move.
package final class ManualClock: Sendable {
    private let time: Mutex<Timestamp>

    /// Starts at 2026-01-01T00:00:00Z unless told otherwise.
    package init(at start: Timestamp = Timestamp(microseconds: 1_767_225_600_000_000)) {
        time = Mutex(start)
    }

    package var now: Timestamp { time.withLock { $0 } }

    package var wall: WallClock {
        WallClock { self.now }
    }

    package func advance(seconds: Int64) {
        time.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }

    package func set(_ new: Timestamp) {
        time.withLock { $0 = new }
    }
}
