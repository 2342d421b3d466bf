import Core
import Foundation
import HTTP
import Logging
package import Storage
import StorageSQLite

extension Plaza {
    /// What of the schema has been applied, without changing anything.
    package static func migrationStatus(_ configuration: Configuration) async throws -> [Migrator.Status] {
        let file = URL(filePath: configuration.dataDirectory).appending(path: configuration.databaseFile).path
        guard FileManager.default.fileExists(atPath: file) else {
            return migrations.map { Migrator.Status(name: $0.name, appliedAt: nil) }
        }
        let database = try SQLiteDatabase(path: file)
        defer { database.close() }
        return try await Migrator(migrations, clock: .system).status(of: database)
    }

    /// The text of `/openapi.json`. The routes of a house that is put together in a directory of its own and thrown away.
    package static func openAPIDocument() async throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "plaza-\(RandomSource.system.next())")
            .path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let configuration = try Configuration(flags: [ConfigurationKey.dataDirectory.name: directory])
        let plaza = try await Plaza(configuration, logger: Logger(label: "plaza") { _ in SwiftLogNoOpLogHandler() })
        let document = OpenAPI.document(of: plaza.routes.filter { $0.tag != "page" }, version: version)
        await plaza.close()
        return document.text
    }
}
