package import Core
package import Storage

extension AccountsService {
    /// Sessions in one export at most: the newest.
    private static let exportedSessionsMax = 1_000

    /// Writes the members `account` and `sessions`: everything that is known of the person here.
    /// - Throws: ``AccountsError/accountNotFound``.
    package func exportData(of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        let profile = try living(account, in: db)
        let sessions = try db.sessions(of: account, before: nil, limit: Self.exportedSessionsMax, now: clock.now())
        json.name("account")
        json.object { json in
            profile.write(into: &json)
            json.member("updated_at", profile.updatedAt)
        }
        json.name("sessions")
        json.array(sessions) { json, session in
            json.object { session.write(into: &$0) }
        }
    }

    /// Removes the person: names, address, password, sessions. The row stays as a tombstone, because orders and books
    /// refer to it, and nobody gets its handle for ``AccountLimits/handleReservedDays``: links and memories still lead to it.
    /// - Throws: ``AccountsError/accountNotFound``, ``AccountsError/lastAdministrator``.
    package func erase(_ account: ID<Account>, in tx: WriteTransaction) throws {
        let profile = try living(account, in: tx)
        try end(.all, of: account, in: tx)
        try tx.deleteSessions(of: account)
        guard try tx.eraseAccount(account, at: clock.now()) else { throw AccountsError.accountNotFound }
        try tx.retire(profile.handle, until: clock.now().advanced(bySeconds: limits.handleReservedDays * 86_400))
        if profile.role == .administrator { try requireAdministrator(in: tx) }
        try observer.accountErased(account, in: tx)
        try events.accountErased(account, in: tx)
    }
}

extension SessionRow {
    /// The members of the session's JSON object.
    func write(into json: inout JSONWriter) {
        json.member("id", id)
        json.member("device", device)
        json.member("created_at", createdAt)
        json.member("last_used_at", lastUsedAt)
        json.member("expires_at", expiresAt)
    }
}
