import Core
import Events
import PlazaTesting
import RateLimit
import Storage
import Telemetry
import Testing

@testable import Accounts

@Suite struct RefreshReplayTests {
    @Test func twoTabsThatRefreshAtOnceGetTheSameTokensAndStayIn() async throws {
        try await withAccounts { plaza in
            let token = try await plaza.signUp().tokens.refresh
            let answers = try await withThrowingTaskGroup(of: SignedIn.self) { group in
                for _ in 0..<4 { group.addTask { try await plaza.accounts.refresh(token) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.tokens.access)).count == 1)
            #expect(Set(answers.map(\.tokens.refresh)).count == 1)
            let tokens = try #require(answers.first).tokens
            #expect(answers.allSatisfy { $0 == answers.first })
            #expect(await plaza.refusal(of: tokens.access) == nil)
            _ = try await plaza.accounts.refresh(tokens.refresh)
        }
    }

    @Test func aLostAnswerIsGivenAgainWithinTheWindowAndEndsTheFamilyAfterIt() async throws {
        try await withAccounts { plaza in
            let first = try await plaza.signUp()
            let second = try await plaza.accounts.refresh(first.tokens.refresh)
            plaza.clock.advance(seconds: 10)
            #expect(try await plaza.accounts.refresh(first.tokens.refresh).tokens == second.tokens)
            plaza.clock.advance(seconds: 1)
            await #expect(throws: AccountsError.tokenReused) { try await plaza.accounts.refresh(first.tokens.refresh) }
            #expect(await plaza.refusal(of: second.tokens.access) == "invalid_token")
        }
    }

    /// What is needed is in the database: neither a restart nor another instance makes a difference.
    @Test func anotherInstanceOnTheSameDatabaseGivesTheSameTokens() async throws {
        try await withAccounts { plaza in
            let token = try await plaza.signUp().tokens.refresh
            let tokens = try await plaza.accounts.refresh(token).tokens
            let other = plaza.otherInstance()
            #expect(try await other.refresh(token).tokens == tokens)
            _ = try await other.authenticator.principal(for: tokens.access)
        }
    }

    @Test func whoComesLateIsLedToTheNewestTokens() async throws {
        try await withAccounts { plaza in
            let first = try await plaza.signUp().tokens.refresh
            let second = try await plaza.accounts.refresh(first).tokens.refresh
            let third = try await plaza.accounts.refresh(second).tokens
            let late = try await plaza.accounts.refresh(first).tokens
            #expect(late == third)
            #expect(await plaza.refusal(of: late.access) == nil)
        }
    }

    @Test func anEndedSessionGivesNothingAgain() async throws {
        try await withAccounts { plaza in
            let first = try await plaza.signUp()
            _ = try await plaza.accounts.refresh(first.tokens.refresh)
            try await plaza.accounts.endSession(first.tokens.session, of: first.profile.id)
            await #expect(throws: AccountsError.invalidToken) { try await plaza.accounts.refresh(first.tokens.refresh) }
        }
    }

    @Test func withoutAWindowASecondUseEndsTheFamilyAtOnce() async throws {
        var limits = AccountLimits.standard
        limits.refreshReplaySeconds = 0
        try await withAccounts(limits: limits) { plaza in
            let first = try await plaza.signUp().tokens.refresh
            let second = try await plaza.accounts.refresh(first).tokens
            await #expect(throws: AccountsError.tokenReused) { try await plaza.accounts.refresh(first) }
            #expect(await plaza.refusal(of: second.access) == "invalid_token")
            #expect(try await plaza.sealedSuccessors().isEmpty)
        }
    }

    /// A copy of the database must open no session.
    @Test func whatIsStoredIsSealedAndGoesWhenItIsOfNoUse() async throws {
        try await withAccounts { plaza in
            let first = try await plaza.signUp().tokens.refresh
            let second = try await plaza.accounts.refresh(first).tokens
            let sealed = try #require(try await plaza.sealedSuccessors().first)
            let text = String(decoding: sealed, as: UTF8.self)
            #expect(!text.contains(second.access) && !text.contains(second.refresh))
            #expect(RefreshReplay.open(sealed, with: second.refresh) == nil)
            #expect(RefreshReplay.open(sealed, with: first)?.refresh == second.refresh)
            plaza.clock.advance(seconds: 11)
            _ = try await plaza.accounts.refresh(second.refresh)
            let left = try await plaza.sealedSuccessors()
            #expect(left.count == 1 && left != [sealed])
        }
    }
}

extension AccountsFixture {
    /// As after a restart, or beside: nothing in memory is shared.
    fileprivate func otherInstance() -> AccountsService {
        let ids = IDGenerator(node: 2, clock: clock.wall)
        return AccountsService(
            database: database, clock: clock.wall, ids: ids, random: .seeded(99),
            cursors: CursorSealer(key: Array(repeating: 9, count: 32)),
            hasher: PasswordHasher(cost: ScryptCost(logN: 10, blockSize: 8, parallelism: 1), random: .seeded(98)),
            limiter: RateLimiter(capacity: 64), events: EventLog(ids: ids, clock: clock.wall),
            accountObserver: observer, prominent: prominence, registry: MetricRegistry())
    }

    fileprivate func sealedSuccessors() async throws -> [[UInt8]] {
        try await database.read { db in
            try db.rows(
                """
                SELECT sealed_successor FROM refresh_token WHERE sealed_successor IS NOT NULL /* scan: a test's table */
                """
            ) { $0.bytes(0) }
        }
    }
}
