package import Core
import Storage

extension AccountsService {
    /// Sets a new password, and ends every other session: whoever knew the old one is out.
    package func changePassword(of caller: Principal, from current: String, to new: String) async throws {
        let row = try await confirm(current, of: caller.account)
        var rules = ProfileRules()
        rules.password(new, field: "new_password", handle: row.handle)
        try rules.finish()
        let hash = try await hasher.hash(new)
        try await database.write { tx in
            guard
                try tx.replaceCredential(of: caller.account, row.passwordHash ?? "", with: hash, at: clock.now())
            else { throw AccountsError.wrongPassword }
            try end(.allBut(caller.session), of: caller.account, in: tx)
        }
    }

    /// Makes sure that it is the person who asks, and not somebody with their phone.
    /// - Throws: ``AccountsError/wrongPassword``, ``AccountsError/tooManyAttempts(retryAfterSeconds:)``.
    package func confirmPassword(_ password: String, of account: ID<Account>) async throws {
        _ = try await confirm(password, of: account)
    }

    private func confirm(_ password: String, of account: ID<Account>) async throws -> LoginRow {
        try attempts.confirm(account)
        guard let row = try await database.read({ try $0.loginRow(of: account) }) else {
            throw AccountsError.accountNotFound
        }
        let stored = try row.passwordHash.map { text in try PasswordHash(text) }
        guard try await hasher.verify(password, against: stored) else { throw AccountsError.wrongPassword }
        attempts.confirmed(account)
        return row
    }
}
