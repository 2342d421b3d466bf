import Core
import Events
import PlazaTesting
import RateLimit
import Storage
import Synchronization
import Telemetry

@testable import Accounts

/// Accounts over a real database, with a clock that stands still and a hasher that is cheap and counted.
struct AccountsFixture: Sendable {
    static let password = "correct horse battery"
    static let origin = SignInOrigin(address: "192.0.2.1", device: "Plaza/1.0 (test)")

    let accounts: AccountsService
    let database: any Database
    let clock: ManualClock
    let observer: RecordingObserver
    let hashCount: HashCount
    let pauses: Pauses
    let prominence: Prominence

    func signUp(_ handle: String = "maya", email: String? = nil) async throws -> SignedIn {
        let draft = AccountDraft(handle: handle, password: Self.password, displayName: "Maya", email: email)
        return try await accounts.signUp(draft, from: Self.origin)
    }

    func signIn(
        _ login: String = "maya", password: String = Self.password, address: String = Self.origin.address,
        deviceToken: String? = nil
    ) async throws -> SignedIn {
        let origin = SignInOrigin(address: address, device: Self.origin.device, deviceToken: deviceToken)
        return try await accounts.signIn(login: login, password: password, from: origin)
    }

    /// The code of the problem that the token is refused with; nil when it opens a session.
    func refusal(of token: String) async -> String? {
        await problemCode { _ = try await accounts.authenticator.principal(for: token) }
    }
}

final class HashCount: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add() { count.wrappingAdd(1, ordering: .relaxed) }
}

/// Seconds that attempts were slowed down by, without waiting for them.
final class Pauses: Sendable {
    private let seconds = Mutex<[Int64]>([])
    var all: [Int64] { seconds.withLock { $0 } }
    func add(_ pause: Int64) { seconds.withLock { $0.append(pause) } }
}

/// Whoever the test says is well known.
final class Prominence: ProminentAccounts {
    private let known = Mutex<Set<ID<Account>>>([])
    func add(_ account: ID<Account>) { known.withLock { _ = $0.insert(account) } }
    func isAnyProminent(_ accounts: [ID<Account>], in db: some Queryable) throws -> Bool {
        known.withLock { !$0.isDisjoint(with: accounts) }
    }
}

/// Keeps what it is told, and refuses on demand.
final class RecordingObserver: AccountObserver {
    struct Refusal: Error {}

    private let seen = Mutex<[String]>([])
    private let isRefusing = Atomic<Bool>(false)

    var calls: [String] { seen.withLock { $0 } }
    func refuse() { isRefusing.store(true, ordering: .relaxed) }

    func accountCreated(_ profile: Profile, in tx: WriteTransaction) throws { try record("created \(profile.handle)") }
    func profileChanged(_ profile: Profile, in tx: WriteTransaction) throws { try record("changed \(profile.handle)") }
    func accountStateChanged(_ profile: Profile, in tx: WriteTransaction) throws {
        try record("\(profile.state.name) \(profile.handle)")
    }
    func accountErased(_ id: ID<Account>, in tx: WriteTransaction) throws { try record("erased \(id)") }

    private func record(_ call: String) throws {
        if isRefusing.load(ordering: .relaxed) { throw Refusal() }
        seen.withLock { $0.append(call) }
    }
}

func withAccounts(
    limits: AccountLimits = .standard, _ body: (AccountsFixture) async throws -> Void
) async throws {
    try await withDatabase(AccountsService.migrations + EventLog.migrations) { database in
        let clock = ManualClock()
        let ids = IDGenerator(node: 1, clock: clock.wall)
        let (random, observer, hashCount, pauses) = (RandomSource.seeded(7), RecordingObserver(), HashCount(), Pauses())
        let prominence = Prominence()
        let hasher = PasswordHasher(
            cost: ScryptCost(logN: 10, blockSize: 8, parallelism: 1), random: random
        ) { password, salt, cost in
            hashCount.add()
            return try PasswordHasher.scrypt(password, salt, cost)
        }
        let accounts = AccountsService(
            database: database, clock: clock.wall, ids: ids, random: random,
            cursors: CursorSealer(key: Array(repeating: 7, count: 32)), hasher: hasher,
            limiter: RateLimiter(capacity: 1_024), limits: limits,
            monotonic: { UInt64(clock.now.microseconds) * 1_000 }, pause: { pauses.add($0) },
            events: EventLog(ids: ids, clock: clock.wall), accountObserver: observer,
            prominent: prominence, registry: MetricRegistry())
        try await body(
            AccountsFixture(
                accounts: accounts, database: database, clock: clock, observer: observer, hashCount: hashCount,
                pauses: pauses, prominence: prominence))
    }
}
