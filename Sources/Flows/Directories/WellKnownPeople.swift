import Accounts
package import Core
package import Market
package import Social
package import Storage

/// Whom strangers must not be mistaken for: those with many followers, from Social, and those who sell, from Market.
package struct WellKnownPeople: ProminentAccounts {
    /// From here on it is worth somebody's while to be taken for them.
    package static let followersMin = 1_000

    private let social: SocialService
    private let market: MarketService

    package init(social: SocialService, market: MarketService) {
        self.social = social
        self.market = market
    }

    package func isAnyProminent(_ accounts: [ID<Account>], in db: some Queryable) throws -> Bool {
        try social.isAny(of: accounts, followedBy: Self.followersMin, in: db) || market.isOwner(anyOf: accounts, in: db)
    }
}
