import Core
import Dispatch
import Storage
import Synchronization
import Telemetry

/// The one writer. Writes queue up; each turn takes all that wait, runs them as savepoints of one transaction, and
/// commits once: one fsync for all of them.
///
/// A member that throws is rolled back alone; one that was alone takes the transaction with it. When the commit itself
/// fails (disk full, I/O error), nothing of the whole group remains and every member is told the same error: none of
/// them had been acknowledged.
final class SQLiteWriter: Sendable {
    /// A write that waits. Its body runs on the writer's queue and nowhere else.
    struct Request: Sendable {
        let body: @Sendable (WriteTransaction) throws -> Void
        let finish: @Sendable (Result<Void, any Error>) -> Void
        let scope: WorkScope?
    }

    private struct State {
        var waiting: [Request] = []
        var isDraining = false
        var isClosed = false
    }

    /// Only ``drain()`` touches the connection, and the serial queue runs one at a time.
    private struct Owned: @unchecked Sendable {
        let connection: SQLiteConnection
    }

    private let state = Mutex(State())
    private let owned: Owned
    private let queue = DispatchQueue(label: "plaza.writer", qos: .userInitiated)
    private let waitingMax: Int
    private let groupMax: Int
    private let metrics: StorageMetrics

    init(connection: sending SQLiteConnection, options: SQLiteOptions, metrics: StorageMetrics) {
        owned = Owned(connection: connection)
        waitingMax = options.writeQueueMax
        groupMax = options.groupMax
        self.metrics = metrics
    }

    @discardableResult
    func write<Value: Sendable>(_ body: @escaping @Sendable (WriteTransaction) throws -> Value) async throws -> Value {
        let scope = WorkScope.current
        let outcome = ResultSlot<Value>()
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            enqueue(
                Request(
                    body: { tx in outcome.fill(try body(tx)) },
                    finish: { continuation.resume(with: $0) },
                    scope: scope))
        }
        return outcome.take()
    }

    /// Runs what waits, then refuses everything. Returns when the last commit is done.
    func close() {
        state.withLock { $0.isClosed = true }
        queue.sync {}
    }

    private func enqueue(_ request: Request) {
        enum Admission { case refused(StorageError), queued, queuedFirst }
        let admission = state.withLock { state -> Admission in
            if state.isClosed { return .refused(.closed) }
            if state.waiting.count >= waitingMax { return .refused(.overloaded) }
            state.waiting.append(request)
            defer { state.isDraining = true }
            return state.isDraining ? .queued : .queuedFirst
        }
        switch admission {
        case .refused(let error):
            metrics.refusals.add()
            request.finish(.failure(error))
        case .queued: break
        case .queuedFirst: queue.async { self.drain() }
        }
    }

    private func drain() {
        while let group = nextGroup() { commit(group) }
    }

    private func nextGroup() -> [Request]? {
        state.withLock { state in
            metrics.waiting.set(state.waiting.count)
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                return nil
            }
            if state.waiting.count <= groupMax {
                defer { state.waiting = [] }
                return state.waiting
            }
            defer { state.waiting.removeFirst(groupMax) }
            return Array(state.waiting.prefix(groupMax))
        }
    }

    private func commit(_ group: [Request]) {
        let connection = owned.connection
        let start = monotonicNanoseconds()
        defer { metrics.duration.observe(nanoseconds: monotonicNanoseconds() - start) }
        var outcomes: [Result<CommitActions, any Error>] = []
        outcomes.reserveCapacity(group.count)
        do {
            try connection.begin()
            let isAlone = group.count == 1
            for request in group { outcomes.append(try perform(request, isAlone: isAlone)) }
            if isAlone, case .failure = outcomes[0] {
                try connection.command("ROLLBACK")
            } else {
                try connection.command("COMMIT")
            }
        } catch {
            if !connection.isOutsideTransaction { try? connection.command("ROLLBACK") }
            metrics.failures.add()
            // What one member made of the engine's error would tell the others nothing.
            let cause = connection.rollbackCause ?? error
            for request in group { request.finish(.failure(cause)) }
            return
        }
        metrics.commits.add()
        metrics.writes.add(group.count)
        for case .success(let committed) in outcomes {
            for action in committed.actions { action() }
        }
        for (request, outcome) in zip(group, outcomes) { request.finish(outcome.map { _ in }) }
    }

    /// One member of the group.
    /// - Parameter isAlone: then there is nobody whose writes a savepoint would protect, and for a savepoint SQLite
    ///   copies each page before it is changed.
    /// - Throws: when the engine gave up the whole transaction.
    private func perform(_ request: Request, isAlone: Bool) throws -> Result<CommitActions, any Error> {
        if let deadline = request.scope?.deadline, deadline < monotonicNanoseconds() {
            return .failure(StorageError.deadlineExceeded)
        }
        let connection = owned.connection
        defer {
            let tally = connection.takeTally()
            request.scope?.add(statements: tally.statements, nanoseconds: tally.nanoseconds)
        }
        let actions = CommitActions()
        if !isAlone { try connection.command("SAVEPOINT member") }
        do {
            try request.body(WriteTransaction(connection: connection, commitActions: actions))
            if !isAlone { try connection.command("RELEASE member") }
            return .success(actions)
        } catch {
            // After a full disk or an I/O error SQLite may have rolled back everything by itself.
            if connection.isOutsideTransaction { throw error }
            if !isAlone {
                try connection.command("ROLLBACK TO member")
                try connection.command("RELEASE member")
            }
            return .failure(error)
        }
    }
}

/// Carries a body's value from the writer's thread to the task that waits for it.
private final class ResultSlot<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func fill(_ newValue: Value) {
        value.withLock { $0 = newValue }
    }

    func take() -> Value {
        guard let value = value.withLock({ $0 }) else { preconditionFailure("a write that succeeded has a value") }
        return value
    }
}
