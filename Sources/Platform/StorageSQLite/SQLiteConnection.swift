import Core
import GRDBSQLite
import Logging
import Storage

/// One connection with its prepared statements. Used by one thread at a time: whoever has checked it out.
///
/// GRDB opens, configures and closes it. Statements run on SQLite's own functions: a page reads some hundred columns,
/// and each costs a few nanoseconds this way.
final class SQLiteConnection: SQLConnection {
    /// Distinct statement texts that are kept prepared. Ours are fewer; a runaway one must not eat the memory.
    private static let statementsMax = 1_024

    let dialect = Dialect.sqlite
    private let file: SQLiteFile
    var handle: OpaquePointer { file.handle }
    private let options: SQLiteOptions
    private var statements: [String: SQLiteStatement] = [:]
    /// When a statement that runs is given up, on the monotonic clock.
    var deadline: UInt64?
    /// Why the engine gave up the transaction by itself, since the last ``begin()``.
    private(set) var rollbackCause: StorageError?
    /// Pages in the log after this connection's last commit.
    private(set) var logPages = 0
    /// Since the last ``takeTally()``.
    private var tally = Tally()

    struct Tally {
        var statements = 0
        var nanoseconds: UInt64 = 0
    }

    init(path: String, isWriter: Bool, options: SQLiteOptions) throws {
        do {
            file = try SQLiteFile(path: path, isWriter: isWriter)
        } catch let failure as SQLiteFile.OpenFailure {
            throw StorageError(code: failure.code, message: failure.message, sql: "", path: path)
        }
        self.options = options
        try command("PRAGMA cache_size = -\(isWriter ? options.writerCacheKilobytes : options.readerCacheKilobytes)")
        try command("PRAGMA temp_store = MEMORY")
        if isWriter { try configureWriter() }
        watchDeadline()
    }

    /// SQLite asks now and then, some thousand times a second, whether to go on.
    private func watchDeadline() {
        let stepsBetweenLooks: Int32 = 20_000
        // Unretained: the handler goes with the handle, which this object closes.
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            handle, stepsBetweenLooks,
            { context in
                guard let context else { return 0 }
                let connection = Unmanaged<SQLiteConnection>.fromOpaque(context).takeUnretainedValue()
                guard let deadline = connection.deadline else { return 0 }
                return deadline < monotonicNanoseconds() ? 1 : 0
            }, context)
    }

    private func configureWriter() throws {
        // GRDB set NORMAL while opening, which loses the last commits with the power.
        try command("PRAGMA synchronous = FULL")
        watchLog()
        // What one large transaction of an import made of it is given back.
        try command("PRAGMA journal_size_limit = 67108864")
        let synchronous = try ReadTransaction(connection: self).integer("PRAGMA synchronous")
        precondition(synchronous == 2, "acknowledged means durable: synchronous must be FULL")
    }

    /// SQLite tells after each commit how long the log has become. Whoever watches takes the place of its own checkpoint.
    private func watchLog() {
        // Unretained: the hook goes with the handle, which this object closes.
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<SQLiteConnection>.fromOpaque(context).takeUnretainedValue().logPages = Int(pages)
                return SQLITE_OK
            }, context)
    }

    /// The engine has rolled back, or nothing was begun.
    var isOutsideTransaction: Bool {
        sqlite3_get_autocommit(handle) != 0
    }

    /// Begins a transaction that writes.
    func begin() throws {
        rollbackCause = nil
        try command("BEGIN IMMEDIATE")
    }

    /// Statements since the last call, for the meter of whoever ran them.
    func takeTally() -> Tally {
        defer { tally = Tally() }
        return tally
    }

    /// Runs a statement of our own making, such as `BEGIN`, that nobody's budget counts.
    func command(_ text: String) throws {
        try step(prepared(text), text: text) { _ in }
    }

    @discardableResult
    func run(_ sql: SQL, _ row: (Row) throws -> Void) throws -> Int {
        let start = monotonicNanoseconds()
        let statement = try prepared(sql.text)
        let code = statement.bind(sql.bindings)
        guard code == SQLITE_OK else { throw failure(code, sql.text) }
        defer {
            let elapsed = monotonicNanoseconds() - start
            tally.statements += 1
            tally.nanoseconds += elapsed
            reportIfSlow(sql.text, elapsed)
        }
        try step(statement, text: sql.text, row)
        return Int(sqlite3_changes(handle))
    }

    private func step(_ statement: SQLiteStatement, text: String, _ row: (Row) throws -> Void) throws {
        statement.isRunning = true
        defer {
            sqlite3_reset(statement.handle)
            statement.isRunning = false
        }
        let current = Row(columns: statement)
        while true {
            switch sqlite3_step(statement.handle) {
            case SQLITE_ROW: try row(current)
            case SQLITE_DONE: return
            case let code: throw failure(code, text)
            }
        }
    }

    private func prepared(_ text: String) throws -> SQLiteStatement {
        let cached = statements[text]
        if let cached, !cached.isRunning { return cached }
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, text, -1, &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw failure(code, text) }
        let statement = SQLiteStatement(handle: prepared)
        guard cached == nil else { return statement }
        if options.checksPlans { try checkPlan(of: text) }
        if statements.count >= Self.statementsMax { statements.removeAll() }
        statements[text] = statement
        return statement
    }

    private func failure(_ code: Int32, _ sql: String) -> StorageError {
        let failure = StorageError(
            code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)), sql: sql,
            path: String(cString: sqlite3_db_filename(handle, nil)))
        // The first tells; what fails after it misses the transaction.
        if rollbackCause == nil, isOutsideTransaction { rollbackCause = failure }
        return failure
    }

    private func reportIfSlow(_ text: String, _ nanoseconds: UInt64) {
        guard let limit = options.slowStatementMilliseconds, nanoseconds > UInt64(limit) * 1_000_000 else { return }
        options.logger.warning(
            "slow statement",
            metadata: ["db.query.text": "\(text)", "db.duration.ms": "\(nanoseconds / 1_000_000)"])
    }
}

// MARK: Plans

extension SQLiteConnection {
    /// Refuses a statement that would read a whole table, unless its text says why that is right: `/* scan: … */`.
    private func checkPlan(of text: String) throws {
        guard !text.contains("/* scan:"), let verb = text.split(separator: " ", maxSplits: 1).first,
            ["SELECT", "WITH", "UPDATE", "DELETE", "INSERT"].contains(verb.uppercased())
        else { return }
        var tables: Set<String> = []
        try step(uncached("SELECT name FROM sqlite_schema WHERE type = 'table'"), text: "") {
            tables.insert($0.text(0))
        }
        var plan: [String] = []
        try step(uncached("EXPLAIN QUERY PLAN " + text), text: text) { plan.append($0.text(3)) }
        let sorts = plan.contains { $0.hasPrefix("USE TEMP B-TREE FOR ORDER BY") }
        for line in plan where line.hasPrefix("SCAN ") {
            let words = line.split(separator: " ")
            guard words.count > 1, tables.contains(String(words[1])), !line.contains("VIRTUAL TABLE") else { continue }
            // Reading in the order of an index or of the key until the page is full is not reading the table.
            if text.contains("ORDER BY"), text.contains("LIMIT"), !sorts { continue }
            throw StorageError.tableScan(plan: plan.joined(separator: "; "), sql: text)
        }
    }

    private func uncached(_ text: String) throws -> SQLiteStatement {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(handle, text, -1, &prepared, nil) == SQLITE_OK, let prepared else {
            throw failure(SQLITE_ERROR, text)
        }
        return SQLiteStatement(handle: prepared)
    }
}

extension StorageError {
    /// Writes that were refused while the disk may have room: beyond a quota, or the largest file that is allowed.
    /// SQLite tells a full disk alone from other errors. `SQLITE_IOERR_WRITE` and `SQLITE_IOERR_SHMSIZE`, which Swift does
    /// not see.
    private static let refusedWrites: Set<Int32> = [SQLITE_IOERR | 3 << 8, SQLITE_IOERR | 19 << 8]

    /// SQLite's result codes: https://www.sqlite.org/rescode.html
    init(code: Int32, message: String, sql: String, path: String) {
        if Self.refusedWrites.contains(code) {
            self = .diskFull
            return
        }
        switch code & 0xFF {
        case SQLITE_CONSTRAINT: self = .constraint(message)
        case SQLITE_INTERRUPT: self = .deadlineExceeded
        case SQLITE_FULL: self = .diskFull
        case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: self = .readOnly(path: path)
        case SQLITE_BUSY, SQLITE_LOCKED: self = .inUse(path: path)
        default: self = .engine(code: Int(code), message: message, sql: sql)
        }
    }
}
