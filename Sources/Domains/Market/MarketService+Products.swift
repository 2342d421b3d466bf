package import Core
package import Storage

extension MarketService {
    /// Makes a product with its variants and their stock.
    /// - Throws: ``MarketError/shopRoleRequired(_:)``, ``MarketError/productHandleTaken``,
    ///   ``MarketError/duplicateVariant``, ``MarketError/tooManyVariants``.
    package func create(
        _ draft: ProductDraft, in shop: ID<Shop>, by account: ID<Account>
    ) async throws -> ProductPage {
        try await database.write { tx in
            let profile = try self.shop(.id(shop), in: tx)
            try require(.manager, of: account, in: shop, tx)
            let id = try create(draft, in: profile, subject: account.rawValue, in: tx)
            guard let page = try pages([id], in: tx).first else { throw MarketError.productNotFound }
            return page
        }
    }

    /// The same in a transaction, for whoever has asked for the caller's role already.
    /// - Parameter subject: who or what made it, for the journal of its stock.
    @discardableResult
    package func create(
        _ draft: ProductDraft, in shop: ShopProfile, subject: Int64, in tx: WriteTransaction
    ) throws -> ID<Product> {
        let id = ids.next(Product.self)
        let now = clock.now()
        let isListed = draft.status == .active && shop.state == .open
        let inserted = try tx.execute(
            """
            INSERT INTO product
                (id, shop_id, handle, title, body, vendor, type, status, options, pictures, picture, tags, currency,
                 price_min, price_max, opens_at, per_person_max, score, is_listed, updated_at)
            VALUES
                (\(id), \(shop.id), \(draft.handle ?? Self.handle(for: draft.title)), \(draft.title), \(draft.body),
                 \(draft.vendor), \(draft.type), \(draft.status.rawValue), \(draft.optionsJSON.text),
                 \(draft.picturesJSON.text), \(draft.pictures.first?.url ?? ""), \(draft.tagsJSON.text),
                 \(shop.currency.rawValue), \(draft.prices.lowerBound), \(draft.prices.upperBound), \(draft.opensAt),
                 \(draft.perPersonMax), \(Score(publishedAt: now).stored), \(isListed), \(now))
            ON CONFLICT (shop_id, handle) DO NOTHING
            """)
        guard inserted == 1 else { throw MarketError.productHandleTaken }
        try addVariants(draft.variants, to: id, startingAt: 1, .initial, subject: subject, in: tx)
        try setLabels([(id, draft.labels)], in: tx)
        try tell(MarketEvent.productCreated, about: id, ["shop": .id(shop.id)], in: tx)
        return id
    }

    /// - Throws: ``MarketError/duplicateVariant``, ``MarketError/tooManyVariants``.
    func addVariants(
        _ drafts: [VariantDraft], to product: ID<Product>, startingAt position: Int64, _ reason: StockReason,
        subject: Int64, in tx: WriteTransaction
    ) throws {
        guard position - 1 + Int64(drafts.count) <= CatalogLimits.variantsMax else {
            throw MarketError.tooManyVariants
        }
        let rows = drafts.enumerated().map { index, draft in
            NewVariant(id: ids.next(), product: product, position: position + Int64(index), draft: draft)
        }
        guard try insert(rows, in: tx) == rows.count else { throw MarketError.duplicateVariant }
        try makeStock(rows.map { ($0.id, $0.draft.onHand) }, reason, subject: subject, in: tx)
    }

    /// - Returns: how many were inserted; those whose options another variant of their product has are not.
    func insert(_ variants: [NewVariant], in tx: WriteTransaction) throws -> Int {
        try tx.executeMany(variants, as: "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") { row, values in
            row.bind(to: &values)
        } statement: { values in
            """
            INSERT INTO variant
                (id, product_id, position, option1, option2, option3, sku, barcode, price, compare_at, grams,
                 weight_unit, picture, stock_policy)
            \(values)
            ON CONFLICT DO NOTHING
            """
        }
    }

    /// Makes these the labels of the products.
    func setLabels(_ labels: [(product: ID<Product>, labels: Set<String>)], in tx: WriteTransaction) throws {
        let rows = labels.flatMap { product, labels in labels.map { (label: $0, product: product) } }
            .sorted { ($0.label, $0.product) < ($1.label, $1.product) }
        try tx.executeMany(rows, as: "(?, ?)") { row, values in
            values.append(.text(row.label))
            values.append(row.product.sqlValue)
        } statement: { values in
            "INSERT INTO product_label (label, product_id) \(values) ON CONFLICT DO NOTHING"
        }
    }

    /// A handle in the form of a URL's segment: what is no letter or digit becomes one hyphen.
    static func handle(for title: String) -> String {
        var handle = ""
        for character in title.lowercased() {
            if character.isLetter || character.isNumber {
                handle.append(character)
            } else if handle.last != "-", !handle.isEmpty {
                handle.append("-")
            }
        }
        while handle.last == "-" { handle.removeLast() }
        return handle.isEmpty ? "product" : String(handle.prefix(CatalogLimits.nameLengthMax))
    }
}

/// A variant about to be stored.
struct NewVariant {
    let id: ID<Variant>
    let product: ID<Product>
    let position: Int64
    let draft: VariantDraft

    func bind(to values: inout [SQLValue]) {
        values.append(id.sqlValue)
        values.append(product.sqlValue)
        values.append(.integer(position))
        for index in 0..<CatalogLimits.optionsMax {
            values.append(.text(index < draft.options.count ? draft.options[index] : ""))
        }
        values.append(.text(draft.sku))
        values.append(.text(draft.barcode))
        values.append(.integer(draft.price))
        values.append(draft.compareAt.map { .integer($0) } ?? .null)
        values.append(.integer(draft.grams))
        values.append(.text(draft.weightUnit.rawValue))
        values.append(.text(draft.picture))
        values.append(.integer(draft.policy.rawValue))
    }
}
