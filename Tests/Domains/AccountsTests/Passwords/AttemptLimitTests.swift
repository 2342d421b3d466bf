import HTTP
import HTTPTypes
import PlazaTesting
import RateLimit
import Testing

@testable import Accounts

@Suite struct AttemptLimitTests {
    private let tight: AccountLimits = {
        var limits = AccountLimits.standard
        limits.signIn = Allowance(count: 3, perSeconds: 60)
        limits.slowedSignIn = Allowance(count: 2, perSeconds: 60)
        limits.signInPerAccount = Allowance(count: 12, perSeconds: 60)
        limits.signInPerAddress = Allowance(count: 8, perSeconds: 60)
        limits.signUpPerAddress = Allowance(count: 2, perSeconds: 60)
        limits.confirmation = Allowance(count: 3, perSeconds: 60)
        return limits
    }()

    private func attempt(
        _ plaza: AccountsFixture, _ login: String, from address: String, deviceToken: String? = nil
    ) async -> String? {
        await problemCode {
            _ = try await plaza.signIn(login, password: "wrong horse", address: address, deviceToken: deviceToken)
        }
    }

    @Test(arguments: ["maya", "nobody"])
    func guessingFromOneAddressIsSlowedDownAndThenEndsWhetherTheLoginExistsOrNot(login: String) async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp("maya")
            for _ in 1...3 { #expect(await attempt(plaza, login, from: "192.0.2.1") == "wrong_login") }
            #expect(plaza.pauses.all == [])
            for _ in 1...2 { #expect(await attempt(plaza, login, from: "192.0.2.1") == "wrong_login") }
            #expect(plaza.pauses.all == [4, 4])
            let hashed = plaza.hashCount.value
            #expect(await attempt(plaza, login.uppercased(), from: "192.0.2.1") == "too_many_attempts")
            #expect(plaza.hashCount.value == hashed)
            plaza.clock.advance(seconds: 30)
            #expect(await attempt(plaza, login, from: "192.0.2.1") == "wrong_login")
        }
    }

    /// The owner is let in late, not refused, also from where the guessing comes from.
    @Test func aRightPasswordIsSlowedDownWhereOthersGuessedAndAtOnceElsewhere() async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp("maya")
            for _ in 1...3 { _ = await attempt(plaza, "maya", from: "192.0.2.1") }
            _ = try await plaza.signIn(address: "192.0.2.1")
            #expect(plaza.pauses.all == [4])
            _ = try await plaza.signIn(address: "192.0.2.2")
            #expect(plaza.pauses.all == [4])
        }
    }

    @Test func oneAddressThatIsRefusedKeepsTheOwnerOutNowhereElse() async throws {
        try await withAccounts { plaza in
            _ = try await plaza.signUp("maya")
            var codes: [String?] = []
            for _ in 1...40 { codes.append(await attempt(plaza, "maya", from: "203.0.113.7")) }
            #expect(codes.last == "too_many_attempts")
            _ = try await plaza.signIn(address: "192.0.2.2")
            #expect(plaza.pauses.all.count == 20)
        }
    }

    @Test(arguments: ["maya", "nobody"])
    func guessingFromManyAddressesEnds(login: String) async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp("maya")
            for number in 1...12 { #expect(await attempt(plaza, login, from: "192.0.2.\(number)") == "wrong_login") }
            let hashed = plaza.hashCount.value
            #expect(await attempt(plaza, login, from: "192.0.2.99") == "too_many_attempts")
            #expect(plaza.hashCount.value == hashed)
        }
    }

    /// Whoever guesses can be behind the owner's address, or behind a thousand: it is not the owner's device.
    @Test func aDeviceThatSignedInBeforeIsLetThroughAtOnce() async throws {
        try await withAccounts(limits: tight) { plaza in
            let device = try await plaza.signUp("maya").deviceToken
            for number in 1...12 { _ = await attempt(plaza, "maya", from: "192.0.2.\(number)") }
            for number in 1...9 { _ = await attempt(plaza, "name\(number)", from: "203.0.113.1") }
            #expect(await problemCode { _ = try await plaza.signIn(address: "203.0.113.1") } == "too_many_attempts")
            let signedIn = try await plaza.signIn(address: "203.0.113.1", deviceToken: device)
            #expect(plaza.pauses.all == [])
            // What it is given now is as good.
            _ = try await plaza.signIn(address: "203.0.113.1", deviceToken: signedIn.deviceToken)
        }
    }

    @Test func aDeviceThatStayedAwayForAYearIsAStranger() async throws {
        var limits = tight
        limits.signIn = Allowance(count: 1, perSeconds: 60)
        try await withAccounts(limits: limits) { plaza in
            let device = try await plaza.signUp("maya").deviceToken
            for (days, pauses) in [(364, 0), (1, 1)] as [(Int64, Int)] {
                plaza.clock.advance(seconds: days * 86_400)
                _ = await attempt(plaza, "maya", from: "192.0.2.1")
                _ = try await plaza.signIn(address: "192.0.2.1", deviceToken: device)
                #expect(plaza.pauses.all.count == pauses)
            }
        }
    }

    @Test func aKnownDeviceThatGuessesIsAStrangerAgain() async throws {
        try await withAccounts(limits: tight) { plaza in
            let device = try await plaza.signUp("maya").deviceToken
            for _ in 1...6 {
                #expect(await attempt(plaza, "maya", from: "192.0.2.1", deviceToken: device) == "wrong_login")
            }
            #expect(plaza.pauses.all == [])
            for _ in 1...2 { _ = await attempt(plaza, "maya", from: "192.0.2.1", deviceToken: device) }
            #expect(plaza.pauses.all == [4, 4])
            #expect(await attempt(plaza, "maya", from: "192.0.2.1", deviceToken: device) == "too_many_attempts")
        }
    }

    @Test(arguments: ["", "x", String(repeating: "A", count: 43)])
    func anotherDevicesTokenIsNobodys(token: String) async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp("maya")
            let noors = try await plaza.signUp("noor").deviceToken
            for token in [token, noors] {
                for _ in 1...3 { _ = await attempt(plaza, "maya", from: "192.0.2.1", deviceToken: token) }
            }
            #expect(await attempt(plaza, "maya", from: "192.0.2.1", deviceToken: noors) == "too_many_attempts")
        }
    }

    @Test func guessingFromOneAddressEndsWhateverTheLogin() async throws {
        try await withAccounts(limits: tight) { plaza in
            for number in 1...8 { #expect(await attempt(plaza, "name\(number)", from: "192.0.2.1") == "wrong_login") }
            #expect(await attempt(plaza, "name9", from: "192.0.2.1") == "too_many_attempts")
            #expect(await attempt(plaza, "name9", from: "192.0.2.2") == "wrong_login")
        }
    }

    /// Handle and address count together: two allowances would be twice the guesses at one password.
    @Test func guessingAtOneAccountEndsWhateverOfItsLoginsIsTyped() async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp("maya", email: "maya@example.com")
            for number in 1...12 {
                let login = number.isMultiple(of: 2) ? "maya" : "Maya@example.com"
                #expect(await attempt(plaza, login, from: "192.0.2.\(number)") == "wrong_login")
            }
            let hashed = plaza.hashCount.value
            for login in ["maya", "maya@example.com"] {
                #expect(await attempt(plaza, login, from: "192.0.2.99") == "too_many_attempts")
            }
            #expect(plaza.hashCount.value == hashed)
            #expect(await attempt(plaza, "noor", from: "192.0.2.99") == "wrong_login")
        }
    }

    @Test func aRightPasswordIsNoAttempt() async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp()
            for _ in 1...20 { _ = try await plaza.signIn() }
            #expect(plaza.pauses.all == [])
        }
    }

    /// The same for both, or the answer would tell whether there is such an account.
    @Test(arguments: ["maya", "nobody"])
    func theRefusalSaysWhichAllowanceIsUsedUp(login: String) async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp("maya")
            for _ in 1...5 { _ = await attempt(plaza, login, from: "192.0.2.1") }
            let error = await #expect(throws: AccountsError.self) {
                try await plaza.signIn(login, password: "wrong horse")
            }
            let problem = try #require(error?.problem)
            #expect(problem.code == "too_many_attempts")
            #expect(problem.retryAfterSeconds == 30)
            let fields = problem.headers.map { "\($0.name.rawName): \($0.value)" }
            #expect(fields.sorted() == ["RateLimit-Policy: \"sign_in\";q=2;w=60", "RateLimit: \"sign_in\";r=0;t=30"])
        }
    }

    @Test func accountsOfOneAddressAreLimited() async throws {
        try await withAccounts(limits: tight) { plaza in
            _ = try await plaza.signUp("one")
            _ = try await plaza.signUp("two")
            let refusal = AccountsError.tooManyAttempts(
                policy: "sign_up_address", Allowance(count: 2, perSeconds: 60), retryAfterSeconds: 30)
            await #expect(throws: refusal) {
                try await plaza.signUp("three")
            }
        }
    }

    @Test func aCampusBehindOneAddressSignsUpInOneHour() async throws {
        try await withAccounts { plaza in
            for number in 1...250 { _ = try await plaza.signUp("student\(number)") }
        }
    }

    @Test func whatIsSetToNothingDoesNotLimit() async throws {
        var limits = AccountLimits.standard
        (limits.signIn, limits.slowedSignIn, limits.signInPerAccount) = (nil, nil, nil)
        (limits.signInPerAddress, limits.signUpPerAddress, limits.confirmation) = (nil, nil, nil)
        try await withAccounts(limits: limits) { plaza in
            let account = try await plaza.signUp().profile.id
            for _ in 1...400 { #expect(await attempt(plaza, "maya", from: "192.0.2.1") == "wrong_login") }
            for _ in 1...20 {
                await #expect(throws: AccountsError.wrongPassword) {
                    try await plaza.accounts.confirmPassword("wrong horse", of: account)
                }
            }
            #expect(plaza.pauses.all == [])
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
                policy: "confirmation", Allowance(count: 3, perSeconds: 60), retryAfterSeconds: 20)
            await #expect(throws: refusal) {
                try await plaza.accounts.confirmPassword(AccountsFixture.password, of: account)
            }
        }
    }
}
