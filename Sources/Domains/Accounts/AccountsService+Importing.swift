package import Core
package import Storage

/// An account from elsewhere, with a history.
package struct ImportedAccount: Sendable {
    package let handle: String
    package let displayName: String
    package let createdAt: Timestamp

    package init(handle: String, displayName: String, createdAt: Timestamp) {
        self.handle = handle
        self.displayName = displayName
        self.createdAt = createdAt
    }
}

extension AccountsService {
    /// A handle as it is stored; nil when it breaks the rules.
    package static func storedHandle(_ text: String) -> String? {
        Handle.folded(text)
    }

    /// Hashes the one password that imported accounts are to share.
    package func hash(_ password: String) async throws -> PasswordHash {
        try await hasher.hash(password)
    }

    /// Who has which of these handles.
    package func accounts(named handles: [String], in db: some Queryable) throws -> [String: ID<Account>] {
        var found: [String: ID<Account>] = [:]
        try db.forEach(
            in: handles, { "SELECT handle, id FROM account WHERE handle IN (\(list: $0))" }
        ) { found[$0.text(0)] = $0.id(1) }
        return found
    }

    /// Adds accounts in bulk. Their handles are free: the caller has asked ``accounts(named:in:)`` in this transaction.
    ///
    /// Neither the log nor the observer is told: an import is one thing that happened, and the importer tells Social.
    /// - Parameters:
    ///   - ids: makes ids of the accounts' times.
    ///   - password: what all of them sign in with; nil for accounts that cannot.
    /// - Throws: ``AccountsError/invalid(_:)`` when a handle or name breaks the rules.
    package func addImported(
        _ accounts: [ImportedAccount], ids: IDGenerator, password: PasswordHash? = nil, in tx: WriteTransaction
    ) throws -> [Profile] {
        var rules = ProfileRules()
        for account in accounts {
            _ = rules.handle(account.handle, mayBeReserved: true)
            rules.displayName(account.displayName)
        }
        try rules.finish()
        let newIDs = try ids.next(at: accounts.map(\.createdAt)) { try taken($0, in: tx) }
        let profiles = zip(newIDs, accounts).map { id, account in
            Profile(
                id: id, handle: account.handle, displayName: account.displayName, createdAt: account.createdAt)
        }
        try insert(profiles, in: tx)
        if let password { try insertCredentials(of: profiles, password, in: tx) }
        return profiles
    }

    private func taken(_ ids: [ID<Account>], in db: some Queryable) throws -> Set<ID<Account>> {
        var taken: Set<ID<Account>> = []
        try db.forEach(in: ids, { "SELECT id FROM account WHERE id IN (\(list: $0))" }) { taken.insert($0.id(0)) }
        return taken
    }

    private func insert(_ profiles: [Profile], in tx: WriteTransaction) throws {
        try tx.executeMany(profiles, as: "(?, ?, ?, '', ?, ?, ?, ?)") { profile, values in
            values.append(profile.id.sqlValue)
            values.append(.text(profile.handle))
            values.append(.text(profile.displayName))
            values.append(profile.role.sqlValue)
            values.append(profile.state.sqlValue)
            values.append(profile.createdAt.sqlValue)
            values.append(profile.updatedAt.sqlValue)
        } statement: { values in
            """
            INSERT INTO account (id, handle, display_name, bio, role, state, created_at, updated_at)
            \(values)
            """
        }
    }

    private func insertCredentials(
        of profiles: [Profile], _ password: PasswordHash, in tx: WriteTransaction
    ) throws {
        let text = password.text
        try tx.executeMany(profiles, as: "(?, ?, ?)") { profile, values in
            values.append(profile.id.sqlValue)
            values.append(.text(text))
            values.append(profile.createdAt.sqlValue)
        } statement: { values in
            "INSERT INTO credential (account_id, password_hash, changed_at) \(values)"
        }
    }
}
