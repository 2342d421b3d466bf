package import Core
package import Storage

/// Leaving, and taking one's data along.
extension NotificationsService {
    /// Deletes what somebody was told. Their inbox stays as a stone that keeps events which are still to be followed
    /// from making it anew. In what others were told they are counted, under an id that names nobody.
    package func erase(_ account: ID<Account>, in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM notification WHERE account_id = \(account)")
        let nothing = MutedKinds.everything.bits
        try tx.execute(
            """
            INSERT INTO notification_inbox (account_id, unread_count, muted, position)
            VALUES (\(account), 0, \(nothing), 0)
            ON CONFLICT (account_id) DO UPDATE SET unread_count = 0, muted = excluded.muted
            """)
    }

    /// What is held about somebody, as members of their export. Who did it is theirs, not this person's. Two statements.
    package func exportData(of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        let rows = try db.rows(
            """
            SELECT \(unsafeRaw: Notification.columns)
            FROM notification
            WHERE account_id = \(account)
            ORDER BY activity
            """
        ) { Notification($0) }
        json.name("notifications")
        json.array(rows) { json, item in json.value(item.json { _ in nil }) }
        let muted = try db.integer("SELECT muted FROM notification_inbox WHERE account_id = \(account)")
        json.name("notifications_off")
        json.array(MutedKinds(bits: muted).kinds) { json, kind in json.value(kind.name) }
    }
}
