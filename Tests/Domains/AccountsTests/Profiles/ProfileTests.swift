import Core
import HTTP
import PlazaTesting
import Storage
import Testing

@testable import Accounts

@Suite struct ProfileTests {
    @Test func aChangeTouchesWhatItNames() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp(email: "maya@example.com").profile.id
            plaza.clock.advance(seconds: 60)
            let first = try await plaza.accounts.changeProfile(
                of: account, ProfileChange(bio: "Linen\nand light.", avatarURL: "https://example.com/maya.jpg"))
            #expect(first.displayName == "Maya")
            #expect(first.email == "maya@example.com")
            #expect(first.updatedAt == plaza.clock.now)
            let second = try await plaza.accounts.changeProfile(
                of: account, ProfileChange(avatarURL: .some(nil), email: .some(nil)),
                password: AccountsFixture.password)
            #expect(second.bio == "Linen\nand light.")
            #expect(second.avatarURL == nil)
            #expect(second.email == nil)
            #expect(try await plaza.accounts.profile(of: account) == second)
            #expect(plaza.observer.calls == ["created maya", "changed maya", "changed maya"])
        }
    }

    @Test(arguments: [
        ProfileChange(displayName: " \t "), ProfileChange(displayName: "\u{200B}\u{3164}"),
        ProfileChange(displayName: "a\u{202E}b"), ProfileChange(bio: "a\u{85}b"),
        ProfileChange(displayName: "two\nlines"),
        ProfileChange(displayName: String(repeating: "x", count: 51)),
        ProfileChange(bio: String(repeating: "x", count: 301)), ProfileChange(bio: "\u{7}"),
        ProfileChange(avatarURL: "javascript:alert(1)"), ProfileChange(avatarURL: "https://exa mple.com"),
        ProfileChange(email: "nowhere"), ProfileChange(email: "a@b"), ProfileChange(email: "a@b@example.com"),
        ProfileChange(email: "@example.com"), ProfileChange(email: "a b@example.com"), ProfileChange(email: "a@.com"),
    ])
    func aTextOutsideTheRulesIsRefused(change: ProfileChange) async throws {
        try await withAccounts { plaza in
            let profile = try await plaza.signUp().profile
            let code = await problemCode { _ = try await plaza.accounts.changeProfile(of: profile.id, change) }
            #expect(code == "invalid_fields")
            #expect(try await plaza.accounts.profile(of: profile.id) == profile)
        }
    }

    @Test func whatIsTheSameIsNoChange() async throws {
        try await withAccounts { plaza in
            let before = try await plaza.signUp(email: "maya@example.com").profile
            plaza.clock.advance(seconds: 60)
            let change = ProfileChange(displayName: before.displayName, email: "MAYA@example.com")
            #expect(try await plaza.accounts.changeProfile(of: before.id, change) == before)
            #expect(plaza.observer.calls == ["created maya"])
        }
    }

    /// What may be written is what is shown.
    @Test func theLongestTextsAreAccepted() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp().profile.id
            let url = "https://example.com/" + String(repeating: "x", count: Account.avatarURLLengthMax - 20)
            let change = ProfileChange(
                displayName: String(repeating: "é", count: 50), bio: String(repeating: "陶", count: 300), avatarURL: url)
            let profile = try await plaza.accounts.changeProfile(of: account, change)
            var json = JSONWriter()
            json.object { profile.write(into: &$0) }
            #expect(AccountsSchemas.account.problems(in: try JSONParser.parse(json.finish())).isEmpty)
        }
    }

    /// Whoever finds a phone that is signed in must not take the account along.
    @Test func anotherEmailAddressAsksForThePassword() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp(email: "maya@example.com").profile.id
            for email in ["thief@example.com", nil] {
                let change = ProfileChange(bio: "Mine.", email: .some(email))
                let error = await #expect(throws: AccountsError.self) {
                    try await plaza.accounts.changeProfile(of: account, change)
                }
                guard case .invalid(let faults) = error else { continue }
                #expect(faults.map { "\($0.pointer) \($0.code)" } == ["/current_password password_required"])
                await #expect(throws: AccountsError.wrongPassword) {
                    try await plaza.accounts.changeProfile(of: account, change, password: "wrong horse")
                }
            }
            let kept = try await plaza.accounts.profile(of: account)
            #expect(kept.email == "maya@example.com" && kept.bio.isEmpty)
            let change = ProfileChange(email: "maya@example.org")
            let changed = try await plaza.accounts.changeProfile(
                of: account, change, password: AccountsFixture.password)
            #expect(changed.email == "maya@example.org")
        }
    }

    @Test func guessingThePasswordByChangesOfEmailEnds() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp().profile.id
            var codes: [String?] = []
            for _ in 1...11 {
                codes.append(
                    await problemCode {
                        _ = try await plaza.accounts.changeProfile(
                            of: account, ProfileChange(email: "thief@example.com"), password: "wrong horse")
                    })
            }
            #expect(codes == Array(repeating: "wrong_password", count: 10) + ["too_many_attempts"])
        }
    }

    @Test func anotherPersonsEmailAddressIsRefused() async throws {
        try await withAccounts { plaza in
            let maya = try await plaza.signUp("maya", email: "maya@example.com").profile.id
            let noor = try await plaza.signUp("noor").profile.id
            await #expect(throws: AccountsError.emailTaken) {
                try await plaza.accounts.changeProfile(
                    of: noor, ProfileChange(email: "MAYA@example.com"), password: AccountsFixture.password)
            }
            _ = try await plaza.accounts.changeProfile(of: maya, ProfileChange(email: "MAYA@example.com"))
        }
    }
}
