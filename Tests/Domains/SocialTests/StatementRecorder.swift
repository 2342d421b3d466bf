import Storage
import Synchronization

/// A database that remembers the statements that it was asked to run.
final class StatementRecorder: Database {
    private let database: any Database
    private let seen = Mutex<[SQL]>([])

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

    /// What the engine would do for a statement, a line a step.
    func plan(of sql: SQL) async throws -> [String] {
        try await database.read { db in try db.rows("EXPLAIN QUERY PLAN \(sql)") { $0.text(3) } }
    }

    func read<Value: Sendable>(
        lane: ReadLane, _ body: @escaping @Sendable (ReadTransaction) throws -> Value
    ) async throws -> Value {
        try await database.read(lane: lane) { db in
            try body(ReadTransaction(connection: RecordingConnection(db.connection) { self.note($0) }))
        }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (WriteTransaction) throws -> Value
    ) async throws -> Value {
        try await database.write { tx in
            let actions = CommitActions()
            let connection = RecordingConnection(tx.connection) { self.note($0) }
            let value = try body(WriteTransaction(connection: connection, commitActions: actions))
            for action in actions.actions { tx.afterCommit(action) }
            return value
        }
    }

    private func note(_ sql: SQL) {
        seen.withLock { $0.append(sql) }
    }
}

private final class RecordingConnection: SQLConnection {
    private let connection: any SQLConnection
    private let note: (SQL) -> Void

    init(_ connection: any SQLConnection, note: @escaping (SQL) -> Void) {
        self.connection = connection
        self.note = note
    }

    var dialect: Dialect { connection.dialect }

    func run(_ sql: SQL, _ row: (Row) throws -> Void) throws -> Int {
        note(sql)
        return try connection.run(sql, row)
    }
}
