import Dispatch
import Synchronization

/// Lets few pieces of heavy work run at once, in the order they came, on threads of their own.
///
/// A full queue refuses with ``AccountsError/busy``; a waiter that is cancelled leaves the queue.
final class HashingGate: Sendable {
    private struct State {
        var running = 0
        var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
        var lastTicket: UInt64 = 0
    }

    private let state = Mutex(State())
    private let concurrencyMax: Int
    private let queueDepthMax: Int
    /// The threads of Swift's pool are as many as there are cores: work of this length must not hold them.
    private let threads = DispatchQueue(label: "plaza.passwords", attributes: .concurrent)

    init(concurrencyMax: Int, queueDepthMax: Int) {
        self.concurrencyMax = concurrencyMax
        self.queueDepthMax = queueDepthMax
    }

    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await enter()
        defer { leave() }
        return try await withCheckedThrowingContinuation { continuation in
            threads.async { continuation.resume(with: Result { try work() }) }
        }
    }

    private func enter() async throws {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if let outcome = admit(ticket, continuation) { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0) }
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Nil when the continuation waits.
    private func admit(
        _ ticket: UInt64, _ continuation: CheckedContinuation<Void, any Error>
    ) -> Result<Void, any Error>? {
        state.withLock { state in
            // A cancellation that came before the continuation found nobody to wake.
            if Task.isCancelled { return .failure(CancellationError()) }
            if state.running < concurrencyMax {
                state.running += 1
                return .success(())
            }
            guard state.waiting.count < queueDepthMax else { return .failure(AccountsError.busy) }
            state.waiting.append((ticket, continuation))
            return nil
        }
    }

    /// The place goes to the next in line, without being free in between.
    private func leave() {
        let next = state.withLock { state in
            guard state.waiting.isEmpty else { return Optional(state.waiting.removeFirst()) }
            state.running -= 1
            return nil
        }
        next?.continuation.resume()
    }
}
