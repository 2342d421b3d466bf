import Storage
import Synchronization

/// A database that remembers the statements that it was asked to run, and dies at one of them when told to.
final class StatementRecorder: Database {
    private let database: any Database
    private let seen = Mutex<[SQL]>([])
    private let left = Mutex<Int?>(nil)

    struct Killed: Error {}

    init(database: any Database) {
        self.database = database
    }

    var dialect: Dialect { database.dialect }

    /// Statements since the last call.
    func take() -> [SQL] {
        seen.withLock { seen in
            defer { seen = [] }
            return seen
        }
    }

    /// Runs `body` again and again, killed at its first statement, then at its second, and so on, until it ends in peace.
    func killingEverywhere(_ body: () async throws -> Void) async throws {
        for statements in 0... {
            left.withLock { $0 = statements }
            defer { left.withLock { $0 = nil } }
            do {
                return try await body()
            } catch is Killed {}
        }
    }

    /// What the engine would do for a statement, a line a step.
    func plan(of sql: SQL) async throws -> [String] {
        try await database.read { db in try db.rows("EXPLAIN QUERY PLAN \(sql)") { $0.text(3) } }
    }

    func read<Value: Sendable>(
        lane: ReadLane, _ body: @escaping @Sendable (ReadTransaction) throws -> Value
    ) async throws -> Value {
        try await database.read(lane: lane) { db in
            try body(ReadTransaction(connection: RecordingConnection(db.connection) { try self.note($0) }))
        }
    }

    func write<Value: Sendable>(
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
