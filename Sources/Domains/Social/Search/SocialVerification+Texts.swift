package import Core
import Events
import Search
package import Storage

/// That what can be searched is what there is.
extension SocialService {
    private static let pageSize = 2_000

    private typealias TextPage = @Sendable (_ after: Int64, ReadTransaction) throws -> [(id: Int64, text: String)]

    static var textChecks: [ConsistencyCheck] {
        [
            textCheck("post_text.entries", postText, of: Post.self) { after, db in
                try db.rows(
                    """
                    SELECT id, caption
                    FROM post
                    WHERE id > \(after) AND is_deleted = 0 AND visibility = 0
                    ORDER BY id
                    LIMIT \(pageSize)
                    """
                ) { ($0.integer(0), $0.text(1)) }
            },
            textCheck("person_text.entries", personText, of: Account.self) { after, db in
                try db.rows(
                    """
                    SELECT account_id, handle, display_name
                    FROM person
                    WHERE account_id > \(after) AND is_erased = 0
                    ORDER BY account_id
                    LIMIT \(pageSize)
                    """
                ) { ($0.integer(0), searchText(handle: $0.text(1), displayName: $0.text(2))) }
            },
        ]
    }

    private static func textCheck<Entity: EntityKind & SendableMetatype>(
        _ name: String, _ index: TextIndex, of kind: Entity.Type, page: @escaping TextPage
    ) -> ConsistencyCheck {
        ConsistencyCheck(name) { db, found in
            guard try EventLog.isAtHead(consumer: textIndexerName, in: db) else {
                return .skipped(because: "The index is still being brought up to date: run this again later.")
            }
            var after: Int64 = 0
            while after < .max {
                let texts = try page(after, db)
                let through = texts.count < pageSize ? .max : texts.last?.id ?? .max
                try index.forEachDifference(from: texts, after: after, through: through, in: db) { difference in
                    found(
                        .init(
                            subject: "\(ID<Entity>(rawValue: difference.id))",
                            expected: difference.expected ?? "not to be found", found: difference.found ?? "not found"))
                }
                after = through
            }
            return .done
        }
    }

    /// People's cards in the order of their ids, with how they stand.
    package static func cards(
        after: ID<Account>, limit: Int, in db: some Queryable
    ) throws -> [(card: PersonCard, standing: PersonStanding)] {
        try db.rows(
            """
            SELECT account_id, handle, display_name, bio, avatar_url, is_erased
            FROM person
            WHERE account_id > \(after)
            ORDER BY account_id
            LIMIT \(limit)
            """
        ) { row in
            let card = PersonCard(
                id: row.id(0), handle: row.text(1), displayName: row.text(2), bio: row.text(3),
                avatarURL: row.textOrNil(4))
            return (card, PersonStanding(rawValue: row.integer(5)) ?? .there)
        }
    }
}
