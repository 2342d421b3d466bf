import Cache
package import Core
package import Events
package import Idempotency
package import Jobs
package import Realtime
import Search
package import Storage
package import Telemetry

/// Shops, what they sell, how much of it is there, and who has bought it.
///
/// Owns `shop`, `shop_staff`, `product`, `variant`, `collection`, `stock`, `stock_movement`, `waiting_place`,
/// `cart_line`, `purchase`, `sub_order`, `purchase_line`, `attribution_total`, `order_history` and what lists and imports
/// need. A product is in lists and on its page as it is when a write returns; it is found by its words once `textIndexer`
/// has seen it, and its rank follows sales and views within seconds. Stock moves only in `+Stock`, and each move is a row
/// of the journal. What is sold is taken in the buyer's transaction, all of it or nothing; who pays whom is `Ledger`'s
/// business.
package struct MarketService: Sendable {
    let database: any Database
    let ids: IDGenerator
    let clock: WallClock
    let events: EventLog
    let jobs: JobQueue
    let cursors: CursorSealer
    let cards: Cache<ID<Product>, ProductCard>
    let pages: Cache<ID<Product>, ProductPage>
    let lists: ListedPages
    let readOrders: ReadOrders
    let idempotency: IdempotencyKeys
    let posts: any PostDirectory
    let publisher: any ChannelPublisher & ChannelControl
    let spool: ImportSpool

    static let productText = TextIndex(name: "product_text")

    /// - Parameters:
    ///   - cacheBytes: of what is kept encoded in memory: products mostly, lists and orders.
    ///   - spoolDirectory: where files wait to be imported; made when the first one comes.
    package init(
        database: any Database, ids: IDGenerator, clock: WallClock, events: EventLog, jobs: JobQueue,
        cursors: CursorSealer, idempotency: IdempotencyKeys, posts: any PostDirectory,
        publisher: any ChannelPublisher & ChannelControl, registry: MetricRegistry,
        cacheBytes: Int = 64 * 1_024 * 1_024,
        spoolDirectory: String
    ) {
        self.database = database
        self.ids = ids
        self.clock = clock
        self.events = events
        self.jobs = jobs
        self.cursors = cursors
        self.idempotency = idempotency
        self.posts = posts
        self.publisher = publisher
        cards = Cache(name: "product_cards", costMax: cacheBytes * 3 / 8, registry: registry)
        pages = Cache(name: "product_pages", costMax: cacheBytes * 3 / 8, registry: registry)
        lists = ListedPages(bytesMax: cacheBytes / 8, registry: registry)
        readOrders = ReadOrders(bytesMax: cacheBytes / 8, registry: registry)
        spool = ImportSpool(directory: spoolDirectory)
    }

    package static let migrations =
        MarketSchema.migrations + [Migration("market.006 text of products", productText.steps)] + OrderSchema.migrations
        + WaitingSchema.migrations + RankingSchema.migrations + CatalogSchema.migrations
        + ImportSchema.migrations + BarringSchema.migrations
}
