package import Core
import Storage

extension AccountsService {
    /// - Throws: ``AccountsError/accountNotFound``, also for an erased account.
    package func profile(of account: ID<Account>) async throws -> Profile {
        try await database.read { db in try living(account, in: db) }
    }

    /// Applies what is given and leaves the rest.
    package func changeProfile(of account: ID<Account>, _ change: ProfileChange) async throws -> Profile {
        var rules = ProfileRules()
        if let name = change.displayName { rules.displayName(name) }
        if let bio = change.bio { rules.bio(bio) }
        if let url = change.avatarURL { rules.avatarURL(url) }
        let email = change.email.map { rules.email($0) }
        try rules.finish()
        return try await database.write { tx in
            let before = try living(account, in: tx)
            var profile = before
            profile.displayName = change.displayName ?? profile.displayName
            profile.bio = change.bio ?? profile.bio
            profile.avatarURL = change.avatarURL ?? profile.avatarURL
            profile.email = email ?? profile.email
            guard profile != before else { return before }
            profile.updatedAt = clock.now()
            guard try tx.update(profile) else { throw AccountsError.emailTaken }
            try observer.profileChanged(profile, in: tx)
            try events.profileChanged(profile, in: tx)
            return profile
        }
    }

    func living(_ account: ID<Account>, in db: some Queryable) throws -> Profile {
        guard let profile = try db.profile(of: account), profile.state != .erased else {
            throw AccountsError.accountNotFound
        }
        return profile
    }
}
