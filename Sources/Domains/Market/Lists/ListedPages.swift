import Cache
import Core
import Storage
import Telemetry

/// Pages of lists as everybody sees them, encoded once.
///
/// Exact: what a commit changes is out of date after the commit and before its writer hears of it. Which products a page
/// holds is out of date with ``places``, what they look like with ``looks``, so that a sale does not cost the search for
/// what is listed.
final class ListedPages: Sendable {
    /// By the cursor as it came: one under which a page is kept has been opened before.
    struct Key: Hashable, Sendable {
        let filter: ProductFilter
        let cursor: String?
        let limit: Int
    }

    /// Which products a page shows, before anything is known of them.
    struct Place: Sendable {
        let products: [ID<Product>]
        let next: String?
    }

    struct Kept: Sendable {
        let place: Place
        let json: [UInt8]
        /// Both counts were taken before the reads that they are about.
        let places: UInt64
        let looks: UInt64

        var cost: Int { json.count + place.products.count * MemoryLayout<ID<Product>>.size + 512 }
    }

    let pages: Cache<Key, Kept>
    /// Any product's existence, or its place in any list.
    let places = Generation()
    /// Any product's card.
    let looks = Generation()

    init(bytesMax: Int, registry: MetricRegistry) {
        pages = Cache(name: "product_lists", costMax: bytesMax, registry: registry)
    }
}

extension ProductFilter {
    /// Whether products and their labels decide all of the list: shops, collections and the text index change by
    /// themselves.
    var isOfProductsAlone: Bool { shop == nil && collection == nil && query == nil }
}

extension MarketService {
    /// The same as ``products(_:cursor:limit:withFacets:)``, encoded: from memory without a statement where it can be.
    func encodedProducts(_ filter: ProductFilter, cursor: String?, limit: Int) async throws -> [UInt8] {
        guard filter.isOfProductsAlone else {
            let place = try await place(of: filter, cursor: cursor, limit: limit)
            return Self.encoded(try await listedCards(place.products), next: place.next)
        }
        let key = ListedPages.Key(filter: filter, cursor: cursor, limit: limit)
        let (places, looks) = (lists.places.current, lists.looks.current)
        let kept = lists.pages.value(for: key)
        if let kept, kept.places == places, kept.looks == looks { return kept.json }
        let ticket = lists.pages.ticket()
        let place: ListedPages.Place
        if let kept, kept.places == places {
            place = kept.place
        } else {
            place = try await self.place(of: filter, cursor: cursor, limit: limit)
        }
        let json = Self.encoded(try await listedCards(place.products), next: place.next)
        let read = ListedPages.Kept(place: place, json: json, places: places, looks: looks)
        lists.pages.offer(read, for: key, cost: read.cost, with: ticket)
        return json
    }

    private func place(of filter: ProductFilter, cursor: String?, limit: Int) async throws -> ListedPages.Place {
        try await found(filter, cursor: cursor, limit: limit, withFacets: false).place
    }

    /// Splices the cards' bytes.
    private static func encoded(_ cards: [ProductCard], next: String?) -> [UInt8] {
        var json = JSONWriter(capacity: 64 + cards.reduce(0) { $0 + $1.json.count + 1 })
        json.object { json in
            json.name("items")
            json.array(cards) { json, card in json.raw(card.json) }
            json.member("next", next)
        }
        return json.finish()
    }
}

/// What must be forgotten once a transaction is durable. A file that writes calls these beside the statement; none of
/// them does anything when the transaction fails.
extension MarketService {
    /// What is encoded of these products.
    func dropCards(of products: some Collection<ID<Product>> & Sendable, after tx: WriteTransaction) {
        let (cards, pages, lists) = (cards, pages, lists)
        tx.afterCommit {
            for product in products {
                cards.drop(product)
                pages.drop(product)
            }
            // Last: a page of the new count is made of cards that are read anew.
            lists.looks.advance()
        }
    }

    /// Where products are in lists: call it for whatever makes or unlists one, or changes its score, price or labels.
    func dropPlaces(after tx: WriteTransaction) {
        let places = lists.places
        tx.afterCommit { places.advance() }
    }
}
