package import Core

/// Brings a schema up to date, and refuses one that is not ours.
package struct Migrator: Sendable {
    private let migrations: [Migration]
    private let clock: WallClock

    /// - Parameter migrations: all that this binary knows, each slice's in their order.
    package init(_ migrations: [Migration], clock: WallClock) {
        precondition(Set(migrations.map(\.name)).count == migrations.count, "a migration's name is used once")
        self.migrations = migrations
        self.clock = clock
    }

    package struct Status: Sendable {
        package let name: String
        /// Nil while it waits.
        package let appliedAt: Timestamp?

        package init(name: String, appliedAt: Timestamp?) {
            self.name = name
            self.appliedAt = appliedAt
        }
    }

    /// What has been applied and what waits.
    /// - Throws: ``StorageError/newerSchema(migration:)`` or ``StorageError/divergedSchema(migration:)``.
    package func status(of database: any Database) async throws -> [Status] {
        let migrations = migrations
        return try await database.read { db in try Self.compare(migrations, in: db) }
    }

    /// How many have been applied to a database that has been migrated: one small question.
    package static func appliedCount(in db: some Queryable) throws -> Int64 {
        try db.integer("SELECT COUNT(*) FROM schema_migration /* scan: a row per migration */")
    }

    /// Applies what waits, all in one transaction.
    /// - Returns: the names of what was applied.
    package func migrate(_ database: any Database) async throws -> [String] {
        let (migrations, clock) = (migrations, clock)
        return try await database.write { tx in
            let waiting = try Self.compare(migrations, in: tx).filter { $0.appliedAt == nil }.map(\.name)
            if try !Self.hasJournal(tx) {
                let journal = Migration(
                    "storage.000 journal",
                    [
                        .table(
                            "schema_migration",
                            columns:
                                "name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL"
                        )
                    ])
                for statement in journal.statements(for: tx.dialect) { try tx.execute("\(unsafeRaw: statement)") }
            }
            for migration in migrations where waiting.contains(migration.name) {
                for statement in migration.statements(for: tx.dialect) { try tx.execute("\(unsafeRaw: statement)") }
                try tx.execute(
                    """
                    INSERT INTO schema_migration (name, checksum, applied_at)
                    VALUES (\(migration.name), \(migration.checksum), \(clock.now()))
                    """)
            }
            return waiting
        }
    }

    private static func compare(_ migrations: [Migration], in db: some Queryable) throws -> [Status] {
        guard try hasJournal(db) else { return migrations.map { Status(name: $0.name, appliedAt: nil) } }
        var applied: [String: (checksum: String, at: Timestamp)] = [:]
        try db.forEach("SELECT name, checksum, applied_at FROM schema_migration /* scan: a row per migration */") {
            applied[$0.text(0)] = ($0.text(1), $0.timestamp(2))
        }
        let known = Set(migrations.map(\.name))
        if let unknown = applied.keys.filter({ !known.contains($0) }).min() {
            throw StorageError.newerSchema(migration: unknown)
        }
        return try migrations.map { migration in
            let entry = applied[migration.name]
            guard entry == nil || entry?.checksum == migration.checksum else {
                throw StorageError.divergedSchema(migration: migration.name)
            }
            return Status(name: migration.name, appliedAt: entry?.at)
        }
    }

    private static func hasJournal(_ db: some Queryable) throws -> Bool {
        switch db.dialect {
        case .sqlite: try db.exists("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migration'")
        case .postgres: try db.exists("SELECT 1 FROM pg_tables WHERE tablename = 'schema_migration'")
        }
    }
}
