import Core
import Logging
import PlazaTesting
import Realtime
import Storage
import Synchronization
import Testing

@testable import Presence

/// Presence over a real database, with friends as a test has them.
struct PresenceFixture: Sendable {
    let presence: PresenceService
    let database: any Database
    let statements: StatementRecorder
    let clock = ManualClock()
    let pushes = PushRecorder()
    let friends = Friends()

    init(database: any Database) {
        statements = StatementRecorder(database: database)
        self.database = database
        presence = PresenceService(
            database: statements, clock: clock.wall, circle: friends, publisher: pushes, online: pushes,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// What was pushed since the last call: to whom, of whom, whether they are online.
    func told() -> [Told] {
        pushes.take().flatMap { push in
            (push.data["accounts"]?.array ?? []).map { item in
                Told(
                    receiver: String(push.channel.key), account: item["account"]?.string ?? "",
                    isOnline: item["is_online"]?.bool == true)
            }
        }
    }

    struct Told: Equatable, Sendable {
        let receiver: String
        let account: String
        let isOnline: Bool

        init(receiver: String, account: String, isOnline: Bool) {
            self.receiver = receiver
            self.account = account
            self.isOnline = isOnline
        }

        init(_ receiver: ID<Account>, _ account: ID<Account>, _ isOnline: Bool) {
            self.init(receiver: "\(receiver)", account: "\(account)", isOnline: isOnline)
        }
    }

    func come(_ accounts: [ID<Account>]) { presence.accountsChanged(cameOnline: accounts, wentOffline: []) }
    func leave(_ accounts: [ID<Account>]) { presence.accountsChanged(cameOnline: [], wentOffline: accounts) }

    func lastSeen(_ account: ID<Account>) async throws -> Timestamp? {
        try await database.read { db in
            try db.first("SELECT last_seen FROM presence WHERE account_id = \(account)") { $0.timestampOrNil(0) }
        } ?? nil
    }

    func seen(_ account: ID<Account>, by viewer: ID<Account>) async throws -> PresenceItem? {
        try await presence.presence(of: [account], for: viewer).first
    }
}

/// Friendships and blocks without their slice.
final class Friends: PresenceCircle {
    private struct State {
        var friends: [ID<Account>: Set<ID<Account>>] = [:]
        var barred: Set<ID<Account>> = []
    }

    private let state = Mutex(State())

    func befriend(_ account: ID<Account>, _ others: [ID<Account>]) {
        state.withLock { state in
            for other in others {
                state.friends[account, default: []].insert(other)
                state.friends[other, default: []].insert(account)
            }
        }
    }

    /// From everybody.
    func bar(_ account: ID<Account>) { state.withLock { _ = $0.barred.insert(account) } }

    func isFriend(of viewer: ID<Account>, _ column: StaticString) -> SQL {
        "(\(unsafeRaw: "\(column)") IN (\(list: state.withLock { $0.friends[viewer] ?? [] })))"
    }

    func isBarred(from viewer: ID<Account>, _ column: StaticString) -> SQL {
        let barred = state.withLock(\.barred)
        return "(\(unsafeRaw: "\(column)") IN (\(list: barred.isEmpty ? [ID(rawValue: 0)] : barred)))"
    }

    func friends(
        of accounts: [ID<Account>], limit: Int, in db: ReadTransaction
    ) throws -> [(account: ID<Account>, friend: ID<Account>)] {
        let friends = state.withLock(\.friends)
        let all = accounts.sorted().flatMap { account in
            (friends[account] ?? []).sorted().map { (account: account, friend: $0) }
        }
        return Array(all.prefix(limit))
    }
}

func account(_ number: Int) -> ID<Account> { ID(rawValue: Int64(number)) }

func withPresence(_ body: (PresenceFixture) async throws -> Void) async throws {
    try await withDatabase(PresenceService.migrations) { database in
        let fixture = PresenceFixture(database: database)
        try await body(fixture)
        #expect(fixture.pushes.undescribed(by: ["account": PresenceService.accountPushes]) == [])
    }
}
