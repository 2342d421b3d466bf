package import Core
package import Market
package import Social
package import Storage

/// What posts show of products: those that everybody may see, from Market's memory of them.
package struct TaggedProducts: ProductDirectory {
    private let market: MarketService
    private let clock: WallClock

    package init(market: MarketService, clock: WallClock) {
        self.market = market
        self.clock = clock
    }

    package func cards(of products: [ID<Product>]) async throws -> [TaggedProduct?] {
        shown(try await market.productCards(products))
    }

    package func cards(of products: [ID<Product>], in tx: WriteTransaction) throws -> [TaggedProduct?] {
        shown(try market.productCards(products, in: tx))
    }

    package func publicPostsChange(of products: [ID<Product>], in tx: WriteTransaction) {
        market.postsChange(of: products, in: tx)
    }

    private func shown(_ cards: [ProductCard?]) -> [TaggedProduct?] {
        let now = clock.now()
        return cards.map { card in
            card.map { TaggedProduct(json: $0.tag.json, isBuyable: $0.tag.isBuyable(at: now)) }
        }
    }
}

/// How many posts tag a product.
package struct TaggingPosts: PostDirectory {
    package init() {}

    package func count(tagging product: ID<Product>, in db: some Queryable) throws -> Int64 {
        try SocialService.publicPostCount(tagging: product, in: db)
    }
}
