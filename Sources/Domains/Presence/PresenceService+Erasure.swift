package import Core
package import Storage
import Synchronization

/// Leaving, and taking one's data along.
extension PresenceService {
    /// When somebody was last seen is gone, and not written again: their sockets close after this.
    package func erase(_ account: ID<Account>, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO presence (account_id, visibility)
            VALUES (\(account), \(PresenceVisibility.erased.rawValue))
            ON CONFLICT (account_id) DO UPDATE SET visibility = excluded.visibility, last_seen = NULL
            """)
        let state = state
        tx.afterCommit { state.board.withLock { $0.forget(account) } }
    }

    /// What is held about somebody, as a member of their export. One statement.
    package func exportData(of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        let row = try db.first("SELECT visibility, last_seen FROM presence WHERE account_id = \(account)") { row in
            (visibility: PresenceVisibility(rawValue: row.integer(0)), lastSeen: row.timestampOrNil(1))
        }
        json.name("presence")
        json.object { json in
            json.member("visible_to", (row?.visibility ?? .friends).name)
            json.member("last_seen", row?.lastSeen)
        }
    }
}
