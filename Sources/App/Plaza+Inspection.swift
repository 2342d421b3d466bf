import Core
import Foundation
import HTTP
import Logging
package import Storage
import StorageSQLite

/// What is told about a data directory without changing anything in it, beside a server or without one.
extension Plaza {
    /// Opens the database to read in it: without a node number, nobody can make ids for rows.
    /// - Throws: ``DataDirectory/NoPlaza``, ``StorageError/pendingMigrations(_:)``.
    package static func inspect<Value>(
        _ configuration: Configuration, _ body: (any Database) async throws -> Value
    ) async throws -> Value {
        let directory = try DataDirectory(
            path: configuration.dataDirectory, file: configuration.databaseFile, opening: .beside)
        var options = SQLiteOptions()
        // An inspection looks up each row of a table in its indexes. They shall stay in memory, in a process of its own.
        options.readerCacheKilobytes = 65_536
        // It reads whole tables: nobody shall hear of that as of something slow.
        options.slowStatementMilliseconds = nil
        let database = try SQLiteDatabase(path: directory.file(configuration.databaseFile), options: options)
        defer { database.close() }
        try await requireCurrentSchema(of: database)
        return try await body(database)
    }

    static func requireCurrentSchema(of database: any Database) async throws {
        let waiting = try await Migrator(migrations, clock: .system).status(of: database).filter { $0.appliedAt == nil }
        guard waiting.isEmpty else { throw StorageError.pendingMigrations(waiting.map(\.name)) }
    }

    /// What of the schema has been applied.
    package static func migrationStatus(_ configuration: Configuration) async throws -> [Migrator.Status] {
        let directory: DataDirectory
        do {
            directory = try DataDirectory(
                path: configuration.dataDirectory, file: configuration.databaseFile, opening: .beside)
        } catch is DataDirectory.NoPlaza {
            return migrations.map { Migrator.Status(name: $0.name, appliedAt: nil) }
        }
        let database = try SQLiteDatabase(path: directory.file(configuration.databaseFile))
        defer { database.close() }
        return try await Migrator(migrations, clock: .system).status(of: database)
    }

    /// The text of `/openapi.json`.
    package static func openAPIDocument() async throws -> String {
        try await withHouseToDescribe { plaza in
            OpenAPI.document(of: plaza.routes.filter { $0.tag != "page" }, version: version).text
        }
    }

    /// The text of `/asyncapi.json`.
    package static func asyncAPIDocument() async throws -> String {
        try await withHouseToDescribe(\.asyncAPIDocument)
    }

    /// A house that is put together in a directory of its own and thrown away.
    private static func withHouseToDescribe(_ body: (Plaza) -> String) async throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "plaza-\(RandomSource.system.next())")
            .path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let configuration = try Configuration(flags: [ConfigurationKey.dataDirectory.name: directory])
        let plaza = try await Plaza(configuration, logger: Logger(label: "plaza") { _ in SwiftLogNoOpLogHandler() })
        let document = body(plaza)
        await plaza.close()
        return document
    }
}
