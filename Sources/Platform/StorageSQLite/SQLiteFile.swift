import GRDB
import GRDBSQLite

/// An open connection to the database file. GRDB opens, configures and closes it, and maps its errors.
struct SQLiteFile {
    private let queue: DatabaseQueue
    let handle: OpaquePointer

    struct OpenFailure: Error {
        let code: Int32
        let message: String
    }

    init(path: String, isWriter: Bool) throws {
        var configuration = Configuration()
        configuration.readonly = !isWriter
        configuration.journalMode = isWriter ? .wal : .default
        configuration.busyMode = .timeout(5)
        configuration.label = isWriter ? "plaza.writer" : "plaza.reader"
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch let error as DatabaseError {
            throw OpenFailure(code: error.extendedResultCode.rawValue, message: error.message ?? "cannot open")
        }
        guard let handle = queue.unsafeRead({ $0.sqliteConnection }) else {
            throw OpenFailure(code: ResultCode.SQLITE_CANTOPEN.rawValue, message: "closed while opening")
        }
        self.handle = handle
        // GRDB watches commits and statements for its own observers, on its own queue. We have none, and we step
        // statements on the thread that checked the connection out.
        sqlite3_commit_hook(handle, nil, nil)
        sqlite3_rollback_hook(handle, nil, nil)
        sqlite3_set_authorizer(handle, nil, nil)
    }
}
