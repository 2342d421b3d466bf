import Core
import Realtime
import Storage
import Synchronization

extension PresenceService {
    /// How these accounts are there, in their order and each once. Whom `viewer` may not see is absent, as if there were
    /// no such account. One statement.
    func presence(of accounts: [ID<Account>], for viewer: ID<Account>) async throws -> [PresenceItem] {
        guard let last = accounts.last else { return [] }
        // Batches are powers of two, so that questions of any length share a few prepared statements.
        var values = accounts.map(\.sqlValue)
        var size = 1
        while size < values.count { size *= 2 }
        values += Array(repeating: last.sqlValue, count: size - values.count)
        let wanted: SQL = "\(values: values, rows: size, of: "(CAST(? AS BIGINT))")"
        let (isFriend, isBarred) = (
            circle.isFriend(of: viewer, "wanted.column1"), circle.isBarred(from: viewer, "wanted.column1")
        )
        let (everybody, friends) = (PresenceVisibility.everybody.rawValue, PresenceVisibility.friends.rawValue)
        var stored: [ID<Account>: Timestamp?] = [:]
        let rows = try await database.read { db in
            try db.rows(
                """
                SELECT wanted.column1, presence.last_seen
                FROM (\(wanted)) AS wanted
                LEFT JOIN presence ON presence.account_id = wanted.column1
                WHERE wanted.column1 = \(viewer) OR (
                    (
                        presence.visibility = \(everybody)
                        OR COALESCE(presence.visibility, \(friends)) = \(friends) AND \(isFriend)
                    ) AND NOT \(isBarred))
                """
            ) { (account: $0.id(0, Account.self), lastSeen: $0.timestampOrNil(1)) }
        }
        for row in rows { stored[row.account] = .some(row.lastSeen) }
        return items(accounts, stored)
    }

    private func items(_ accounts: [ID<Account>], _ stored: [ID<Account>: Timestamp?]) -> [PresenceItem] {
        var left = stored
        return state.board.withLock { board in
            accounts.compactMap { account in
                guard let written = left.removeValue(forKey: account) else { return nil }
                // The hub gathers for a second what it says.
                let isOnline = board.isPresent(account) || online.isOnline(account)
                let lastSeen = [board.lastSeen(account), written].compactMap(\.self).max()
                return PresenceItem(account: account, isOnline: isOnline, lastSeen: isOnline ? nil : lastSeen)
            }
        }
    }

    // MARK: Settings

    func visibility(of account: ID<Account>) async throws -> PresenceVisibility {
        let stored = try await database.read { db in
            try db.first("SELECT visibility FROM presence WHERE account_id = \(account)") { $0.integer(0) }
        }
        return stored.flatMap { PresenceVisibility(rawValue: $0) } ?? .friends
    }

    /// Friends who may not see it any more are told that the person is offline, others that they are online, in the next
    /// turn.
    func show(_ account: ID<Account>, to visibility: PresenceVisibility) async throws {
        let state = state
        try await database.write { tx in
            try tx.execute(
                """
                INSERT INTO presence (account_id, visibility)
                VALUES (\(account), \(visibility.rawValue))
                ON CONFLICT (account_id) DO UPDATE SET visibility = excluded.visibility
                """)
            tx.afterCommit {
                state.board.withLock { $0.review(account) }
                state.woken.raise()
            }
        }
    }
}
