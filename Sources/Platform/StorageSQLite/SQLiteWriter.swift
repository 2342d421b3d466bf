import Core
import Dispatch
import Storage
import Synchronization
import Telemetry

/// The one writer. Writes queue up; each turn takes all that wait, runs them in one transaction, and commits once: one
/// fsync for all of them.
///
/// A member that throws leaves nothing of itself, and the others do not notice; their bodies may run twice for it. When
/// the commit itself fails (disk full, I/O error), nothing of the whole group remains and every member is told the same
/// error: none of them had been acknowledged.
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

    /// Only ``drain()`` touches what is in it, and the serial queue runs one at a time.
    private final class Owned: @unchecked Sendable {
        let connection: SQLiteConnection
        /// Groups still to begin with savepoints.
        var groupsToGuard = 0

        init(connection: SQLiteConnection) {
            self.connection = connection
        }
    }

    private typealias Outcome = Result<CommitActions, any Error>

    /// Groups that begin with savepoints after one in which a member threw.
    private static let groupsGuardedAfterFailure = 32

    private let state = Mutex(State())
    private let owned: Owned
    private let checkpointer: SQLiteCheckpointer
    private let queue = DispatchQueue(label: "plaza.writer", qos: .userInitiated)
    private let waitingMax: Int
    private let groupMax: Int
    private let logPagesMax: Int
    private let metrics: StorageMetrics

    init(
        connection: sending SQLiteConnection, checkpointer: SQLiteCheckpointer, options: SQLiteOptions,
        metrics: StorageMetrics
    ) {
        owned = Owned(connection: connection)
        self.checkpointer = checkpointer
        waitingMax = options.writeQueueMax
        groupMax = options.groupMax
        logPagesMax = options.logPagesMax
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
        checkpointer.close()
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
        let start = monotonicNanoseconds()
        defer { metrics.duration.observe(nanoseconds: monotonicNanoseconds() - start) }
        let outcomes: [Outcome]
        do {
            outcomes = try carriedOut(group)
        } catch {
            if !owned.connection.isOutsideTransaction { try? owned.connection.command("ROLLBACK") }
            metrics.failures.add()
            // What one member made of the engine's error would tell the others nothing.
            let cause = owned.connection.rollbackCause ?? error
            for request in group { request.finish(.failure(cause)) }
            return
        }
        metrics.commits.add()
        metrics.writes.add(group.count)
        for case .success(let committed) in outcomes {
            for action in committed.actions { action() }
        }
        for (request, outcome) in zip(group, outcomes) { request.finish(outcome.map { _ in }) }
        keepLogShort()
    }

    /// The group's outcomes, durable.
    ///
    /// For a savepoint SQLite copies each page before it is changed, which costs more than the change itself. So a group
    /// goes without at first. When a member throws, nothing is kept of it, and all run once more, each in a savepoint;
    /// where some throw more often will, so the next groups begin with savepoints.
    /// - Throws: when the engine gave up the whole transaction, or the commit failed.
    private func carriedOut(_ group: [Request]) throws -> [Outcome] {
        if group.count == 1 || owned.groupsToGuard == 0 {
            if let outcomes = try together(group) { return outcomes }
            owned.groupsToGuard = Self.groupsGuardedAfterFailure
        } else {
            owned.groupsToGuard -= 1
        }
        let connection = owned.connection
        try connection.begin()
        let outcomes = try group.map { try guarded($0) }
        try connection.command("COMMIT")
        return outcomes
    }

    /// Nil when one of several threw: nothing has happened then.
    private func together(_ group: [Request]) throws -> [Outcome]? {
        let connection = owned.connection
        try connection.begin()
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(group.count)
        for request in group {
            if isOverdue(request) {
                outcomes.append(.failure(StorageError.deadlineExceeded))
                continue
            }
            let outcome = try perform(request)
            outcomes.append(outcome)
            guard case .failure = outcome else { continue }
            try connection.command("ROLLBACK")
            return group.count == 1 ? outcomes : nil
        }
        try connection.command("COMMIT")
        return outcomes
    }

    private func guarded(_ request: Request) throws -> Outcome {
        if isOverdue(request) { return .failure(StorageError.deadlineExceeded) }
        let connection = owned.connection
        try connection.command("SAVEPOINT member")
        let outcome = try perform(request)
        if case .failure = outcome { try connection.command("ROLLBACK TO member") }
        try connection.command("RELEASE member")
        return outcome
    }

    /// - Throws: when the engine gave up the whole transaction, as it may after a full disk or an I/O error.
    private func perform(_ request: Request) throws -> Outcome {
        let connection = owned.connection
        defer {
            let tally = connection.takeTally()
            request.scope?.add(statements: tally.statements, nanoseconds: tally.nanoseconds)
        }
        let actions = CommitActions()
        do {
            try request.body(WriteTransaction(connection: connection, commitActions: actions))
            return .success(actions)
        } catch {
            if connection.isOutsideTransaction { throw error }
            return .failure(error)
        }
    }

    private func isOverdue(_ request: Request) -> Bool {
        request.scope?.deadline.map { $0 < monotonicNanoseconds() } ?? false
    }

    private func keepLogShort() {
        let connection = owned.connection
        if connection.logPages >= logPagesMax {
            connection.checkpoint()
        } else {
            checkpointer.logIs(connection.logPages)
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
