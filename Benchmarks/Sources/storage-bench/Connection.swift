import GRDBSQLite

/// SQLite's own functions with Swift's errors, and nothing more.
final class Connection {
    private var handle: OpaquePointer?

    init(_ path: String, isReadOnly: Bool) throws {
        let flags = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        try check(sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil))
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    func execute(_ sql: String) throws {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    func prepare(_ sql: String) throws -> Statement {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil))
        return Statement(statement, of: self)
    }

    func check(_ code: Int32) throws {
        guard ![SQLITE_OK, SQLITE_ROW, SQLITE_DONE].contains(code) else { return }
        throw Failure(message: String(cString: sqlite3_errmsg(handle)))
    }

    struct Failure: Error {
        let message: String
    }
}

final class Statement {
    private let handle: OpaquePointer?
    private let connection: Connection

    init(_ handle: OpaquePointer?, of connection: Connection) {
        self.handle = handle
        self.connection = connection
    }

    deinit {
        sqlite3_finalize(handle)
    }

    func bind(_ index: Int32, _ value: Int64) throws {
        try connection.check(sqlite3_bind_int64(handle, index, value))
    }

    func bind(_ index: Int32, _ value: String) throws {
        let isTransient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        try connection.check(sqlite3_bind_text(handle, index, value, -1, isTransient))
    }

    /// - Returns: whether there is a row.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        try connection.check(code)
        return code == SQLITE_ROW
    }

    func reset() {
        sqlite3_reset(handle)
    }

    /// Bytes of the column as text, having made SQLite produce them.
    func byteCount(_ column: Int32) -> Int {
        _ = sqlite3_column_text(handle, column)
        return Int(sqlite3_column_bytes(handle, column))
    }

    var columnCount: Int32 { sqlite3_column_count(handle) }

    func text(_ column: Int32) -> String {
        sqlite3_column_text(handle, column).map { String(cString: $0) } ?? ""
    }
}
