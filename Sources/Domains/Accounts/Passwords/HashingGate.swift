import Core
import Dispatch
import Storage
import Synchronization

/// Lets few pieces of heavy work run at once, in the order they came, on threads of their own.
///
/// A full queue refuses with ``AccountsError/busy``. A waiter that is cancelled, or whose request's deadline passes,
/// leaves the queue: its work is never begun.
final class HashingGate: Sendable {
    private struct Waiter {
        let ticket: UInt64
        let deadline: UInt64?
        let continuation: CheckedContinuation<Void, any Error>

        var isLate: Bool { deadline.map { $0 < monotonicNanoseconds() } ?? false }
    }

    private struct State {
        var running = 0
        var waiting: [Waiter] = []
        var lastTicket: UInt64 = 0
    }

    private let state = Mutex(State())
    private let concurrencyMax: Int
    private let queueDepthMax: Int
    /// The threads of Swift's pool are as many as there are cores: work of this length must not hold them.
    private let threads = DispatchQueue(label: "plaza.passwords", attributes: .concurrent)
    /// Serial, so that it has a thread also while those above are at work.
    private let deadlines = DispatchQueue(label: "plaza.passwords.deadlines")

    init(concurrencyMax: Int, queueDepthMax: Int) {
        self.concurrencyMax = concurrencyMax
        self.queueDepthMax = queueDepthMax
    }

    /// - Throws: ``AccountsError/busy``, `StorageError.deadlineExceeded`.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await enter(until: WorkScope.current?.deadline)
        defer { leave() }
        return try await withCheckedThrowingContinuation { continuation in
            threads.async { continuation.resume(with: Result { try work() }) }
        }
    }

    private func enter(until deadline: UInt64?) async throws {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(ticket: ticket, deadline: deadline, continuation: continuation)
                if let outcome = admit(waiter) {
                    continuation.resume(with: outcome)
                } else if let deadline {
                    giveUp(ticket, at: deadline)
                }
            }
        } onCancel: {
            turnAway(ticket, with: CancellationError())
        }
    }

    /// Nil when the continuation waits.
    private func admit(_ waiter: Waiter) -> Result<Void, any Error>? {
        state.withLock { state in
            // A cancellation that came before the continuation found nobody to wake.
            if Task.isCancelled { return .failure(CancellationError()) }
            if waiter.isLate { return .failure(StorageError.deadlineExceeded) }
            if state.running < concurrencyMax {
                state.running += 1
                return .success(())
            }
            guard state.waiting.count < queueDepthMax else { return .failure(AccountsError.busy) }
            state.waiting.append(waiter)
            return nil
        }
    }

    private func giveUp(_ ticket: UInt64, at deadline: UInt64) {
        let now = monotonicNanoseconds()
        let delay = DispatchTimeInterval.nanoseconds(deadline > now ? Int(clamping: deadline - now) : 0)
        deadlines.asyncAfter(deadline: .now() + delay) {
            self.turnAway(ticket, with: StorageError.deadlineExceeded)
        }
    }

    /// Does nothing for those who do not wait any more.
    private func turnAway(_ ticket: UInt64, with error: any Error) {
        let waiter = state.withLock { state in
            state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0) }
        }
        waiter?.continuation.resume(throwing: error)
    }

    /// The place goes to the next in line who is still in time, without being free in between.
    private func leave() {
        let (late, next) = state.withLock { state -> (ArraySlice<Waiter>, Waiter?) in
            let late = state.waiting.prefix { $0.isLate }
            state.waiting.removeFirst(late.count)
            guard state.waiting.isEmpty else { return (late, state.waiting.removeFirst()) }
            state.running -= 1
            return (late, nil)
        }
        for waiter in late { waiter.continuation.resume(throwing: StorageError.deadlineExceeded) }
        next?.continuation.resume()
    }
}
