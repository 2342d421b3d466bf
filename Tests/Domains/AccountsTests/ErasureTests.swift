import Core
import Storage
import Testing

@testable import Accounts

@Suite struct ErasureTests {
    @Test func erasureRemovesThePersonAndKeepsATombstone() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp(email: "maya@example.com")
            let account = signedIn.profile.id
            #expect(await plaza.refusal(of: signedIn.tokens.access) == nil)
            try await plaza.database.write { tx in try plaza.accounts.erase(account, in: tx) }

            #expect(await plaza.refusal(of: signedIn.tokens.access) == "invalid_token")
            await #expect(throws: AccountsError.wrongLogin) { try await plaza.signIn() }
            await #expect(throws: AccountsError.accountNotFound) { try await plaza.accounts.profile(of: account) }
            let tombstone = try #require(try await plaza.database.read { try $0.profile(of: account) })
            #expect(tombstone.state == .erased)
            #expect(tombstone.handle == Handle.tombstone(of: account))
            #expect(tombstone.displayName.isEmpty && tombstone.bio.isEmpty)
            #expect(tombstone.email == nil && tombstone.avatarURL == nil)
            let rows = try await plaza.database.read { db in
                try db.integer(
                    """
                    SELECT (SELECT count(*) FROM credential) + (SELECT count(*) FROM session)
                        + (SELECT count(*) FROM refresh_token) /* scan: a test's tables */
                    """)
            }
            #expect(rows == 0)
            #expect(plaza.observer.calls == ["created maya", "erased \(account)"])
            _ = try await plaza.signUp("noor", email: "maya@example.com")
        }
    }

    @Test func erasingTwiceIsNotFound() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp().profile.id
            try await plaza.database.write { tx in try plaza.accounts.erase(account, in: tx) }
            await #expect(throws: AccountsError.accountNotFound) {
                try await plaza.database.write { tx in try plaza.accounts.erase(account, in: tx) }
            }
        }
    }

    @Test func anErasureThatFailsLaterHasNotHappened() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp()
            plaza.observer.refuse()
            await #expect(throws: RecordingObserver.Refusal.self) {
                try await plaza.database.write { tx in try plaza.accounts.erase(signedIn.profile.id, in: tx) }
            }
            #expect(await plaza.refusal(of: signedIn.tokens.access) == nil)
            _ = try await plaza.signIn()
        }
    }

    @Test func theExportHoldsTheAccountAndItsSessions() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp(email: "maya@example.com")
            let second = try await plaza.signIn()
            let bytes = try await plaza.database.read { db in
                var json = JSONWriter()
                try json.object { try plaza.accounts.exportData(of: signedIn.profile.id, in: db, to: &$0) }
                return json.finish()
            }
            let export = try JSONParser.parse(bytes)
            #expect(export["account"]?["email"]?.string == "maya@example.com")
            #expect(export["account"]?["id"]?.string == signedIn.profile.id.description)
            let sessions = try #require(export["sessions"]?.array)
            #expect(
                sessions.map { $0["id"]?.string }
                    == [second.tokens.session.description, signedIn.tokens.session.description])
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(!text.contains("scrypt") && !text.contains(signedIn.tokens.refresh))
        }
    }
}
