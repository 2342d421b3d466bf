package import Chat
package import Core
package import Market
package import Social
package import Storage

/// People as conversations show them, from Social's cards and blocks.
package struct KnownPeople: Acquaintances {
    private let social: SocialService

    package init(social: SocialService) {
        self.social = social
    }

    package func people(
        _ accounts: Set<ID<Account>>, seenBy viewer: ID<Account>, in db: some Queryable
    ) throws -> [ID<Account>: Acquaintance] {
        var known: [ID<Account>: Acquaintance] = [:]
        for person in try social.people(accounts, seenBy: viewer, in: db) {
            let card: JSON = [
                "id": .string(person.id.description), "handle": .string(person.handle),
                "display_name": .string(person.displayName),
                "avatar_url": person.avatarURL.map(JSON.string) ?? .null,
            ]
            known[person.id] = Acquaintance(card: card, isBarred: person.isBarred)
        }
        return known
    }
}

/// What is shown in live rooms, and for whom one goes live.
package struct LiveStorefront: Storefront {
    private let market: MarketService

    package init(market: MarketService) {
        self.market = market
    }

    package func isStaff(_ account: ID<Account>, of shop: ID<Shop>, in db: some Queryable) throws -> Bool {
        try market.role(of: account, in: shop, db) != nil
    }

    package func isListed(_ product: ID<Product>, in tx: WriteTransaction) throws -> Bool {
        try market.productCards([product], in: tx).contains { $0 != nil }
    }
}
