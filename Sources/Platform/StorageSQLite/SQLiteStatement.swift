import GRDBSQLite
import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A prepared statement and, while it is stepped, its current row.
final class SQLiteStatement: RowColumns {
    let handle: OpaquePointer
    /// True while its rows are visited: the same text run inside that visit needs another copy.
    var isRunning = false

    /// Tells SQLite to copy what it is given.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        sqlite3_finalize(handle)
    }

    func bind(_ values: [SQLValue]) -> Int32 {
        var position: Int32 = 0
        for value in values {
            position += 1
            let code =
                switch value {
                case .null: sqlite3_bind_null(handle, position)
                case .integer(let value): sqlite3_bind_int64(handle, position, value)
                case .real(let value): sqlite3_bind_double(handle, position, value)
                case .text(var value):
                    value.withUTF8 { utf8 in
                        utf8.withMemoryRebound(to: CChar.self) {
                            sqlite3_bind_text(
                                handle, position, $0.baseAddress ?? Self.empty, Int32($0.count), Self.transient)
                        }
                    }
                case .bytes(let value):
                    value.withUnsafeBytes {
                        value.isEmpty
                            ? sqlite3_bind_zeroblob(handle, position, 0)
                            : sqlite3_bind_blob(handle, position, $0.baseAddress, Int32($0.count), Self.transient)
                    }
                }
            if code != SQLITE_OK { return code }
        }
        return SQLITE_OK
    }

    /// An empty text is not NULL, so it needs an address.
    nonisolated(unsafe) private static let empty = UnsafePointer<CChar>(strdup(""))

    // MARK: RowColumns

    func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    func integer(_ column: Int) -> Int64 {
        sqlite3_column_int64(handle, Int32(column))
    }

    func real(_ column: Int) -> Double {
        sqlite3_column_double(handle, Int32(column))
    }

    func text(_ column: Int) -> String {
        guard let start = sqlite3_column_text(handle, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, Int32(column)) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }
}
