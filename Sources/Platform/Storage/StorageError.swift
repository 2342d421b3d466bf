/// What a database can refuse for reasons that are not the caller's statement.
package enum StorageError: Error, Equatable, Sendable {
    /// The queue of waiting writes is full. Nothing has been done; try again after some seconds.
    case overloaded
    /// The request's deadline passed while it waited for its turn. Nothing has been done.
    case deadlineExceeded
    /// A `UNIQUE`, `CHECK`, `NOT NULL` or foreign key rule refused a row.
    case constraint(String)
    /// The disk, a quota or the largest file that is allowed is full. Nothing of the transaction remains.
    case diskFull
    /// The files cannot be written.
    case readOnly(path: String)
    /// Another process has the data directory.
    case inUse(path: String)
    /// The data was written by a newer Plaza.
    case newerSchema(migration: String)
    /// A migration that was applied is not the one this binary has.
    case divergedSchema(migration: String)
    /// Migrations wait to be applied.
    case pendingMigrations([String])
    /// A statement would read a whole growing table. Only where plans are checked.
    case tableScan(plan: String, sql: String)
    /// The engine failed otherwise: its own words.
    case engine(code: Int, message: String, sql: String)
    /// The database is shutting down.
    case closed
}
