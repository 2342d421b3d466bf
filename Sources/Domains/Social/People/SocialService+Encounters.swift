package import Core
package import Storage

/// Who may know of whom, for what tells people of each other: the seam for `Flows`.
extension SocialService {
    /// The cards of people whom these accounts may know of, many pairs a statement: without those who have left, and
    /// those on the other side of a block.
    package static func cards(
        meeting pairs: [(account: ID<Account>, other: ID<Account>)], in tx: WriteTransaction
    ) throws -> [(account: ID<Account>, card: PersonCard)] {
        var met: [(account: ID<Account>, card: PersonCard)] = []
        try tx.executeMany(pairs, as: "(CAST(? AS BIGINT), CAST(? AS BIGINT))") { pair, values in
            values += [pair.account.sqlValue, pair.other.sqlValue]
        } statement: { values in
            // Crossed, so that SQLite looks each of the pairs up and walks no table.
            """
            SELECT person.account_id, person.handle, person.display_name, person.bio, person.avatar_url, pair.column1
            FROM (\(values)) AS pair
            CROSS JOIN person
            WHERE person.account_id = pair.column2 AND person.is_erased = 0
                AND NOT EXISTS (
                    SELECT 1 FROM barrier
                    WHERE barrier.account_id = pair.column1 AND barrier.other_id = pair.column2)
            """
        } returning: { row in
            met.append((account: row.id(5), card: Self.card(row)))
        }
        return met
    }

    /// The same for a page of one viewer's.
    package static func cards(
        of people: [ID<Account>], seenBy viewer: ID<Account>, in db: some Queryable
    ) throws -> [PersonCard] {
        var cards: [PersonCard] = []
        try db.forEach(
            in: people,
            {
                """
                SELECT account_id, handle, display_name, bio, avatar_url
                FROM person
                WHERE account_id IN (\(list: $0)) AND is_erased = 0
                    AND NOT EXISTS (
                        SELECT 1 FROM barrier
                        WHERE barrier.account_id = \(viewer) AND barrier.other_id = person.account_id)
                """
            }
        ) { cards.append(Self.card($0)) }
        return cards
    }

    private static func card(_ row: Row) -> PersonCard {
        PersonCard(
            id: row.id(0), handle: row.text(1), displayName: row.text(2), bio: row.text(3), avatarURL: row.textOrNil(4))
    }

    /// Friends of these accounts, by account and friend; the first `limit`.
    package static func friends(
        of accounts: [ID<Account>], limit: Int, in db: some Queryable
    ) throws -> [(account: ID<Account>, friend: ID<Account>)] {
        try db.rows(
            """
            SELECT account_id, friend_id
            FROM friendship
            WHERE account_id IN (\(list: accounts))
            ORDER BY account_id, friend_id
            LIMIT \(limit)
            """
        ) { (account: $0.id(0), friend: $0.id(1)) }
    }

    /// A condition of a statement: whether the account in `column` is a friend of `viewer`.
    package static func isFriend(of viewer: ID<Account>, _ column: StaticString) -> SQL {
        """
        EXISTS (
            SELECT 1
            FROM friendship
            WHERE friendship.account_id = \(viewer) AND friendship.friend_id = \(unsafeRaw: "\(column)"))
        """
    }

    /// A condition of a statement: whether the account in `column` is not there for `viewer`.
    package static func isBarred(from viewer: ID<Account>, _ column: StaticString) -> SQL {
        let column = "\(column)"
        return """
            (
                EXISTS (
                    SELECT 1
                    FROM barrier
                    WHERE barrier.account_id = \(viewer) AND barrier.other_id = \(unsafeRaw: column))
                OR EXISTS (
                    SELECT 1
                    FROM person AS gone
                    WHERE gone.account_id = \(unsafeRaw: column) AND gone.is_erased <> 0))
            """
    }
}
