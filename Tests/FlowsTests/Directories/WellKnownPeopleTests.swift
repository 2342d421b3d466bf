import Accounts
import Core
import Flows
import Market
import PlazaTesting
import Social
import Storage
import Testing

/// What Accounts asks of Social and Market before it gives a handle.
@Suite struct WellKnownPeopleTests {
    @Test func whoHasAThousandFollowersOrAShopIsWellKnown() async throws {
        try await withPlaza { plaza in
            let (ann, ben, eve) = (
                try await plaza.addPerson("ann"), try await plaza.addPerson("ben"), try await plaza.addPerson("eve")
            )
            #expect(try await plaza.isWellKnown([ann, ben, eve]) == false)
            for (followers, isKnown) in [(999, false), (1_000, true)] {
                try await plaza.database.write { tx in
                    try tx.execute("UPDATE person SET follower_count = \(followers) WHERE account_id = \(ann)")
                }
                #expect(try await plaza.isWellKnown([ben, ann]) == isKnown)
            }
            _ = try await plaza.market.openShop(
                handle: "ben-pots", name: "Ben Pots", currency: try #require(Currency(rawValue: "EUR")), by: ben)
            #expect(try await plaza.isWellKnown([eve, ben]))
            #expect(try await plaza.isWellKnown([eve]) == false)
            try await plaza.database.write { tx in _ = try plaza.market.closeShops(of: ben, in: tx) }
            #expect(try await plaza.isWellKnown([ben]) == false)
        }
    }

    @Test func aShopsOwnerIsNotImitated() async throws {
        try await withPlaza { plaza in
            let ben = try await plaza.addPerson("ben.moor")
            _ = try await plaza.market.openShop(
                handle: "ben-pots", name: "Ben Pots", currency: try #require(Currency(rawValue: "EUR")), by: ben)
            let draft = AccountDraft(handle: "ben.rnoor", password: "correct horse battery", displayName: "Ben")
            await #expect(throws: AccountsError.handleLooksAlike) {
                try await plaza.accounts.signUp(draft, from: SignInOrigin(address: "192.0.2.1", device: ""))
            }
        }
    }
}

extension FlowsFixture {
    fileprivate func isWellKnown(_ accounts: [ID<Account>]) async throws -> Bool {
        let known = WellKnownPeople(social: social, market: market)
        return try await database.read { db in try known.isAnyProminent(accounts, in: db) }
    }
}
