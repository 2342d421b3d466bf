import Core
import PlazaTesting
import Storage
import Testing

@testable import Accounts

@Suite struct AdministrationTests {
    @Test func theFirstRunMakesOneAdministrator() async throws {
        try await withAccounts { plaza in
            var kept: [String] = []
            let first = try await plaza.accounts.ensureAdministrator { kept += [$0, $1] }
            let made = try #require(first)
            #expect(made.handle == "admin")
            #expect(kept == [made.handle, made.password])
            #expect(try await plaza.signIn("admin", password: made.password).profile.role == .administrator)
            let second = try await plaza.accounts.ensureAdministrator { kept += [$0, $1] }
            #expect(second == nil)
            #expect(kept.count == 2)
        }
    }

    @Test func anAdministratorWhosePasswordCannotBeKeptIsNotMade() async throws {
        struct DiskFull: Error {}
        try await withAccounts { plaza in
            await #expect(throws: DiskFull.self) {
                _ = try await plaza.accounts.ensureAdministrator { _, _ in throw DiskFull() }
            }
            let isMade = try await plaza.database.read { try $0.hasAdministrator() }
            #expect(!isMade)
        }
    }

    @Test func anAdministratorIsMadeEvenWhenTheNameIsTaken() async throws {
        try await withAccounts { plaza in
            _ = try await addImported(["admin"], at: plaza.clock.now, to: plaza)
            var kept: [String] = []
            let administrator = try await plaza.accounts.ensureAdministrator { handle, _ in kept.append(handle) }
            let made = try #require(administrator)
            #expect(kept == ["admin", made.handle])
            #expect(made.handle.hasPrefix("admin_"))
            #expect(try await plaza.signIn(made.handle, password: made.password).profile.role == .administrator)
        }
    }

    @Test func aNewRoleIsSeenByTheVeryNextRequest() async throws {
        try await withAccounts { plaza in
            _ = try await plaza.accounts.ensureAdministrator { _, _ in }
            let signedIn = try await plaza.signUp()
            let authenticator = plaza.accounts.authenticator
            #expect(try await authenticator.principal(for: signedIn.tokens.access).role == .person)
            for role in [Role.moderator, .administrator, .person] {
                _ = try await plaza.accounts.administer(signedIn.profile.id, role: role, isSuspended: nil)
                #expect(try await authenticator.principal(for: signedIn.tokens.access).role == role)
            }
        }
    }

    @Test func aSuspendedAccountIsOutAndComesBackByANewSignIn() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp()
            let account = signedIn.profile.id
            #expect(await plaza.refusal(of: signedIn.tokens.access) == nil)
            _ = try await plaza.accounts.administer(account, role: nil, isSuspended: true)
            #expect(await plaza.refusal(of: signedIn.tokens.access) == "invalid_token")
            await #expect(throws: AccountsError.suspended) { try await plaza.signIn() }
            await #expect(throws: AccountsError.wrongLogin) { try await plaza.signIn(password: "wrong horse") }
            await #expect(throws: AccountsError.invalidToken) {
                try await plaza.accounts.refresh(signedIn.tokens.refresh)
            }
            _ = try await plaza.accounts.administer(account, role: nil, isSuspended: false)
            #expect(await plaza.refusal(of: signedIn.tokens.access) == "invalid_token")
            _ = try await plaza.signIn()
        }
    }

    @Test func theLastAdministratorStays() async throws {
        try await withAccounts { plaza in
            _ = try await plaza.accounts.ensureAdministrator { _, _ in }
            let admin = try #require(
                try await plaza.database.read { try $0.loginRow(for: .handle("admin")) }?.account)
            for (role, isSuspended) in [(Role.person, nil), (nil, true)] as [(Role?, Bool?)] {
                await #expect(throws: AccountsError.lastAdministrator) {
                    try await plaza.accounts.administer(admin, role: role, isSuspended: isSuspended)
                }
            }
            await #expect(throws: AccountsError.lastAdministrator) {
                try await plaza.database.write { tx in try plaza.accounts.erase(admin, in: tx) }
            }
            #expect(try await plaza.accounts.profile(of: admin).role == .administrator)
            let second = try await plaza.signUp().profile.id
            _ = try await plaza.accounts.administer(second, role: .administrator, isSuspended: nil)
            _ = try await plaza.accounts.administer(admin, role: .person, isSuspended: nil)
        }
    }

    @Test func importedAccountsHaveAHistoryAndNoPassword() async throws {
        try await withAccounts { plaza in
            let then = Timestamp(microseconds: 1_740_000_000_000_000)
            let profiles = try await addImported(["noor", "maya"], at: then, to: plaza)
            #expect(profiles.map(\.handle) == ["noor", "maya"])
            for profile in profiles {
                #expect(try await plaza.accounts.profile(of: profile.id).createdAt == then)
            }
            #expect(plaza.observer.calls == [], "the importer tells Social itself")
            let hashed = plaza.hashCount.value
            await #expect(throws: AccountsError.wrongLogin) { try await plaza.signIn("noor") }
            #expect(plaza.hashCount.value == hashed + 1)
        }
    }

    private func addImported(
        _ handles: [String], at time: Timestamp, to plaza: AccountsFixture
    ) async throws -> [Profile] {
        try await plaza.database.write { tx in
            let accounts = handles.map { ImportedAccount(handle: $0, displayName: $0, createdAt: time) }
            return try plaza.accounts.addImported(accounts, ids: plaza.accounts.ids, in: tx)
        }
    }
}
