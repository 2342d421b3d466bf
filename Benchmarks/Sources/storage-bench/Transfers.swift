import GRDB

/// Money moved as a server would that has no group commit and no batches: each transfer its own durable transaction
/// through GRDB.
struct Transfers {
    let scratch: String
    let count: Int

    func perSecond() throws -> Int {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
        let database = try DatabaseQueue(path: scratch, configuration: configuration)
        try database.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE account (id INTEGER PRIMARY KEY, debits INT, credits INT) STRICT;
                    CREATE TABLE transfer (id INTEGER PRIMARY KEY, debit INT, credit INT, amount INT) STRICT;
                    WITH RECURSIVE n (id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM n WHERE id < 9999)
                    INSERT INTO account SELECT id, 0, 0 FROM n
                    """)
        }
        let elapsed = try ContinuousClock().measure {
            for number in 0..<Int64(count) {
                let (from, to) = (number &* 7_919 % 10_000, (number &* 104_729 + 1) % 10_000)
                try database.write { db in
                    try run("UPDATE account SET debits = debits + ?2 WHERE id = ?1", [from, 5], in: db)
                    try run("UPDATE account SET credits = credits + ?2 WHERE id = ?1", [to, 5], in: db)
                    try run(
                        "INSERT INTO transfer (debit, credit, amount) VALUES (?1, ?2, ?3)", [from, to, 5], in: db)
                }
            }
        }
        return Int(Double(count) / (elapsed / .seconds(1)))
    }

    private func run(_ sql: String, _ values: StatementArguments, in db: Database) throws {
        try db.cachedStatement(sql: sql).execute(arguments: values)
    }
}
