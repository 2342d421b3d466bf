import Core
import PlazaTesting
import Storage
import Testing

@testable import Accounts

@Suite struct SessionTests {
    @Test(arguments: [
        "maya", "MAYA", "maya@example.com", "Maya@Example.com", " maya ", "@maya", " @Maya\n",
        "\u{A0}maya@example.com ",
    ])
    func aHandleOrAnEmailAddressSignsIn(login: String) async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp(email: "maya@example.com").profile.id
            let signedIn = try await plaza.signIn(login)
            #expect(signedIn.profile.id == account)
            #expect(await plaza.refusal(of: signedIn.tokens.access) == nil)
        }
    }

    @Test func anUnknownLoginIsAnsweredAsAWrongPasswordIsAndCostsTheSame() async throws {
        try await withAccounts { plaza in
            _ = try await plaza.signUp()
            let before = plaza.hashCount.value
            await #expect(throws: AccountsError.wrongLogin) { try await plaza.signIn(password: "wrong horse") }
            #expect(plaza.hashCount.value == before + 1)
            await #expect(throws: AccountsError.wrongLogin) { try await plaza.signIn("nobody") }
            #expect(plaza.hashCount.value == before + 2)
            await #expect(throws: AccountsError.wrongLogin) { try await plaza.signIn("nobody@example.com") }
            #expect(plaza.hashCount.value == before + 3)
        }
    }

    @Test func refreshingReplacesBothTokens() async throws {
        try await withAccounts { plaza in
            let first = try await plaza.signUp()
            #expect(await plaza.refusal(of: first.tokens.access) == nil)
            let second = try await plaza.accounts.refresh(first.tokens.refresh)
            #expect(second.tokens.session == first.tokens.session)
            #expect(await plaza.refusal(of: first.tokens.access) == "invalid_token")
            #expect(await plaza.refusal(of: second.tokens.access) == nil)
            let third = try await plaza.accounts.refresh(second.tokens.refresh)
            #expect(await plaza.refusal(of: third.tokens.access) == nil)
        }
    }

    @Test func aReusedRefreshTokenEndsItsFamilyAndNoOther() async throws {
        try await withAccounts { plaza in
            let other = try await plaza.signUp()
            let first = try await plaza.signIn()
            let second = try await plaza.accounts.refresh(first.tokens.refresh)
            #expect(await plaza.refusal(of: second.tokens.access) == nil)
            plaza.clock.advance(seconds: 11)
            await #expect(throws: AccountsError.tokenReused) { try await plaza.accounts.refresh(first.tokens.refresh) }
            #expect(await plaza.refusal(of: second.tokens.access) == "invalid_token")
            await #expect(throws: AccountsError.invalidToken) {
                try await plaza.accounts.refresh(second.tokens.refresh)
            }
            #expect(await plaza.refusal(of: other.tokens.access) == nil)
        }
    }

    @Test func tokensExpire() async throws {
        try await withAccounts { plaza in
            let tokens = try await plaza.signUp().tokens
            plaza.clock.advance(seconds: SessionTokens.accessSeconds - 1)
            #expect(await plaza.refusal(of: tokens.access) == nil)
            plaza.clock.advance(seconds: 1)
            #expect(await plaza.refusal(of: tokens.access) == "token_expired")
            plaza.clock.advance(seconds: SessionTokens.refreshSeconds)
            await #expect(throws: AccountsError.tokenExpired) { try await plaza.accounts.refresh(tokens.refresh) }
        }
    }

    @Test(arguments: ["", "x", "q81C", String(repeating: "A", count: 43)])
    func anInventedTokenIsNoToken(token: String) async throws {
        try await withAccounts { plaza in
            #expect(await plaza.refusal(of: token) == "invalid_token")
            await #expect(throws: AccountsError.invalidToken) { try await plaza.accounts.refresh(token) }
        }
    }

    @Test func anEndedSessionStopsWorkingAtOnce() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp()
            #expect(await plaza.refusal(of: signedIn.tokens.access) == nil)
            try await plaza.accounts.endSession(signedIn.tokens.session, of: signedIn.profile.id)
            #expect(await plaza.refusal(of: signedIn.tokens.access) == "invalid_token")
            await #expect(throws: AccountsError.invalidToken) {
                try await plaza.accounts.refresh(signedIn.tokens.refresh)
            }
            await #expect(throws: AccountsError.sessionNotFound) {
                try await plaza.accounts.endSession(signedIn.tokens.session, of: signedIn.profile.id)
            }
        }
    }

    @Test func anotherPersonsSessionIsNotFound() async throws {
        try await withAccounts { plaza in
            let maya = try await plaza.signUp("maya")
            let noor = try await plaza.signUp("noor")
            await #expect(throws: AccountsError.sessionNotFound) {
                try await plaza.accounts.endSession(maya.tokens.session, of: noor.profile.id)
            }
            #expect(await plaza.refusal(of: maya.tokens.access) == nil)
        }
    }

    @Test func openSessionsAreListedNewestFirstInPages() async throws {
        try await withAccounts { plaza in
            let first = try await plaza.signUp()
            var sessions = [first.tokens.session]
            for _ in 0..<4 { sessions.append(try await plaza.signIn().tokens.session) }
            _ = try await plaza.signUp("noor")
            let account = first.profile.id
            try await plaza.accounts.endSession(sessions.remove(at: 2), of: account)

            let page = try await plaza.accounts.sessions(of: account, cursor: nil, limit: 3)
            #expect(page.sessions.map(\.id) == Array(sessions.reversed().prefix(3)))
            #expect(page.sessions.first?.device == "Plaza/1.0 (test)")
            let rest = try await plaza.accounts.sessions(of: account, cursor: page.next, limit: 3)
            #expect(rest.sessions.map(\.id) == [sessions[0]])
            #expect(rest.next == nil)
            await #expect(throws: CursorError.invalid) {
                _ = try await plaza.accounts.sessions(of: ID(rawValue: 5), cursor: page.next, limit: 3)
            }
        }
    }

    @Test func authenticationIsOneStatementAndThenNone() async throws {
        try await withAccounts { plaza in
            let token = try await plaza.signUp().tokens.access
            for expected in [1, 0] {
                let scope = WorkScope()
                _ = try await WorkScope.$current.withValue(scope) {
                    try await plaza.accounts.authenticator.principal(for: token)
                }
                #expect(scope.statements == expected)
            }
        }
    }
}
