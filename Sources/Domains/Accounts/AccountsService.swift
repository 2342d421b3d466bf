import Cache
package import Core
package import Events
package import RateLimit
package import Storage
package import Telemetry

/// People: accounts, passwords, sessions and roles.
///
/// Owns `account`, `credential`, `session`, `refresh_token`, `retired_handle`. A password is hashed at sign-up, sign-in and whenever it
/// must be confirmed, and nowhere else; everything after that is tokens. An ended session, a suspended account or a
/// changed role takes effect with the commit that made it: the session cache is dropped before the writer hears of it.
/// What everybody may see of a person is kept by whoever observes accounts, in the same transaction.
///
/// Does not follow, post or pay; does not send mail.
package struct AccountsService: Sendable {
    let database: any Database
    let clock: WallClock
    let ids: IDGenerator
    let random: RandomSource
    let cursors: CursorSealer
    let hasher: PasswordHasher
    let attempts: AttemptLimits
    let limits: AccountLimits
    let pause: @Sendable (_ seconds: Int64) async throws -> Void
    let events: AccountsEvents
    let observer: any AccountObserver
    let prominent: any ProminentAccounts
    let sessionsEnded: @Sendable (_ sessions: [ID<Session>], _ account: ID<Account>) -> Void
    let cache: SessionCache

    /// - Parameters:
    ///   - limiter: counts attempts at passwords and sign-ups; may be the one that counts requests.
    ///   - pause: what slows an attempt down.
    ///   - accountObserver: called inside each transaction that creates, changes or erases an account.
    ///   - prominent: whom nobody may be mistaken for.
    ///   - sessionsEnded: called after the commit that ended sessions, for what was opened with them and is open still.
    package init(
        database: any Database, clock: WallClock, ids: IDGenerator, random: RandomSource, cursors: CursorSealer,
        hasher: PasswordHasher, limiter: RateLimiter, limits: AccountLimits = .standard,
        monotonic: @escaping @Sendable () -> UInt64 = monotonicNanoseconds,
        pause: @escaping @Sendable (_ seconds: Int64) async throws -> Void = {
            try await Task.sleep(for: .seconds($0))
        },
        events: EventLog,
        accountObserver: any AccountObserver, prominent: any ProminentAccounts,
        sessionsEnded: @escaping @Sendable (_ sessions: [ID<Session>], _ account: ID<Account>) -> Void = { _, _ in },
        registry: MetricRegistry
    ) {
        self.database = database
        self.clock = clock
        self.ids = ids
        self.random = random
        self.cursors = cursors
        self.hasher = hasher
        self.limits = limits
        self.pause = pause
        attempts = AttemptLimits(limiter: limiter, limits: limits, now: monotonic)
        self.events = AccountsEvents(log: events)
        observer = accountObserver
        self.prominent = prominent
        self.sessionsEnded = sessionsEnded
        cache = SessionCache(name: "session", costMax: Authenticator.cachedSessionsMax, registry: registry)
    }

    /// Tells who holds an access token.
    package var authenticator: Authenticator {
        Authenticator(database: database, cache: cache, clock: clock)
    }

    /// Creates a person's account and signs them in.
    package func signUp(_ draft: AccountDraft, from origin: SignInOrigin) async throws -> SignedIn {
        let account = try newAccount(draft, mayBeReserved: false)
        try attempts.signUp(address: origin.address)
        // Asked before the costly part; the insert below decides.
        try await database.read { db in
            try requireFree(account, in: db)
            try requireUnmistakable(account.handle, in: db)
        }
        let hash = try await hasher.hash(draft.password)
        return try await database.write { tx in
            try requireFree(account, in: tx)
            try insert(account, hash, in: tx)
            return try startSession(for: account, device: origin.device, in: tx)
        }
    }

    /// The row for a draft that follows the rules.
    /// - Throws: ``AccountsError/invalid(_:)``.
    func newAccount(_ draft: AccountDraft, mayBeReserved: Bool) throws -> Profile {
        var rules = ProfileRules()
        let handle = rules.handle(draft.handle, mayBeReserved: mayBeReserved)
        rules.displayName(draft.displayName)
        let email = rules.email(draft.email)
        rules.password(draft.password, names: [handle, draft.displayName, email].compactMap(\.self))
        try rules.finish()
        return Profile(
            id: ids.next(), handle: handle, displayName: draft.displayName, email: email, role: draft.role,
            createdAt: clock.now())
    }

    private func requireFree(_ account: Profile, in db: some Queryable) throws {
        if let conflict = try db.conflict(handle: account.handle, email: account.email) { throw conflict }
        if try db.isRetired(account.handle, at: clock.now()) { throw AccountsError.handleTaken }
    }

    private func requireUnmistakable(_ handle: String, in db: some Queryable) throws {
        let lookalikes = try db.lookalikes(of: handle)
        guard !lookalikes.isEmpty, try prominent.isAnyProminent(lookalikes, in: db) else { return }
        throw AccountsError.handleLooksAlike
    }

    func insert(_ account: Profile, _ hash: PasswordHash, in tx: WriteTransaction) throws {
        guard try tx.insert(account) else { throw AccountsError.handleTaken }
        try tx.setCredential(of: account.id, hash, at: account.createdAt)
        try observer.accountCreated(account, in: tx)
        try events.accountCreated(account, in: tx)
    }
}

/// What a new account is made from.
package struct AccountDraft: Sendable {
    package var handle: String
    package var password: String
    package var displayName: String
    package var email: String?
    package var role: Role

    package init(
        handle: String, password: String, displayName: String, email: String? = nil, role: Role = .person
    ) {
        self.handle = handle
        self.password = password
        self.displayName = displayName
        self.email = email
        self.role = role
    }
}

/// Where somebody signs in from.
package struct SignInOrigin: Sendable {
    /// Unicode scalars kept of what a device calls itself.
    private static let deviceLengthMax = 200

    /// Counted against, never stored.
    package let address: String
    package let device: String
    /// What an earlier sign-in gave to the device.
    package let deviceToken: String?

    package init(address: String, device: String, deviceToken: String? = nil) {
        self.address = address
        self.deviceToken = deviceToken
        self.device = String(device.unicodeScalars.prefix(Self.deviceLengthMax))
    }
}
