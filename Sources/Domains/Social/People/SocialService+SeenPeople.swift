package import Core
package import Storage

/// Somebody by name, and whether a block lies between them and the viewer.
package struct SeenPerson: Sendable {
    package let id: ID<Account>
    package let handle: String
    package let displayName: String
    package let avatarURL: String?
    package let isBarred: Bool
}

extension SocialService {
    /// Those of `accounts` that have not left, as `viewer` sees them; whoever set a block, it bars both. One statement.
    package func people(
        _ accounts: Set<ID<Account>>, seenBy viewer: ID<Account>, in db: some Queryable
    ) throws -> [SeenPerson] {
        try db.rows(
            """
            SELECT account_id, handle, display_name, avatar_url,
                EXISTS (
                    SELECT 1
                    FROM barrier
                    WHERE barrier.account_id = \(viewer) AND barrier.other_id = person.account_id
                )
            FROM person
            WHERE account_id IN (\(list: accounts)) AND is_erased = 0
            """
        ) { row in
            SeenPerson(
                id: row.id(0), handle: row.text(1), displayName: row.text(2), avatarURL: row.textOrNil(3),
                isBarred: row.bool(4))
        }
    }
}
