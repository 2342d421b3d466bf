package import Core
import Storage

extension SocialService {
    /// Blocks an account: neither sees or reaches the other from now on, and what tied them is undone.
    package func block(_ other: ID<Account>, by account: ID<Account>) async throws {
        guard other != account else { throw SocialError.yourself(action: "block") }
        try await database.write { tx in
            // Somebody who has blocked the caller can be blocked back, so a barrier does not hide them here.
            guard try tx.exists("SELECT 1 FROM person WHERE account_id = \(other) AND is_erased = 0") else {
                throw SocialError.accountNotFound
            }
            for (from, to, blocks) in [(account, other, true), (other, account, false)].sorted(by: { $0.0 < $1.0 }) {
                try tx.execute(
                    """
                    INSERT INTO barrier (account_id, other_id, blocks, is_blocked, created_at)
                    VALUES (\(from), \(to), \(blocks), \(!blocks), \(clock.now()))
                    ON CONFLICT (account_id, other_id) DO UPDATE
                    SET blocks = CASE WHEN excluded.blocks = 1 THEN 1 ELSE barrier.blocks END,
                        is_blocked = CASE WHEN excluded.is_blocked = 1 THEN 1 ELSE barrier.is_blocked END
                    """)
            }
            dropRelations(of: [account, other], after: tx)
            try unfollow(other, by: account, in: tx)
            try unfollow(account, by: other, in: tx)
            try endFriendship(account, other, in: tx)
            for (sender, recipient) in [(account, other), (other, account)] {
                try closeFriendRequests("sender_id = \(sender) AND recipient_id = \(recipient)", in: tx)
            }
            try tell(SocialEvent.accountBlocked, about: other, ["account": .id(account)], in: tx)
            recheck([account, other], after: tx)
        }
    }

    /// Lifts one's own block. The other's, if there is one, stays.
    package func unblock(_ other: ID<Account>, by account: ID<Account>) async throws {
        try await database.write { tx in
            try tx.execute("UPDATE barrier SET blocks = 0 WHERE account_id = \(account) AND other_id = \(other)")
            try tx.execute("UPDATE barrier SET is_blocked = 0 WHERE account_id = \(other) AND other_id = \(account)")
            dropRelations(of: [account, other], after: tx)
            for (from, to) in [(account, other), (other, account)] {
                try tx.execute(
                    """
                    DELETE FROM barrier
                    WHERE account_id = \(from) AND other_id = \(to) AND blocks = 0 AND is_blocked = 0
                    """)
            }
            try tell(SocialEvent.accountUnblocked, about: other, ["account": .id(account)], in: tx)
        }
    }

    /// Whom an account has blocked.
    package func blocked(by account: ID<Account>, cursor: String?, limit: Int) async throws -> Page<Person> {
        let filter = "blocks:\(account)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let rows = try await database.read { db in
            try db.rows(
                """
                SELECT \(unsafeRaw: Person.columns), 0
                FROM barrier
                JOIN person ON person.account_id = barrier.other_id
                WHERE barrier.account_id = \(account) AND barrier.blocks = 1 AND barrier.other_id < \(before)
                    AND person.is_erased = 0
                ORDER BY barrier.other_id DESC
                LIMIT \(limit + 1)
                """
            ) { Person($0) }
        }
        return cursors.page(rows, limit: limit, filter: filter) { [$0.id.rawValue] }
    }
}
