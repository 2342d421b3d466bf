import PlazaTesting
import Storage
import Testing

@testable import Accounts

@Suite struct DeleteExpiredSessionsTests {
    @Test func whatHasExpiredGoesAndTheRestStays() async throws {
        try await withAccounts { plaza in
            _ = try await plaza.signUp()
            let kept = try await plaza.signIn()
            plaza.clock.advance(seconds: SessionTokens.refreshSeconds - 1)
            let refreshed = try await plaza.accounts.refresh(kept.tokens.refresh)
            plaza.clock.advance(seconds: 2)
            try await DeleteExpiredSessions().run(on: plaza.accounts)
            #expect(try await plaza.count("session") == 1)
            #expect(try await plaza.count("refresh_token") == 1)
            _ = try await plaza.accounts.refresh(refreshed.tokens.refresh)
        }
    }

    @Test func manyGoInChunks() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp().profile
            try await plaza.database.write { tx in
                for _ in 0..<1_200 { _ = try plaza.accounts.startSession(for: account, device: "", in: tx) }
            }
            plaza.clock.advance(seconds: SessionTokens.refreshSeconds + 1)
            try await DeleteExpiredSessions().run(on: plaza.accounts)
            #expect(try await plaza.count("session") == 0)
            #expect(try await plaza.count("refresh_token") == 0)
        }
    }
}

extension AccountsFixture {
    fileprivate func count(_ table: String) async throws -> Int64 {
        try await database.read { db in
            try db.integer("SELECT count(*) FROM \(unsafeRaw: table) /* scan: a test's table */")
        }
    }
}
