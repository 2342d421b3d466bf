package import Storage
import Synchronization

/// A database that remembers the statements that it was asked to run, and dies at one of them when told to.
package final class StatementRecorder: Database {
    private let database: any Database
    private let seen = Mutex<[SQL]>([])
    private let left = Mutex<Int?>(nil)
    private let interruption = Mutex<Interruption?>(nil)

    package struct Killed: Error {}

    private struct Interruption {
        var readsLeft: Int
        let work: @Sendable () async throws -> Void
    }

    package init(database: any Database) {
        self.database = database
    }

    package var dialect: Dialect { database.dialect }

    /// Statements since the last call.
    package func take() -> [SQL] {
        seen.withLock { seen in
            defer { seen = [] }
            return seen
        }
    }

    /// Runs `body` again and again, killed at its first statement, then at its second, and so on, until it ends in peace.
    package func killingEverywhere(_ body: () async throws -> Void) async throws {
        for statements in 0... {
            left.withLock { $0 = statements }
            defer { left.withLock { $0 = nil } }
            do {
                return try await body()
            } catch is Killed {}
        }
    }

    /// Runs `work` once, between a read to come and what its reader makes of it.
    /// - Parameter number: of the read, from 0.
    package func interrupt(read number: Int, _ work: @escaping @Sendable () async throws -> Void) {
        interruption.withLock { $0 = Interruption(readsLeft: number, work: work) }
    }

    /// - Returns: whether it came to the interruption.
    package func endInterruption() -> Bool {
        interruption.withLock { interruption in
            defer { interruption = nil }
            return interruption == nil
        }
    }

    /// What the engine would do for a statement, a line a step.
    package func plan(of sql: SQL) async throws -> [String] {
        try await database.read { db in try db.rows("EXPLAIN QUERY PLAN \(sql)") { $0.text(3) } }
    }

    package func read<Value: Sendable>(
        lane: ReadLane, _ body: @escaping @Sendable (ReadTransaction) throws -> Value
    ) async throws -> Value {
        let value = try await database.read(lane: lane) { db in
            try body(ReadTransaction(connection: RecordingConnection(db.connection) { try self.note($0) }))
        }
        let work = interruption.withLock { interruption -> (@Sendable () async throws -> Void)? in
            guard let due = interruption else { return nil }
            interruption?.readsLeft -= 1
            guard due.readsLeft == 0 else { return nil }
            interruption = nil
            return due.work
        }
        try await work?()
        return value
    }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (WriteTransaction) throws -> Value
    ) async throws -> Value {
        try await database.write { tx in
            let actions = CommitActions()
            let connection = RecordingConnection(tx.connection) { try self.note($0) }
            let value = try body(WriteTransaction(connection: connection, commitActions: actions))
            for action in actions.actions { tx.afterCommit(action) }
            return value
        }
    }

    private func note(_ sql: SQL) throws {
        let isKilled = left.withLock { left in
            guard let count = left else { return false }
            left = max(0, count - 1)
            return count == 0
        }
        if isKilled { throw Killed() }
        seen.withLock { $0.append(sql) }
    }
}

private final class RecordingConnection: SQLConnection {
    private let connection: any SQLConnection
    private let note: (SQL) throws -> Void

    init(_ connection: any SQLConnection, note: @escaping (SQL) throws -> Void) {
        self.connection = connection
        self.note = note
    }

    var dialect: Dialect { connection.dialect }

    func run(_ sql: SQL, _ row: (Row) throws -> Void) throws -> Int {
        try note(sql)
        return try connection.run(sql, row)
    }
}
