package import Core
import HTTP
import Storage

extension AccountsService {
    /// - Throws: ``AccountsError/accountNotFound``, also for an erased account.
    package func profile(of account: ID<Account>) async throws -> Profile {
        try await database.read { db in try living(account, in: db) }
    }

    /// Applies what is given and leaves the rest.
    ///
    /// Another email address asks for the password: whoever has it can sign in with it, and gets what is sent to it.
    /// - Throws: ``AccountsError/wrongPassword`` and what else confirming a password can throw.
    package func changeProfile(
        of account: ID<Account>, _ change: ProfileChange, password: String? = nil
    ) async throws -> Profile {
        var rules = ProfileRules()
        if let name = change.displayName { rules.displayName(name) }
        if let bio = change.bio { rules.bio(bio) }
        if let url = change.avatarURL { rules.avatarURL(url) }
        var email = change.email.map { rules.email($0) }
        try rules.finish()
        if let wanted = email {
            let stored = try await profile(of: account).email
            if isSameMailbox(stored, wanted) {
                email = nil
            } else {
                guard let password else { throw AccountsError.invalid([Self.passwordRequired]) }
                try await confirmPassword(password, of: account)
            }
        }
        let newEmail = email
        return try await database.write { tx in
            let before = try living(account, in: tx)
            var profile = before
            profile.displayName = change.displayName ?? profile.displayName
            profile.bio = change.bio ?? profile.bio
            profile.avatarURL = change.avatarURL ?? profile.avatarURL
            profile.email = newEmail ?? profile.email
            guard profile != before else { return before }
            profile.updatedAt = clock.now()
            guard try tx.update(profile) else { throw AccountsError.emailTaken }
            try observer.profileChanged(profile, in: tx)
            try events.profileChanged(profile, in: tx)
            return profile
        }
    }

    private static let passwordRequired = FieldProblem(
        pointer: "/current_password", code: "password_required", message: "A change of email needs your password.")

    private func isSameMailbox(_ stored: String?, _ wanted: String?) -> Bool {
        guard let stored, let wanted else { return stored == wanted }
        return MailAddress.folded(stored) == wanted
    }

    func living(_ account: ID<Account>, in db: some Queryable) throws -> Profile {
        guard let profile = try db.profile(of: account), profile.state != .erased else {
            throw AccountsError.accountNotFound
        }
        return profile
    }
}
