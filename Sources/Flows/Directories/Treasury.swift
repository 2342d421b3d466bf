package import Core
package import Ledger
package import Market
package import Storage

/// A shop's managers see its money; its owner has it paid out.
package struct Treasury: ShopTreasury {
    private let market: MarketService

    package init(market: MarketService) {
        self.market = market
    }

    package func currency(
        of shop: ID<Shop>, for account: ID<Account>, to right: ShopTreasuryRight, in db: some Queryable
    ) throws -> Currency {
        let profile = try market.shop(.id(shop), in: db)
        try market.require(right == .see ? .manager : .owner, of: account, in: shop, db)
        return profile.currency
    }
}
