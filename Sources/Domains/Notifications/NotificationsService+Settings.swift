import Core
import Storage

extension NotificationsService {
    /// Kinds that somebody does not want to be told of.
    func mutedKinds(of account: ID<Account>) async throws -> MutedKinds {
        try await database.read { db in
            MutedKinds(bits: try db.integer("SELECT muted FROM notification_inbox WHERE account_id = \(account)"))
        }
    }

    /// What was told before stays.
    func mute(_ kinds: MutedKinds, for account: ID<Account>) async throws {
        try await database.write { tx in
            try tx.execute(
                """
                INSERT INTO notification_inbox (account_id, unread_count, muted, position)
                VALUES (\(account), 0, \(kinds.bits), 0)
                ON CONFLICT (account_id) DO UPDATE SET muted = excluded.muted
                """)
        }
    }
}
