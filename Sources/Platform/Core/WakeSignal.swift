import Synchronization

/// Says "look again" to any number of waiters, from any thread. Nothing is queued, and no call is lost: who notes the
/// ``generation`` before looking and then waits past it cannot sleep through what was raised in between.
package final class WakeSignal: Sendable {
    private struct State {
        var generation: UInt64 = 0
        var waiterCount: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// How often it has been raised.
    package var generation: UInt64 { state.withLock { $0.generation } }

    package func raise() {
        let waiters = state.withLock { state in
            state.generation += 1
            guard !state.waiters.isEmpty else { return [UInt64: CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Returns once the generation is not `seen` any more, or the task is cancelled.
    package func wait(past seen: UInt64) async {
        let id = state.withLock { state in
            state.waiterCount += 1
            return state.waiterCount
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // The cancellation handler takes the same lock: either it sees the waiter or the waiter sees it.
                let isOver = state.withLock { state in
                    guard state.generation == seen, !Task.isCancelled else { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    /// The same, for a while at most.
    package func wait(past seen: UInt64, for duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(past: seen) }
            group.addTask { try? await Task.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }
}
