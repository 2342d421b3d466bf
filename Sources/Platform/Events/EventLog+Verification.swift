package import Storage

extension EventLog {
    /// Whether a consumer has seen everything that has happened.
    package static func isAtHead(consumer: String, in db: some Queryable) throws -> Bool {
        try db.integer(
            """
            SELECT COUNT(*)
            FROM (
                SELECT position
                FROM event
                WHERE position > COALESCE((SELECT position FROM event_cursor WHERE consumer = \(consumer)), 0)
                ORDER BY position
                LIMIT 1
            ) AS unseen
            """) == 0
    }
}
