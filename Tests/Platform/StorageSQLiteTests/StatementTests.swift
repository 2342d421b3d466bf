import Core
import PlazaTesting
import Storage
import StorageSQLite
import Testing

private let schema = [
    Migration(
        "test.001 thing",
        [
            .table(
                "thing",
                columns: "id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, name TEXT, data BYTEA, ratio DOUBLE PRECISION"),
            .statement("CREATE INDEX thing_owner ON thing (owner, id)"),
        ])
]

@Suite struct StatementTests {
    @Test func everyValueComesBackAsItWas() async throws {
        try await withDatabase(schema) { database in
            let names: [String?] = ["", "ann", "line\nbreak", "😀 ünï", "'; DROP TABLE thing; --", nil]
            try await database.write { tx in
                for (id, name) in names.enumerated() {
                    try tx.execute(
                        """
                        INSERT INTO thing (id, owner, name, data, ratio)
                        VALUES (\(id), \(Int64.max), \(name), \([UInt8](repeating: 9, count: id)), \(0.1))
                        """)
                }
            }
            let rows = try await database.read { db in
                try db.rows("SELECT name, data, ratio, owner FROM thing WHERE owner = \(Int64.max) ORDER BY id") {
                    row in
                    (name: row.textOrNil(0), count: row.bytes(1).count, ratio: row.real(2), owner: row.integer(3))
                }
            }
            #expect(rows.map(\.name) == names)
            #expect(rows.map(\.count) == Array(0..<names.count))
            #expect(rows.allSatisfy { $0.ratio == 0.1 && $0.owner == .max })
        }
    }

    @Test func listsOfAnyLengthMatchTheirMembers() async throws {
        try await withDatabase(schema) { database in
            try await database.write { tx in
                for id in 0..<40 { try tx.execute("INSERT INTO thing (id, owner) VALUES (\(id), 1)") }
            }
            for count in 0..<40 {
                let wanted = Array(0..<count)
                let found = try await database.read { db in
                    try db.rows("SELECT id FROM thing WHERE id IN (\(list: wanted)) ORDER BY id") { $0.int(0) }
                }
                #expect(found == wanted)
            }
        }
    }

    @Test(arguments: [
        "SELECT name FROM thing",
        "SELECT id FROM thing WHERE name = 'x'",
        "SELECT id FROM thing ORDER BY name LIMIT 10",
        "DELETE FROM thing WHERE ratio > 1",
        "UPDATE thing SET ratio = 1",
        "WITH x AS (SELECT id FROM thing WHERE data IS NULL) SELECT id FROM x",
    ])
    func scanOfAGrowingTableIsRefused(sql: String) async throws {
        try await withDatabase(schema) { database in
            let error = await #expect(throws: StorageError.self) {
                try await database.write { tx in _ = try tx.execute("\(unsafeRaw: sql)") }
            }
            guard case .tableScan = error else {
                Issue.record("expected a refused scan, got \(String(describing: error))")
                return
            }
        }
    }

    @Test(arguments: [
        "SELECT name FROM thing WHERE id = 1",
        "SELECT id FROM thing WHERE owner = 1 AND id < 5 ORDER BY id DESC LIMIT 10",
        "SELECT id FROM thing ORDER BY id DESC LIMIT 10",
        "SELECT COUNT(*) FROM thing /* scan: a test */",
    ])
    func indexedStatementIsTaken(sql: String) async throws {
        try await withDatabase(schema) { database in
            try await database.write { tx in _ = try tx.execute("\(unsafeRaw: sql)") }
        }
    }

    @Test func readSeesOneSnapshotAndNeverWrites() async throws {
        try await withDatabase(schema) { database in
            await #expect(throws: StorageError.self) {
                try await database.read { db in
                    try db.forEach("INSERT INTO thing (id, owner) VALUES (1, 1)") { _ in }
                }
            }
            let (before, after) = try await database.read { db in
                let before = try db.integer("SELECT COUNT(*) FROM thing /* scan: a test */")
                return (before, try db.integer("SELECT COUNT(*) FROM thing /* scan: a test */"))
            }
            #expect(before == 0 && after == 0)
        }
    }

    /// Counts without end, as a search over too much would seem to.
    @Test(arguments: [ReadLane.interactive, .background])
    func readIsGivenUpAtItsDeadline(lane: ReadLane) async throws {
        try await withDatabase(schema) { database in
            await #expect(throws: StorageError.deadlineExceeded) {
                let deadline = monotonicNanoseconds() + 20_000_000
                try await WorkScope.$current.withValue(WorkScope(deadline: deadline)) {
                    try await database.read(lane: lane) { db in
                        try db.integer(
                            """
                            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
                            SELECT COUNT(*) FROM number
                            """)
                    }
                }
            }
            let one = try await database.read(lane: lane) { try $0.integer("SELECT 1") }
            #expect(one == 1)
        }
    }

    @Test func sameStatementInsideItsOwnRows() async throws {
        try await withDatabase(schema) { database in
            try await database.write { tx in
                for id in 0..<3 { try tx.execute("INSERT INTO thing (id, owner) VALUES (\(id), 1)") }
            }
            let pairs = try await database.read { db in
                try db.rows("SELECT id FROM thing WHERE owner = \(1)") { _ in
                    try db.rows("SELECT id FROM thing WHERE owner = \(1)") { $0.int(0) }
                }
            }
            #expect(pairs == [[0, 1, 2], [0, 1, 2], [0, 1, 2]])
        }
    }
}
