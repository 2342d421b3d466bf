package import Core
import HTTP
import Storage

extension AccountsService {
    /// Gives an account another role, suspends it or lets it back in. A suspension ends every session, and takes what is the
    /// account's out of sight.
    /// - Parameter until: when a suspension ends by itself; nil for when an administrator ends it. Saying it again changes it.
    /// - Throws: ``AccountsError/lastAdministrator`` when nobody would be left to undo it.
    package func administer(
        _ account: ID<Account>, role: Role?, isSuspended: Bool?, until: Timestamp? = nil
    ) async throws -> Profile {
        if let until, isSuspended != true || until <= clock.now() {
            throw AccountsError.invalid([
                FieldProblem(
                    pointer: "/suspended_until", code: "invalid_time",
                    message: "needs the state suspended, and a time to come")
            ])
        }
        return try await database.write { tx in
            let before = try living(account, in: tx)
            var profile = before
            profile.role = role ?? before.role
            if let isSuspended {
                profile.state = isSuspended ? .suspended : .active
                profile.suspendedUntil = until
            }
            guard profile != before else { return before }
            profile.updatedAt = clock.now()
            _ = try tx.update(profile)
            if before.role == .administrator { try requireAdministrator(in: tx) }
            try tellChange(from: before, to: profile, in: tx)
            return profile
        }
    }

    private func tellChange(from before: Profile, to profile: Profile, in tx: WriteTransaction) throws {
        if profile.role != before.role {
            dropAfterCommit(try tx.accessTokens(of: profile.id), in: tx)
            try events.roleChanged(profile, in: tx)
        }
        if profile.state != before.state {
            if profile.state == .suspended { try end(.all, of: profile.id, in: tx) }
            try observer.accountStateChanged(profile, in: tx)
            try events.stateChanged(profile, in: tx)
        }
    }

    /// Lets back in whose suspension has ended by time.
    package func endSuspensions() async throws {
        var isLeft = true
        while isLeft {
            try Task.checkCancellation()
            isLeft = try await database.write { tx in
                let ended = try tx.rows(
                    """
                    SELECT id
                    FROM account
                    WHERE suspended_until IS NOT NULL AND suspended_until <= \(clock.now())
                    ORDER BY suspended_until
                    LIMIT 1
                    """
                ) { $0.id(0, Account.self) }
                for account in ended {
                    let before = try living(account, in: tx)
                    var profile = before
                    profile.suspendedUntil = nil
                    if before.suspendedUntil == Timestamp(microseconds: 0) {
                        _ = try tx.update(profile)
                        try observer.accountStateChanged(profile, in: tx)
                        continue
                    }
                    profile.state = .active
                    profile.updatedAt = clock.now()
                    _ = try tx.update(profile)
                    try tellChange(from: before, to: profile, in: tx)
                }
                return !ended.isEmpty
            }
        }
    }

    func requireAdministrator(in tx: WriteTransaction) throws {
        guard try tx.hasAdministrator() else { throw AccountsError.lastAdministrator }
    }

    /// Creates an account without signing anybody in. Handles that are reserved, retired or
    /// look like another's are allowed: an operator asks.
    package func createAccount(_ draft: AccountDraft) async throws -> Profile {
        let account = try newAccount(draft, mayBeReserved: true)
        let hash = try await hasher.hash(draft.password)
        try await database.write { tx in
            if let conflict = try tx.conflict(handle: account.handle, email: account.email) { throw conflict }
            try insert(account, hash, in: tx)
        }
        return account
    }

    /// On the first run: creates an administrator when there is none.
    /// - Parameter keep: told the handle and password before the account exists, so that nobody can lose them: an
    ///   account that is there was kept. Told again when the handle turns out to be taken.
    /// - Returns: its handle and password, which are told this once; nil when there is an administrator.
    package func ensureAdministrator(
        keep: (_ handle: String, _ password: String) throws -> Void
    ) async throws -> (handle: String, password: String)? {
        let password = Base64URL.encode(random.bytes(18))
        // Somebody may have been called admin before, by an import.
        for handle in ["admin", "admin_\(random.next() % 1_000_000)"] {
            if try await database.read({ try $0.hasAdministrator() }) { return nil }
            let draft = AccountDraft(
                handle: handle, password: password, displayName: "Administrator", role: .administrator)
            try keep(handle, password)
            do throws(any Error) {
                return (try await createAccount(draft).handle, password)
            } catch AccountsError.handleTaken {
                continue
            }
        }
        throw AccountsError.handleTaken
    }
}
