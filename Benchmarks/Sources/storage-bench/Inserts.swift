/// Engagement as a server would record it that has no group commit: each event its own durable transaction.
struct Inserts {
    let source: String
    let scratch: String
    let count: Int

    func perSecond() throws -> Int {
        let connection = try Connection(scratch, isReadOnly: false)
        try connection.execute("PRAGMA journal_mode = WAL")
        try connection.execute("PRAGMA synchronous = FULL")
        try connection.execute(try schema())
        let insert = try connection.prepare(
            """
            INSERT INTO engagement (account_id, post_id, kind, count, watched_ms, last_at)
            VALUES (?1, ?2, ?3, 1, 0, 1767225600000000)
            """)
        let elapsed = try ContinuousClock().measure {
            for number in 0..<Int64(count) {
                try insert.bind(1, number % 64)
                try insert.bind(2, number &* 7_919 % 100_000)
                try insert.bind(3, number / 6_400_000 % 4)
                _ = try insert.step()
                insert.reset()
            }
        }
        return Int(Double(count) / (elapsed / .seconds(1)))
    }

    private func schema() throws -> String {
        let table = try Connection(source, isReadOnly: true)
            .prepare("SELECT sql FROM sqlite_schema WHERE name = 'engagement'")
        _ = try table.step()
        return table.text(0)
    }
}
