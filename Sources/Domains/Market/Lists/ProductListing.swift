import Core
import Search
import Storage

/// How a filtered list is read with a bound on the work, whatever is in the tables.
///
/// A list is walked in its order through an index. What the index does not decide is asked of each product on the way,
/// for ``walkMax`` of them: a page may come short then, and its cursor goes on where the walk ended. Where one of the
/// conditions leaves few products, those are read and sorted instead.
struct ProductListing {
    /// Products that are looked at for one page: some 10 ms.
    static let walkMax = 4_000
    /// Products that are read and sorted for one page.
    static let narrowMax = 2_000

    struct Entry: Sendable {
        let product: ID<Product>
        let key: Int64

        init(_ row: Row) {
            product = row.id(0)
            key = row.integer(1)
        }
    }

    let filter: ProductFilter
    let shop: ShopProfile?
    /// Rows `narrow(id)` among which the list is; nil when it is walked.
    private var narrow: SQL?
    /// Rows `found(id)` of the texts that match.
    private var found: SQL?
    /// Nothing can be in the list.
    private var isEmpty = false

    /// One statement, two more where there is a query.
    init(_ filter: ProductFilter, shop: ShopProfile?, in db: some Queryable) throws {
        self.filter = filter
        self.shop = shop
        if let query = filter.query {
            found = try MarketService.productText.matches(query, in: db)
            isEmpty = found == nil
            // The newest first is the order in which texts are found.
            if let found, filter.order != .newest {
                narrow =
                    "(SELECT found.id FROM \(found) ORDER BY found.place LIMIT \(Self.narrowMax)) AS narrow"
            }
        } else {
            narrow = try Self.rarest(of: filter, in: db)
        }
    }

    /// What few products have of the labels and collections that the list is of; nil when all are common.
    private static func rarest(of filter: ProductFilter, in db: some Queryable) throws -> SQL? {
        var sources = filter.labels.map { label -> SQL in
            "SELECT product_id AS id FROM product_label WHERE label = \(label)"
        }
        if let collection = filter.collection {
            sources.append("SELECT product_id AS id FROM collection_product WHERE collection_id = \(collection)")
        }
        guard !sources.isEmpty else { return nil }
        let counts = sources.enumerated().map { index, source -> SQL in
            "SELECT \(index), (SELECT COUNT(*) FROM (\(source) LIMIT \(narrowMax + 1)) AS counted)"
        }
        let sizes = try db.rows("\(counts, separator: " UNION ALL ")") { (index: $0.int(0), count: $0.integer(1)) }
        guard let least = sizes.min(by: { $0.count < $1.count }), least.count <= narrowMax else { return nil }
        return "(\(sources[least.index])) AS narrow"
    }

    /// Everything that the list is about. `product` is in scope.
    private var conditions: [SQL] {
        var conditions: [SQL] = ["product.is_listed = 1"]
        if let shop { conditions.append("product.shop_id = \(shop.id)") }
        conditions += priceConditions
        return conditions + asked
    }

    private var priceConditions: [SQL] {
        var conditions: [SQL] = []
        if shop == nil, let currency = filter.currency { conditions.append("product.currency = \(currency.rawValue)") }
        if let least = filter.priceMin { conditions.append("product.price_min >= \(least)") }
        if let most = filter.priceMax { conditions.append("product.price_min <= \(most)") }
        return conditions
    }

    /// What no index of products decides.
    private var asked: [SQL] {
        var conditions = filter.labels.map { label -> SQL in
            "EXISTS (SELECT 1 FROM product_label WHERE label = \(label) AND product_id = product.id)"
        }
        if let collection = filter.collection {
            conditions.append(
                """
                EXISTS (SELECT 1 FROM collection_product
                WHERE collection_id = \(collection) AND product_id = product.id)
                """)
        }
        return conditions
    }

    /// Whether the index of the order decides everything: what is walked is what is shown.
    private var isDecidedByIndex: Bool {
        asked.isEmpty && (priceConditions.isEmpty || filter.order == .price)
    }

    /// What one page is made of.
    struct Found: Sendable {
        var entries: [Entry] = []
        /// Where the walk ended, when it ended before the page was full.
        var end: Entry?
        var facets: ProductFacets?
    }

    func found(after position: [Int64]?, limit: Int, withFacets: Bool, in db: some Queryable) throws -> Found {
        guard !isEmpty else { return Found() }
        let (entries, end) = try entries(after: position, limit: limit, in: db)
        return Found(entries: entries, end: end, facets: withFacets ? try ProductFacets(of: self, in: db) : nil)
    }

    /// The list from `position` on, a row more than a page so that one knows whether it goes on.
    /// - Returns: the entries, and where the walk ended when it ended before the page was full.
    private func entries(
        after position: [Int64]?, limit: Int, in db: some Queryable
    ) throws -> (entries: [Entry], end: Entry?) {
        if let narrow {
            return (try db.rows(narrowed(narrow, after: position, limit: limit + 1)) { Entry($0) }, nil)
        }
        if found == nil, isDecidedByIndex {
            return (try db.rows(walk(after: position, limit: limit + 1)) { Entry($0) }, nil)
        }
        let walk = walk(after: position, limit: Self.walkMax)
        let entries = try db.rows(
            """
            SELECT walk.id, walk.sort_key
            FROM (\(walk)) AS walk
            CROSS JOIN product
            WHERE product.id = walk.id AND \(conditions, separator: " AND ")
            LIMIT \(limit + 1)
            """
        ) { Entry($0) }
        guard entries.count <= limit else { return (entries, nil) }
        return (entries, try end(of: walk, in: db))
    }

    private func narrowed(_ narrow: SQL, after position: [Int64]?, limit: Int) -> SQL {
        """
        SELECT product.id, \(filter.order.key)
        FROM \(narrow)
        CROSS JOIN product
        WHERE product.id = narrow.id AND \(filter.order.after(position)) AND \(conditions, separator: " AND ")
        \(filter.order.clause)
        LIMIT \(limit)
        """
    }

    /// Candidates in the order of the list, from an index alone.
    private func walk(after position: [Int64]?, limit: Int) -> SQL {
        if let found {
            return """
                SELECT found.id AS id, found.id AS sort_key
                FROM \(found)
                WHERE found.place > \(-(position?[1] ?? .max))
                ORDER BY found.place
                LIMIT \(limit)
                """
        }
        var indexed: [SQL] = ["product.is_listed = 1", filter.order.after(position)]
        if let shop { indexed.append("product.shop_id = \(shop.id)") }
        if filter.order == .price { indexed += priceConditions }
        return """
            SELECT product.id AS id, \(filter.order.key) AS sort_key
            FROM product
            WHERE \(indexed, separator: " AND ")
            \(filter.order.clause)
            LIMIT \(limit)
            """
    }

    /// The last candidate of a walk that was cut off; nil when it came to the end of the list.
    private func end(of walk: SQL, in db: some Queryable) throws -> Entry? {
        var (last, count): (Entry?, Int) = (nil, 0)
        try db.forEach(walk) { row in
            last = Entry(row)
            count += 1
        }
        return count == Self.walkMax ? last : nil
    }

    /// Type, vendor, price and currency of the first products of the list, for facets.
    func sample(limit: Int, in db: some Queryable, _ body: (Row) -> Void) throws {
        let (entries, _) = try entries(after: nil, limit: limit, in: db)
        guard !entries.isEmpty else { return }
        try db.forEach(
            """
            SELECT type, vendor, price_min, currency
            FROM product
            WHERE id IN (\(list: entries.prefix(limit).map(\.product)))
            """, body)
    }
}

extension SQL.StringInterpolation {
    /// Parts with a separator between them.
    mutating func appendInterpolation(_ parts: [SQL], separator: StaticString) {
        for (index, part) in parts.enumerated() {
            if index > 0 { appendLiteral(separator.description) }
            appendInterpolation(part)
        }
    }
}
