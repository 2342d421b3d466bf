import Core
package import Storage
package import StorageSQLite

/// The engines that every storage test runs on.
package enum Engine: CaseIterable, Sendable {
    case sqlite

    package static let all = allCases
}

/// Runs `body` with a fresh database of the real engine, its plans checked.
@discardableResult
package func withDatabase<Value>(
    _ migrations: [Migration] = [],
    on engine: Engine = .sqlite,
    options change: (inout SQLiteOptions) -> Void = { _ in },
    _ body: (any Database) async throws -> Value
) async throws -> Value {
    try await withTemporaryDirectory { directory in
        var options = SQLiteOptions()
        options.checksPlans = true
        change(&options)
        let database = try SQLiteDatabase(path: directory + "/plaza.sqlite", options: options)
        defer { database.close() }
        _ = try await Migrator(migrations, clock: ManualClock().wall).migrate(database)
        return try await body(database)
    }
}
