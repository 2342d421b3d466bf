import Core
import PlazaTesting
import Storage
import Testing

@testable import Accounts

@Suite struct HandleTests {
    /// Links and memories lead to a handle for a while after its person has gone.
    @Test func theHandleOfAnErasedAccountIsNobodysForNinetyDays() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp().profile.id
            try await plaza.database.write { tx in try plaza.accounts.erase(account, in: tx) }
            let hashed = plaza.hashCount.value
            await #expect(throws: AccountsError.handleTaken) { try await plaza.signUp("Maya") }
            #expect(plaza.hashCount.value == hashed)
            plaza.clock.advance(seconds: 90 * 86_400 - 1)
            await #expect(throws: AccountsError.handleTaken) { try await plaza.signUp() }
            try await DeleteExpiredSessions().run(on: plaza.accounts)
            #expect(try await plaza.retiredHandles() == 1)
            plaza.clock.advance(seconds: 2)
            try await DeleteExpiredSessions().run(on: plaza.accounts)
            #expect(try await plaza.retiredHandles() == 0)
            _ = try await plaza.signUp()
        }
    }

    @Test func itIsKeptAsLongAsTheOperatorSays() async throws {
        var limits = AccountLimits.standard
        limits.handleReservedDays = 200
        try await withAccounts(limits: limits) { plaza in
            let account = try await plaza.signUp().profile.id
            try await plaza.database.write { tx in try plaza.accounts.erase(account, in: tx) }
            plaza.clock.advance(seconds: 199 * 86_400)
            await #expect(throws: AccountsError.handleTaken) { try await plaza.signUp() }
            // Who operates Plaza may give it all the same.
            let draft = AccountDraft(handle: "maya", password: AccountsFixture.password, displayName: "Maya")
            _ = try await plaza.accounts.createAccount(draft)
        }
    }

    @Test(arguments: [
        ("maya", "rnaya"), ("maya", "maya_"), ("maya", "maya."), ("maya", "maya._."), ("cool1o", "c0oll0"),
        ("will", "wi1l"), ("will", "vvill"), ("m0m.shop", "mom.shop_"), ("lola", "1o1a"),
    ])
    func whatLooksLikeAWellKnownHandleIsNotGiven(known: String, imitation: String) async throws {
        for (known, imitation) in [(known, imitation), (imitation, known)] {
            try await withAccounts { plaza in
                let account = try await plaza.signUp(known).profile.id
                plaza.prominence.add(account)
                let hashed = plaza.hashCount.value
                await #expect(throws: AccountsError.handleLooksAlike) { try await plaza.signUp(imitation.uppercased()) }
                #expect(plaza.hashCount.value == hashed)
            }
        }
    }

    @Test func whatLooksLikeAHandleThatFewKnowIsGiven() async throws {
        try await withAccounts { plaza in
            _ = try await plaza.signUp("maya")
            for handle in ["rnaya", "maya_", "maya."] { _ = try await plaza.signUp(handle) }
        }
    }

    @Test(arguments: ["maja", "maya.k", "may.a", "mayas", "amaya", "noor"])
    func whatOnlyResemblesAWellKnownHandleIsGiven(handle: String) async throws {
        try await withAccounts { plaza in
            plaza.prominence.add(try await plaza.signUp("maya").profile.id)
            _ = try await plaza.signUp(handle)
        }
    }

    /// The index is over the expression that is asked: a scan of all people would be refused.
    @Test func lookalikesAreFoundByAnIndex() async throws {
        try await withAccounts { plaza in
            _ = try await plaza.signUp("maya")
            let plan = try await plaza.database.read { db in
                try db.rows(
                    """
                    EXPLAIN QUERY PLAN SELECT id FROM account
                    WHERE \(Handle.skeleton(of: "handle")) = \(Handle.skeleton(of: "\("rnaya")"))
                    """
                ) { $0.text(3) }
            }
            #expect(plan.contains { $0.contains("account_by_skeleton") }, "\(plan)")
        }
    }
}

extension AccountsFixture {
    fileprivate func retiredHandles() async throws -> Int64 {
        try await database.read { db in
            try db.integer("SELECT count(*) FROM retired_handle /* scan: a test's table */")
        }
    }
}
