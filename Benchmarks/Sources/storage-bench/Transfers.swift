/// Money moved as a server would that has no group commit and no batches: each transfer its own durable transaction.
struct Transfers {
    let scratch: String
    let count: Int

    func perSecond() throws -> Int {
        let connection = try Connection(scratch, isReadOnly: false)
        try connection.execute("PRAGMA journal_mode = WAL")
        try connection.execute("PRAGMA synchronous = FULL")
        try connection.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, debits INT, credits INT) STRICT")
        try connection.execute(
            "CREATE TABLE transfer (id INTEGER PRIMARY KEY, debit INT, credit INT, amount INT) STRICT")
        try connection.execute(
            "WITH RECURSIVE n (id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM n WHERE id < 9999)"
                + " INSERT INTO account SELECT id, 0, 0 FROM n")
        let debit = try connection.prepare("UPDATE account SET debits = debits + ?2 WHERE id = ?1")
        let credit = try connection.prepare("UPDATE account SET credits = credits + ?2 WHERE id = ?1")
        let insert = try connection.prepare("INSERT INTO transfer (debit, credit, amount) VALUES (?1, ?2, ?3)")
        let elapsed = try ContinuousClock().measure {
            for number in 0..<Int64(count) {
                let (from, to) = (number &* 7_919 % 10_000, (number &* 104_729 + 1) % 10_000)
                try connection.execute("BEGIN IMMEDIATE")
                try run(debit, [from, 5])
                try run(credit, [to, 5])
                try run(insert, [from, to, 5])
                try connection.execute("COMMIT")
            }
        }
        return Int(Double(count) / (elapsed / .seconds(1)))
    }

    private func run(_ statement: Statement, _ values: [Int64]) throws {
        for (index, value) in values.enumerated() { try statement.bind(Int32(index + 1), value) }
        _ = try statement.step()
        statement.reset()
    }
}
