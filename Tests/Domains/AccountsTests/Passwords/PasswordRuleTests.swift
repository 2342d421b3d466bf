import Core
import HTTP
import PlazaTesting
import Storage
import Testing

@testable import Accounts

@Suite struct PasswordRuleTests {
    private static let composed = "Ångström über ﬁve"
    private static let decomposed = "A\u{30A}ngstro\u{308}m u\u{308}ber five"

    @Test func oneKeyboardComposesAndAnotherDoesNot() async throws {
        try await withAccounts { plaza in
            let draft = AccountDraft(handle: "maya", password: Self.composed, displayName: "Maya")
            _ = try await plaza.accounts.signUp(draft, from: AccountsFixture.origin)
            for password in [Self.composed, Self.decomposed, "Ångström über five", "Ａngstro\u{308}m"] {
                let code = await problemCode { _ = try await plaza.signIn(password: password) }
                #expect(code == (password == "Ａngstro\u{308}m" ? "wrong_login" : nil))
            }
        }
    }

    @Test func aPasswordThatWasHashedAsItWasTypedGoesOnWorkingAndIsHashedAnew() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp()
            try await plaza.storeHash(of: Self.decomposed, for: signedIn.profile.id)
            await #expect(throws: AccountsError.wrongLogin) { try await plaza.signIn(password: Self.composed) }
            try await plaza.accounts.confirmPassword(Self.decomposed, of: signedIn.profile.id)
            _ = try await plaza.signIn(password: Self.decomposed)
            _ = try await plaza.signIn(password: Self.composed)
        }
    }

    /// Two forms are tried where there are two, whether there is an account or not.
    @Test(arguments: ["maya", "nobody"]) func whatIsTriedCostsTheSame(login: String) async throws {
        try await withAccounts { plaza in
            _ = try await plaza.signUp()
            let before = plaza.hashCount.value
            await #expect(throws: AccountsError.wrongLogin) { try await plaza.signIn(login, password: "wrong horse") }
            #expect(plaza.hashCount.value == before + 1)
            await #expect(throws: AccountsError.wrongLogin) {
                try await plaza.signIn(login, password: Self.decomposed)
            }
            #expect(plaza.hashCount.value == before + 3)
        }
    }

    @Test(arguments: [
        "qwerty123", "Iloveyou1", "ADMIN123", "trustno1", "liverpool1", "jessica1", "michael1",
        "aaaaaaaa", "AAAAaaaaAAAA", "ееееееее", "😀😀😀😀😀😀😀😀", "12341234", "abcabcabc", "abcdefgh", "87654321",
        "maya.the.cat", "MAYA.the.cat", "mayathecat", "Maya The Cat 2026", "mayakowalska", "Maya Kowalska!",
        "kowalska1987",
        "maya.kowalska", "maya.kowalska@example.com", "ｍａｙａｔｈｅｃａｔ",
    ])
    func whatIsTriedFirstIsRefused(password: String) async throws {
        try await withAccounts { plaza in
            let draft = AccountDraft(
                handle: "maya.the.cat", password: password, displayName: "Maya Kowalska",
                email: "maya.kowalska@example.com")
            let error = await #expect(throws: AccountsError.self) {
                try await plaza.accounts.signUp(draft, from: AccountsFixture.origin)
            }
            guard case .invalid(let faults) = error else { return }
            #expect(faults.map(\.code) == ["password_guessable"])
        }
    }

    @Test(arguments: ["correct horse battery", "kowalska sells kites", "gT4#pq9!", "陶磁器の青い皿", "maya and the sea"])
    func whatHasToBeGuessedIsTaken(password: String) async throws {
        try await withAccounts { plaza in
            let draft = AccountDraft(handle: "maya", password: password, displayName: "Maya Kowalska")
            let code = await problemCode { _ = try await plaza.accounts.signUp(draft, from: AccountsFixture.origin) }
            #expect(code == (password.unicodeScalars.count < 8 ? "invalid_fields" : nil))
        }
    }

    /// Nine scalars as they are typed, seven as they are hashed.
    @Test func theLengthIsThatOfWhatIsHashed() async throws {
        try await withAccounts { plaza in
            let draft = AccountDraft(handle: "maya", password: "ma\u{308}yo\u{308} x7", displayName: "Maya")
            let code = await problemCode { _ = try await plaza.accounts.signUp(draft, from: AccountsFixture.origin) }
            #expect(code == "invalid_fields")
        }
    }

    @Test func ownNamesAreRefusedWhenThePasswordIsChanged() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp(email: "maya.kowalska@example.com")
            let caller = try await plaza.accounts.authenticator.principal(for: signedIn.tokens.access)
            let code = await problemCode {
                try await plaza.accounts.changePassword(
                    of: caller, from: AccountsFixture.password, to: "maya.kowalska")
            }
            #expect(code == "invalid_fields")
        }
    }
}

extension AccountsFixture {
    /// As if Plaza had hashed the password before it normalised any.
    fileprivate func storeHash(of password: String, for account: ID<Account>) async throws {
        let cost = ScryptCost(logN: 10, blockSize: 8, parallelism: 1)
        let salt = Array(repeating: UInt8(5), count: PasswordHash.saltLength)
        let digest = try PasswordHasher.scrypt(Array(password.utf8), salt, cost)
        let hash = PasswordHash(cost: cost, salt: salt, digest: digest).text
        try await database.write { tx in
            try tx.execute("UPDATE credential SET password_hash = \(hash) WHERE account_id = \(account)")
        }
    }
}
