import PlazaTesting
import Storage
import StorageSQLite
import Testing

@Suite struct MigratorTests {
    private let first = Migration("a.001 one", [.table("one", columns: "id BIGINT PRIMARY KEY")])
    private let second = Migration("a.002 two", [.table("two", columns: "id BIGINT PRIMARY KEY")])
    private let clock = ManualClock()

    @Test func appliesOnlyWhatWaits() async throws {
        try await withDatabase([first]) { database in
            let migrator = Migrator([first, second], clock: clock.wall)
            let applied = [try await migrator.migrate(database), try await migrator.migrate(database)]
            #expect(applied == [["a.002 two"], []])
        }
    }

    @Test func refusesADivergedSchema() async throws {
        try await withDatabase([first]) { database in
            let changed = Migration(first.name, [.table("one", columns: "id BIGINT PRIMARY KEY, extra TEXT")])
            await #expect(throws: StorageError.divergedSchema(migration: "a.001 one")) {
                try await Migrator([changed], clock: clock.wall).migrate(database)
            }
        }
    }

    @Test func refusesANewerSchema() async throws {
        try await withDatabase([first, second]) { database in
            await #expect(throws: StorageError.newerSchema(migration: "a.002 two")) {
                try await Migrator([first], clock: clock.wall).migrate(database)
            }
        }
    }

    @Test func failedMigrationLeavesNothing() async throws {
        try await withDatabase([first]) { database in
            let broken = Migration(
                "a.002 broken", [.statement("CREATE TABLE half (id INTEGER)"), .statement("NONSENSE")])
            await #expect(throws: StorageError.self) {
                try await Migrator([first, broken], clock: clock.wall).migrate(database)
            }
            let applied = try await Migrator([first, second], clock: clock.wall).migrate(database)
            #expect(applied == ["a.002 two"])
            let isHalfDone = try await database.read {
                try $0.exists("SELECT 1 FROM sqlite_schema WHERE name = 'half'")
            }
            #expect(!isHalfDone)
        }
    }
}
