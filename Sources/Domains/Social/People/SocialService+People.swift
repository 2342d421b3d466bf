package import Core
package import Storage

/// What Social keeps of an account, as its owner tells it.
package struct PersonCard: Sendable, Equatable {
    package let id: ID<Account>
    package let handle: String
    package let displayName: String
    package let bio: String
    package let avatarURL: String?

    package init(id: ID<Account>, handle: String, displayName: String, bio: String, avatarURL: String?) {
        self.id = id
        self.handle = handle
        self.displayName = displayName
        self.bio = bio
        self.avatarURL = avatarURL
    }

    /// The same beside a post, where no bio is shown.
    func looksLike(_ other: PersonCard) -> Bool {
        handle == other.handle && displayName == other.displayName && avatarURL == other.avatarURL
    }
}

/// How a person is named in a request.
package enum PersonName: Sendable {
    case id(ID<Account>)
    case handle(String)
}

extension SocialService {
    /// The public side of an account, as `viewer` sees it.
    package func person(_ name: PersonName, viewer: ID<Account>?) async throws -> Person {
        let found = try await database.read { db in try person(name, viewer: viewer ?? .nobody, in: db) }
        guard let found else { throw SocialError.accountNotFound }
        return found
    }

    /// Whether there is such a person, and no block between the two.
    package func canMeet(_ person: ID<Account>, _ other: ID<Account>, in tx: WriteTransaction) throws -> Bool {
        try self.person(.id(person), viewer: other, in: tx) != nil
    }

    func person(_ name: PersonName, viewer: ID<Account>, in db: some Queryable) throws -> Person? {
        let condition = name.condition
        return try db.first(
            """
            SELECT \(unsafeRaw: Person.columns),
                \(Person.tie(to: viewer))
            FROM person
            WHERE \(condition) AND person.is_erased = 0
                AND NOT EXISTS (
                    SELECT 1 FROM barrier
                    WHERE barrier.account_id = \(viewer) AND barrier.other_id = person.account_id)
            """
        ) { Person($0) }
    }

    // MARK: Kept in step with the account

    /// A new account: it can be followed once the transaction commits.
    package func addPerson(_ card: PersonCard, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            INSERT INTO person (account_id, handle, display_name, bio, avatar_url)
            VALUES (\(card.id), \(card.handle), \(card.displayName), \(card.bio), \(card.avatarURL))
            """)
        try tell(SocialEvent.personChanged, about: card.id, [:], in: tx)
    }

    /// The account's profile has changed: its name in every list with it. What is the same costs nothing.
    package func changePerson(_ card: PersonCard, in tx: WriteTransaction) throws {
        let old = try tx.first(
            "SELECT account_id, handle, display_name, bio, avatar_url FROM person WHERE account_id = \(card.id)"
        ) { row in
            PersonCard(
                id: row.id(0), handle: row.text(1), displayName: row.text(2), bio: row.text(3),
                avatarURL: row.textOrNil(4))
        }
        guard let old, old != card else { return }
        try tx.execute(
            """
            UPDATE person
            SET handle = \(card.handle), display_name = \(card.displayName), bio = \(card.bio), avatar_url = \(card.avatarURL)
            WHERE account_id = \(card.id)
            """)
        try tell(SocialEvent.personChanged, about: card.id, [:], in: tx)
        if !card.looksLike(old) { try dropTexts(by: card.id, after: tx) }
    }
}

extension PersonName {
    fileprivate var condition: SQL {
        switch self {
        case .id(let id): return "person.account_id = \(id)"
        case .handle(let handle): return "person.handle = \(handle.lowercased())"
        }
    }
}
