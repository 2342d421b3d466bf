import Core
import Storage

extension Profile {
    /// In the order that ``init(_:)`` reads them.
    static let columns: SQL = """
        account.id, account.handle, account.display_name, account.bio, account.avatar_url, account.email,
        account.role, account.state, account.created_at, account.updated_at, account.suspended_until
        """

    init(_ row: Row) {
        self.init(
            id: row.id(0), handle: row.text(1), displayName: row.text(2), bio: row.text(3), avatarURL: row.textOrNil(4),
            email: row.textOrNil(5), role: Role(rawValue: row.integer(6)) ?? .person,
            state: AccountState(rawValue: row.integer(7)) ?? .suspended, createdAt: row.timestamp(8))
        updatedAt = row.timestamp(9)
        suspendedUntil = row.timestampOrNil(10)
    }
}

/// An account as sign-in needs it. The hash is nil where no password was ever set.
struct LoginRow: Sendable {
    let account: ID<Account>
    let state: AccountState
    let passwordHash: String?
    /// Names the password: another one has another time, and the same one hashed anew has the same.
    let passwordChangedAt: Timestamp?

    static let columns: SQL = """
        account.id, account.state, credential.password_hash, credential.changed_at
        """

    init(_ row: Row) {
        account = row.id(0)
        state = AccountState(rawValue: row.integer(1)) ?? .suspended
        passwordHash = row.textOrNil(2)
        passwordChangedAt = row.timestampOrNil(3)
    }
}

extension Queryable {
    func profile(of account: ID<Account>) throws -> Profile? {
        try first("SELECT \(Profile.columns) FROM account WHERE id = \(account)", Profile.init)
    }

    func loginRow(for login: Login) throws -> LoginRow? {
        let condition: SQL =
            switch login {
            case .handle(let handle): "account.handle = \(handle)"
            case .email(let email): "account.email IN (\(list: MailAddress.spellings(of: email)))"
            }
        return try loginRow(where: condition)
    }

    func loginRow(of account: ID<Account>) throws -> LoginRow? {
        try loginRow(where: "account.id = \(account)")
    }

    private func loginRow(where condition: SQL) throws -> LoginRow? {
        try first(
            """
            SELECT \(LoginRow.columns)
            FROM account
            LEFT JOIN credential ON credential.account_id = account.id
            WHERE \(condition)
            """, LoginRow.init)
    }

    /// Whether somebody has the handle or the email address: which of them is taken, the handle first.
    func conflict(handle: String, email: String?) throws -> AccountsError? {
        let spellings = email.map(MailAddress.spellings) ?? []
        let handles = try rows(
            "SELECT handle FROM account WHERE handle = \(handle) OR email IN (\(list: spellings))"
        ) { $0.text(0) }
        if handles.isEmpty { return nil }
        return handles.contains(handle) ? .handleTaken : .emailTaken
    }

    func hasAdministrator() throws -> Bool {
        // Literals, so that the partial index answers.
        try exists("SELECT 1 FROM account WHERE role = 2 AND state = 0 LIMIT 1")
    }
}

extension WriteTransaction {
    /// - Returns: false when the handle or the email address is taken.
    func insert(_ profile: Profile) throws -> Bool {
        try execute(
            """
            INSERT INTO account
                (id, handle, display_name, bio, avatar_url, email, role, state, created_at, updated_at)
            VALUES
                (\(profile.id), \(profile.handle), \(profile.displayName), \(profile.bio), \(profile.avatarURL),
                 \(profile.email), \(profile.role), \(profile.state), \(profile.createdAt), \(profile.updatedAt))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    /// Writes what may change of a profile. The handle changes only by ``eraseAccount(_:at:)``.
    /// - Returns: false when the email address is another account's.
    func update(_ profile: Profile) throws -> Bool {
        if let email = profile.email,
            try exists(
                """
                SELECT 1
                FROM account
                WHERE email IN (\(list: MailAddress.spellings(of: email))) AND id <> \(profile.id)
                """)
        {
            return false
        }
        try execute(
            """
            UPDATE account
            SET display_name = \(profile.displayName), bio = \(profile.bio), avatar_url = \(profile.avatarURL),
                email = \(profile.email), role = \(profile.role), state = \(profile.state),
                suspended_until = \(profile.suspendedUntil), updated_at = \(profile.updatedAt)
            WHERE id = \(profile.id)
            """)
        return true
    }

    func setCredential(of account: ID<Account>, _ hash: PasswordHash, at now: Timestamp) throws {
        try execute(
            """
            INSERT INTO credential (account_id, password_hash, changed_at)
            VALUES (\(account), \(hash.text), \(now))
            ON CONFLICT (account_id)
            DO UPDATE SET password_hash = excluded.password_hash, changed_at = \(Self.nextChange(at: now))
            """)
    }

    /// - Returns: false when the password is no longer the one that was checked.
    func replaceCredential(
        of account: ID<Account>, changedAt: Timestamp, with hash: PasswordHash, at now: Timestamp
    ) throws -> Bool {
        try execute(
            """
            UPDATE credential
            SET password_hash = \(hash.text), changed_at = \(Self.nextChange(at: now))
            WHERE account_id = \(account) AND changed_at = \(changedAt)
            """) == 1
    }

    /// Stores another hash of the same password.
    func renewHash(of account: ID<Account>, changedAt: Timestamp, _ hash: PasswordHash) throws {
        try execute(
            """
            UPDATE credential
            SET password_hash = \(hash.text)
            WHERE account_id = \(account) AND changed_at = \(changedAt)
            """)
    }

    /// Never the time of the password before, whatever the clock does.
    private static func nextChange(at now: Timestamp) -> SQL {
        "CASE WHEN credential.changed_at < \(now) THEN \(now) ELSE credential.changed_at + 1 END"
    }

    /// Leaves a tombstone: the row that others refer to, without the person.
    /// - Returns: false when there is no such account, or it has been erased before.
    func eraseAccount(_ account: ID<Account>, at now: Timestamp) throws -> Bool {
        let erased = try execute(
            """
            UPDATE account
            SET handle = \(Handle.tombstone(of: account)), display_name = '', bio = '', avatar_url = NULL,
                email = NULL, role = \(Role.person), state = \(AccountState.erased), suspended_until = NULL,
                updated_at = \(now)
            WHERE id = \(account) AND state <> \(AccountState.erased)
            """)
        try execute("DELETE FROM credential WHERE account_id = \(account)")
        return erased == 1
    }
}
