import Core
import HTTP
import Storage
import Testing

@testable import Accounts

@Suite struct SignUpTests {
    @Test func signingUpOpensASession() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp("Maya.K", email: "Maya@Example.com")
            #expect(signedIn.profile.handle == "maya.k")
            #expect(signedIn.profile.email == "maya@example.com")
            let principal = try await plaza.accounts.authenticator.principal(for: signedIn.tokens.access)
            #expect(principal.account == signedIn.profile.id)
            #expect(principal.session == signedIn.tokens.session)
            #expect(principal.role == .person)
            #expect(plaza.observer.calls == ["created maya.k"])
            #expect(try await plaza.accounts.profile(of: principal.account) == signedIn.profile)
        }
    }

    @Test func aHandleAndAnEmailAddressAreTakenOnceWhateverTheirCase() async throws {
        try await withAccounts { plaza in
            _ = try await plaza.signUp("maya", email: "maya@example.com")
            let hashed = plaza.hashCount.value
            await #expect(throws: AccountsError.handleTaken) { try await plaza.signUp("MAYA") }
            await #expect(throws: AccountsError.emailTaken) {
                try await plaza.signUp("other", email: "MAYA@example.com")
            }
            #expect(plaza.hashCount.value == hashed)
        }
    }

    @Test func ofManyWhoWantAHandleAtOnceOneGetsIt() async throws {
        try await withAccounts { plaza in
            let outcomes = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<8 { group.addTask { await problemCode { _ = try await plaza.signUp("maya") } } }
                return await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.filter { $0 == "handle_taken" }.count == 7)
        }
    }

    @Test(arguments: [
        "ab", "a-b-c", "_maya", ".maya", "mäya", "maya maya", "admin", "ADMIN", "me", "current", "plaza",
        "acc_000000000000a", "erased_x", String(repeating: "a", count: 31), "\u{212A}elvin", "",
    ])
    func aHandleOutsideTheRulesIsRefused(handle: String) async throws {
        try await withAccounts { plaza in
            #expect(await problemCode { _ = try await plaza.signUp(handle) } == "invalid_fields")
        }
    }

    @Test func everyFaultIsNamedAtOnce() async throws {
        try await withAccounts { plaza in
            let draft = AccountDraft(handle: "a", password: "short", displayName: "  ", email: "nowhere")
            let error = await #expect(throws: AccountsError.self) {
                try await plaza.accounts.signUp(draft, from: AccountsFixture.origin)
            }
            guard case .invalid(let faults) = error else {
                Issue.record("not about fields: \(String(describing: error))")
                return
            }
            #expect(faults.map(\.pointer) == ["/handle", "/display_name", "/email", "/password"])
        }
    }

    @Test(arguments: ["password123", "Qwertyuiop", "12345678", "maya.the.cat", "MAYA.the.cat"])
    func aGuessablePasswordIsRefused(password: String) async throws {
        try await withAccounts { plaza in
            let draft = AccountDraft(handle: "maya.the.cat", password: password, displayName: "Maya")
            let error = await #expect(throws: AccountsError.self) {
                try await plaza.accounts.signUp(draft, from: AccountsFixture.origin)
            }
            guard case .invalid(let faults) = error else { return }
            #expect(faults.map(\.code) == ["password_guessable"])
        }
    }

    @Test func aRefusalOfTheObserverUndoesTheAccount() async throws {
        try await withAccounts { plaza in
            plaza.observer.refuse()
            await #expect(throws: RecordingObserver.Refusal.self) { try await plaza.signUp() }
            let count = try await plaza.database.read { db in
                try db.integer("SELECT count(*) FROM account /* scan: a test's table */")
            }
            #expect(count == 0)
        }
    }

    @Test func neitherPasswordNorTokensAreStoredAsTheyAre() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp()
            let stored = try await plaza.database.read { db in
                try db.first(
                    """
                    SELECT credential.password_hash, session.access_hash, refresh_token.hash
                    FROM credential
                    JOIN session ON session.account_id = credential.account_id
                    JOIN refresh_token ON refresh_token.session_id = session.id
                    WHERE credential.account_id = \(signedIn.profile.id)
                    """
                ) { ($0.text(0), $0.bytes(1), $0.bytes(2)) }
            }
            let (password, access, refresh) = try #require(stored)
            #expect(password.hasPrefix("$scrypt$ln=10,r=8,p=1$"))
            #expect(access == TokenHash(of: signedIn.tokens.access).bytes)
            #expect(refresh == TokenHash(of: signedIn.tokens.refresh).bytes)
        }
    }
}
