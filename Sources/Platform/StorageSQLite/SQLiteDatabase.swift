import Dispatch
package import Storage
package import Telemetry

/// Plaza's data in one SQLite file: one writer with group commit, several readers, WAL, `synchronous = FULL`.
///
/// Interactive reads run on the caller's thread (a page takes some ten microseconds, less than a hop to another thread
/// and back); background reads on threads of their own.
package final class SQLiteDatabase: Database {
    package let dialect = Dialect.sqlite
    private let writer: SQLiteWriter
    private let interactive: SQLiteReaders
    private let background: SQLiteReaders

    /// Opens the file, or makes it.
    /// - Throws: ``StorageError/readOnly(path:)``, ``StorageError/inUse(path:)`` or ``StorageError/engine(code:message:sql:)``.
    package init(
        path: String, options: SQLiteOptions = SQLiteOptions(), registry: MetricRegistry = MetricRegistry()
    ) throws {
        writer = SQLiteWriter(
            connection: try SQLiteConnection(path: path, isWriter: true, options: options),
            checkpointer: SQLiteCheckpointer(
                connection: try SQLiteConnection(path: path, isWriter: true, options: options), options: options),
            options: options, metrics: StorageMetrics(registry: registry))
        func readers(_ count: Int) throws -> [SQLiteConnection] {
            try (0..<count).map { _ in try SQLiteConnection(path: path, isWriter: false, options: options) }
        }
        interactive = SQLiteReaders(
            connections: try readers(options.interactiveReaders), waitingMax: options.readQueueMax, queue: nil)
        background = SQLiteReaders(
            connections: try readers(options.backgroundReaders), waitingMax: options.readQueueMax,
            queue: DispatchQueue(label: "plaza.background-readers", qos: .utility, attributes: .concurrent))
    }

    package func read<Value: Sendable>(
        lane: ReadLane, _ body: @escaping @Sendable (ReadTransaction) throws -> Value
    ) async throws -> Value {
        switch lane {
        case .interactive: try await interactive.read(body)
        case .background: try await background.read(body)
        }
    }

    @discardableResult
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (WriteTransaction) throws -> Value
    ) async throws -> Value {
        try await writer.write(body)
    }

    /// Finishes the writes that wait, then refuses everything.
    package func close() {
        interactive.close()
        background.close()
        writer.close()
    }
}
