package import Core
import Storage

extension AccountsService {
    /// Sets a new password, and ends every other session: whoever knew the old one is out.
    package func changePassword(of caller: Principal, from current: String, to new: String) async throws {
        let row = try await confirm(current, of: caller.account)
        let profile = try await profile(of: caller.account)
        var rules = ProfileRules()
        rules.password(new, field: "new_password", names: profile.names)
        try rules.finish()
        let hash = try await hasher.hash(new)
        try await database.write { tx in
            guard let changedAt = row.passwordChangedAt,
                try tx.replaceCredential(of: caller.account, changedAt: changedAt, with: hash, at: clock.now())
            else { throw AccountsError.wrongPassword }
            try end(.allBut(caller.session), of: caller.account, in: tx)
        }
    }

    /// Sets a password without asking for the one before, and ends every session: an operator asks.
    ///
    /// A server beside this process forgets them when it hears of it: ``forgetSessions(after:)``.
    /// - Throws: ``AccountsError/accountNotFound``, ``AccountsError/invalid(_:)``.
    package func resetPassword(of handle: String, to new: String) async throws {
        guard let handle = Handle.folded(handle) else { throw AccountsError.accountNotFound }
        let row = try await database.read { try $0.loginRow(for: .handle(handle)) }
        guard let row else { throw AccountsError.accountNotFound }
        let profile = try await profile(of: row.account)
        var rules = ProfileRules()
        rules.password(new, names: profile.names)
        try rules.finish()
        let hash = try await hasher.hash(new)
        try await database.write { tx in
            guard let row = try tx.loginRow(for: .handle(handle)) else { throw AccountsError.accountNotFound }
            try tx.setCredential(of: row.account, hash, at: clock.now())
            try end(.all, of: row.account, in: tx)
        }
    }

    /// Makes sure that it is the person who asks, and not somebody with their phone.
    /// - Throws: ``AccountsError/wrongPassword``, ``AccountsError/tooManyAttempts(policy:_:retryAfterSeconds:)``.
    package func confirmPassword(_ password: String, of account: ID<Account>) async throws {
        _ = try await confirm(password, of: account)
    }

    private func confirm(_ password: String, of account: ID<Account>) async throws -> LoginRow {
        let attempt = try attempts.confirm(account)
        guard let row = try await database.read({ try $0.loginRow(of: account) }) else {
            throw AccountsError.accountNotFound
        }
        let match = try await verify(password, against: row) { attempts.forgive(attempt) }
        guard match != nil else { throw AccountsError.wrongPassword }
        return row
    }

    /// Hashes whether there is something to compare with or not.
    /// - Parameter forgive: gives the attempt back: the password was right, or the queue was too long to look at it.
    func verify(
        _ password: String, against row: LoginRow?, forgive: () -> Void
    ) async throws -> PasswordHasher.Match? {
        let stored = try row?.passwordHash.map { text in try PasswordHash(text) }
        do {
            let match = try await hasher.match(password, against: stored)
            if match != nil { forgive() }
            return match
        } catch {
            forgive()
            throw error
        }
    }

    /// The same password as it is hashed today, when it was hashed at a lower cost or as it was typed; nil when there is
    /// nothing to do, and when so many wait that the next sign-in may see to it.
    func renewedHash(
        of password: String, stored: String, match: PasswordHasher.Match
    ) async throws -> PasswordHash? {
        guard try match == .asTyped || hasher.isBelowToday(PasswordHash(stored)) else { return nil }
        do {
            return try await hasher.hash(password)
        } catch AccountsError.busy {
            return nil
        }
    }
}
