import Cache
package import Core
package import Events
import Storage

/// A session that has just been opened or refreshed.
package struct SignedIn: Sendable, Equatable {
    package let profile: Profile
    package let tokens: SessionTokens
    /// Lets the device try passwords of this account while others use up what strangers may try: ``KnownDevices``.
    package let deviceToken: String
}

extension AccountsService {
    /// Opens a session for whoever knows the password.
    ///
    /// An unknown login and a wrong password are answered alike and take the same time. After many wrong passwords an
    /// attempt waits before it is looked at; a device that signed in before does not.
    /// - Parameter login: a handle or an email address.
    package func signIn(login: String, password: String, from origin: SignInOrigin) async throws -> SignedIn {
        let login = Login(login)
        let known = knownDevices.attempt(of: origin, attempts)
        var attempt = try known?.attempt ?? attempts.signIn(address: origin.address)
        let row = try await database.read { try $0.loginRow(for: login) }
        if known == nil || known?.account != row?.account {
            // Another's device is nobody's here.
            if known != nil { attempt = try attempts.signIn(address: origin.address) }
            let target = row.map { AttemptLimits.Target.account($0.account) } ?? .unknown(login)
            try attempts.signIn(target, address: origin.address, for: &attempt)
            if attempt.isSlowed { try await pause(AttemptLimits.slowedSeconds) }
        }
        let match = try await verify(password, against: row) { [attempt] in attempts.forgive(attempt) }
        guard let match, let row, let text = row.passwordHash, let changedAt = row.passwordChangedAt else {
            throw AccountsError.wrongLogin
        }
        let renewed = try await renewedHash(of: password, stored: text, match: match)
        return try await database.write { tx in
            // The password may have been changed, or the account suspended, while the hash was computed.
            guard try tx.loginRow(of: row.account)?.passwordChangedAt == changedAt,
                let profile = try tx.profile(of: row.account)
            else { throw AccountsError.wrongLogin }
            guard profile.state == .active else { throw AccountsError.suspended }
            if let renewed { try tx.renewHash(of: row.account, changedAt: changedAt, renewed) }
            return try startSession(for: profile, device: origin.device, in: tx)
        }
    }

    /// Exchanges a refresh token for new tokens; the old access token ends with it.
    ///
    /// A token that comes again within ``AccountLimits/refreshReplaySeconds`` gives the same tokens again: two tabs
    /// refreshed at once, or an answer was lost. Later it ends its session: one of the two who used it has stolen it, and
    /// nobody can tell which.
    package func refresh(_ token: String) async throws -> SignedIn {
        // Ending the session must be committed, so a refusal is a value in the transaction and thrown after it.
        try await database.write { tx in try rotate(token, followed: 0, in: tx) }.get()
    }

    /// - Parameter followed: how many used tokens have led here.
    private func rotate(
        _ token: String, followed: Int, in tx: WriteTransaction
    ) throws -> Result<SignedIn, AccountsError> {
        let (hash, now) = (TokenHash(of: token), clock.now())
        guard let old = try tx.refreshToken(hash) else { return .failure(.invalidToken) }
        guard !old.isRevoked, old.state == .active else { return .failure(.invalidToken) }
        guard old.usedAt == nil else { return try replay(old, of: token, followed: followed, at: now, in: tx) }
        guard old.expiresAt > now else { return .failure(.tokenExpired) }
        guard let profile = try tx.profile(of: old.account) else { return .failure(.invalidToken) }
        let (access, refresh) = (NewToken(random: random), NewToken(random: random))
        let mayBeReplayed = limits.refreshReplaySeconds > 0
        let successor = try RefreshReplay.seal(access: access.text, refresh: refresh.text, with: token, random: random)
        try tx.deleteSuccessors(of: old.session, usedBefore: oldestReplay(at: now))
        try tx.useRefreshToken(hash, for: mayBeReplayed ? successor : nil, at: now)
        try tx.renewSession(old.session, access: access.hash, at: now)
        try tx.insertRefreshToken(refresh.hash, of: old.session, now: now)
        dropAfterCommit([old.access], in: tx)
        return .success(
            signedIn(
                profile, old.session, access: access.text, refresh: refresh.text,
                accessExpiresAt: now.advanced(bySeconds: SessionTokens.accessSeconds)))
    }

    /// Gives again what the token was exchanged for. Where that has been exchanged meanwhile, what came of it.
    private func replay(
        _ old: RefreshRow, of token: String, followed: Int, at now: Timestamp, in tx: WriteTransaction
    ) throws -> Result<SignedIn, AccountsError> {
        guard let usedAt = old.usedAt, usedAt >= oldestReplay(at: now), followed < Self.replaysFollowedMax,
            let sealed = old.sealedSuccessor, let successor = RefreshReplay.open(sealed, with: token)
        else {
            try end(.one(old.session), of: old.account, in: tx)
            return .failure(.tokenReused)
        }
        guard TokenHash(of: successor.access) == old.access else {
            return try rotate(successor.refresh, followed: followed + 1, in: tx)
        }
        guard let profile = try tx.profile(of: old.account) else { return .failure(.invalidToken) }
        return .success(
            signedIn(
                profile, old.session, access: successor.access, refresh: successor.refresh,
                accessExpiresAt: old.accessExpiresAt))
    }

    /// Refreshes in a row, within seconds, through which an old token is followed to the newest.
    private static let replaysFollowedMax = 3

    private func oldestReplay(at now: Timestamp) -> Timestamp {
        now.advanced(bySeconds: -limits.refreshReplaySeconds)
    }

    /// The sessions that are open, newest first.
    package func sessions(
        of account: ID<Account>, cursor: String?, limit: Int
    ) async throws -> (sessions: [SessionRow], next: String?) {
        let filter = "sessions:\(account)"
        let before = try cursor.map { ID<Session>(rawValue: try cursors.open($0, fields: 1, filter: filter)[0]) }
        let now = clock.now()
        let rows = try await database.read { db in
            try db.sessions(of: account, before: before, limit: limit + 1, now: now)
        }
        let page = Array(rows.prefix(limit))
        let next = rows.count > limit ? page.last.map { cursors.seal([$0.id.rawValue], filter: filter) } : nil
        return (page, next)
    }

    /// - Throws: ``AccountsError/sessionNotFound`` also for another person's session and one that has ended.
    package func endSession(_ session: ID<Session>, of account: ID<Account>) async throws {
        try await database.write { tx in
            guard try end(.one(session), of: account, in: tx) > 0 else { throw AccountsError.sessionNotFound }
        }
    }

    private var knownDevices: KnownDevices { KnownDevices(sealer: cursors, clock: clock) }

    func startSession(for profile: Profile, device: String, in tx: WriteTransaction) throws -> SignedIn {
        let now = clock.now()
        let session: ID<Session> = ids.next()
        let (access, refresh) = (NewToken(random: random), NewToken(random: random))
        try tx.insertSession(session, of: profile.id, device: device, access: access.hash, now: now)
        try tx.insertRefreshToken(refresh.hash, of: session, now: now)
        return signedIn(
            profile, session, access: access.text, refresh: refresh.text,
            accessExpiresAt: now.advanced(bySeconds: SessionTokens.accessSeconds))
    }

    /// - Returns: how many have been ended.
    @discardableResult
    func end(_ choice: SessionChoice, of account: ID<Account>, in tx: WriteTransaction) throws -> Int {
        let ended = try tx.revokeSessions(choice, of: account, at: clock.now())
        guard !ended.isEmpty else { return 0 }
        dropAfterCommit(ended.map(\.access), in: tx)
        let sessions = ended.map(\.session)
        try events.sessionsRevoked(sessions, of: account, in: tx)
        let sessionsEnded = sessionsEnded
        tx.afterCommit { sessionsEnded(sessions, account) }
        return ended.count
    }

    /// Types of the events after which a session that is kept in memory is not what it was.
    package static let sessionEvents: Set<String> = [AccountsEvents.sessionRevoked, AccountsEvents.roleChanged]

    /// Forgets the sessions of those to whom another process has done something; what this one does, it forgets by
    /// itself. Their next requests read them again.
    package func forgetSessions(after events: [Event]) {
        let accounts = Set(events.compactMap { ID<Account>($0.subject) })
        cache.dropAll { accounts.contains($0.principal.account) }
        for event in events where event.type == AccountsEvents.sessionRevoked {
            guard let account = ID<Account>(event.subject) else { continue }
            sessionsEnded((event.data["sessions"]?.array ?? []).compactMap { $0.string.flatMap { ID($0) } }, account)
        }
    }

    func dropAfterCommit(_ tokens: [TokenHash], in tx: WriteTransaction) {
        let cache = cache
        tx.afterCommit {
            for token in tokens { cache.drop(token) }
        }
    }

    private func signedIn(
        _ profile: Profile, _ session: ID<Session>, access: String, refresh: String, accessExpiresAt: Timestamp
    ) -> SignedIn {
        SignedIn(
            profile: profile,
            tokens: SessionTokens(
                session: session, access: access, accessExpiresAt: accessExpiresAt, refresh: refresh),
            deviceToken: knownDevices.token(for: profile.id, session))
    }
}
