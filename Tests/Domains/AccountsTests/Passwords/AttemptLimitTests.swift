import HTTP
import HTTPTypes
import PlazaTesting
import RateLimit
import Testing

@testable import Accounts

@Suite struct AttemptLimitTests {
    private let tight = AccountLimits(
        signInPerLogin: Allowance(count: 3, perSeconds: 60), signInPerAddress: Allowance(count: 5, perSeconds: 60),
        signUpPerAddress: Allowance(count: 2, perSeconds: 60))

    private func attempt(_ plaza: AccountsFixture, _ login: String, from address: String) async -> String? {
        await problemCode {
            let origin = SignInOrigin(address: address, device: "")
            _ = try await plaza.accounts.signIn(login: login, password: "wrong horse", from: origin)
        }
    }

    @Test(arguments: ["maya", "nobody"])
    func guessingAtOneLoginEndsFromWhereverAndWhetherItExistsOrNot(login: String) async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp("maya")
            for number in 1...3 { #expect(await attempt(plaza, login, from: "192.0.2.\(number)") == "wrong_login") }
            let hashed = plaza.hashCount.value
            #expect(await attempt(plaza, login.uppercased(), from: "192.0.2.4") == "too_many_attempts")
            #expect(plaza.hashCount.value == hashed)
            plaza.clock.advance(seconds: 20)
            #expect(await attempt(plaza, login, from: "192.0.2.4") == "wrong_login")
        }
    }

    @Test func guessingFromOneAddressEndsWhateverTheLogin() async throws {
        try await withAccounts(limits: tight) { plaza in
            for number in 1...5 { #expect(await attempt(plaza, "name\(number)", from: "192.0.2.1") == "wrong_login") }
            #expect(await attempt(plaza, "name6", from: "192.0.2.1") == "too_many_attempts")
            #expect(await attempt(plaza, "name6", from: "192.0.2.2") == "wrong_login")
        }
    }

    /// Handle and address count together: two allowances would be twice the guesses at one password.
    @Test func guessingAtOneAccountEndsWhateverOfItsLoginsIsTyped() async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp("maya", email: "maya@example.com")
            for number in 1...3 {
                let login = number.isMultiple(of: 2) ? "maya" : "Maya@example.com"
                #expect(await attempt(plaza, login, from: "192.0.2.\(number)") == "wrong_login")
            }
            let hashed = plaza.hashCount.value
            for login in ["maya", "maya@example.com"] {
                #expect(await attempt(plaza, login, from: "192.0.2.4") == "too_many_attempts")
            }
            #expect(plaza.hashCount.value == hashed)
            #expect(await attempt(plaza, "noor", from: "192.0.2.4") == "wrong_login")
        }
    }

    @Test func aRightPasswordIsNoAttempt() async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp()
            for _ in 1...10 { _ = try await plaza.signIn() }
        }
    }

    /// The same for both, or the answer would tell whether there is such an account.
    @Test(arguments: ["maya", "nobody"])
    func theRefusalSaysWhichAllowanceIsUsedUp(login: String) async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp("maya")
            for number in 1...3 { _ = await attempt(plaza, login, from: "192.0.2.\(number)") }
            let error = await #expect(throws: AccountsError.self) {
                try await plaza.signIn(login, password: "wrong horse")
            }
            let problem = try #require(error?.problem)
            #expect(problem.code == "too_many_attempts")
            #expect(problem.retryAfterSeconds == 20)
            let fields = problem.headers.map { "\($0.name.rawName): \($0.value)" }
            #expect(fields.sorted() == ["RateLimit-Policy: \"sign_in\";q=3;w=60", "RateLimit: \"sign_in\";r=0;t=20"])
        }
    }

    @Test func accountsOfOneAddressAreLimited() async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp("one")
            _ = try await plaza.signUp("two")
            let refusal = AccountsError.tooManyAttempts(
                policy: "sign_up_address", tight.signUpPerAddress, retryAfterSeconds: 30)
            await #expect(throws: refusal) {
                try await plaza.signUp("three")
            }
        }
    }

    @Test func guessingAtAConfirmationEnds() async throws {
        try await withAccounts(limits: tight) { plaza in
            let account = try await plaza.signUp().profile.id
            for _ in 1...3 {
                await #expect(throws: AccountsError.wrongPassword) {
                    try await plaza.accounts.confirmPassword("wrong horse", of: account)
                }
            }
            let refusal = AccountsError.tooManyAttempts(
                policy: "confirmation", tight.signInPerLogin, retryAfterSeconds: 20)
            await #expect(throws: refusal) {
                try await plaza.accounts.confirmPassword(AccountsFixture.password, of: account)
            }
        }
    }
}
