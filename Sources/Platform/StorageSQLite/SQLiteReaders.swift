import Core
import Dispatch
import Storage
import Synchronization

/// The readers of one lane: checked out, used, handed on. Nobody blocks a thread to wait for one.
///
/// GRDB's own pool makes the calling thread wait when all its readers are busy, and that thread may be an event loop.
final class SQLiteReaders: Sendable {
    /// A checked-out connection has one user, and the mutex orders one user before the next.
    struct Lease: @unchecked Sendable {
        let connection: SQLiteConnection
    }

    private struct State {
        var free: [Lease]
        var waiting: [CheckedContinuation<Lease, any Error>] = []
        /// Index of the first that still waits; the array is compacted when it drains.
        var firstWaiting = 0
        var isClosed = false
    }

    private let state: Mutex<State>
    private let waitingMax: Int
    /// Where bodies run; nil is the caller's own thread.
    private let queue: DispatchQueue?

    init(connections: sending [SQLiteConnection], waitingMax: Int, queue: DispatchQueue?) {
        state = Mutex(State(free: connections.map { Lease(connection: $0) }))
        self.waitingMax = waitingMax
        self.queue = queue
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (ReadTransaction) throws -> Value
    ) async throws -> Value {
        let lease = try await checkOut()
        let scope = WorkScope.current
        if let deadline = scope?.deadline, deadline < monotonicNanoseconds() {
            checkIn(lease)
            throw StorageError.deadlineExceeded
        }
        guard let queue else {
            defer { checkIn(lease) }
            return try Self.perform(body, on: lease.connection, scope: scope)
        }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                let result = Result { try Self.perform(body, on: lease.connection, scope: scope) }
                self.checkIn(lease)
                continuation.resume(with: result)
            }
        }
    }

    /// Nobody gets a reader any more; those that wait are told.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return Array(state.waiting.dropFirst(state.firstWaiting))
        }
        for continuation in waiting { continuation.resume(throwing: StorageError.closed) }
    }

    private static func perform<Value>(
        _ body: (ReadTransaction) throws -> Value, on connection: SQLiteConnection, scope: WorkScope?
    ) throws -> Value {
        connection.deadline = scope?.deadline
        // One snapshot for all statements of the body.
        try connection.command("BEGIN")
        defer {
            connection.deadline = nil
            try? connection.command("COMMIT")
            let tally = connection.takeTally()
            scope?.add(statements: tally.statements, nanoseconds: tally.nanoseconds)
        }
        return try body(ReadTransaction(connection: connection))
    }

    private func checkOut() async throws -> Lease {
        if let lease = try state.withLock({ state throws(StorageError) in
            guard !state.isClosed else { throw StorageError.closed }
            return state.free.popLast()
        }) {
            return lease
        }
        return try await withCheckedThrowingContinuation { continuation in
            let outcome: Result<Lease, StorageError>? = state.withLock { state in
                if state.isClosed { return .failure(.closed) }
                if let lease = state.free.popLast() { return .success(lease) }
                if state.waiting.count - state.firstWaiting >= waitingMax { return .failure(.overloaded) }
                state.waiting.append(continuation)
                return nil
            }
            switch outcome {
            case .success(let lease): continuation.resume(returning: lease)
            case .failure(let error): continuation.resume(throwing: error)
            case nil: break
            }
        }
    }

    private func checkIn(_ lease: Lease) {
        let next: CheckedContinuation<Lease, any Error>? = state.withLock { state in
            guard state.firstWaiting < state.waiting.count else {
                state.free.append(lease)
                return nil
            }
            let next = state.waiting[state.firstWaiting]
            state.firstWaiting += 1
            if state.firstWaiting == state.waiting.count {
                state.waiting.removeAll(keepingCapacity: true)
                state.firstWaiting = 0
            }
            return next
        }
        next?.resume(returning: lease)
    }
}
