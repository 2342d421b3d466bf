import Cache
package import Core
import Storage

extension MarketService {
    /// Makes a product with its variants and their stock.
    /// - Throws: ``MarketError/shopRoleRequired(_:)``, ``MarketError/productHandleTaken``,
    ///   ``MarketError/duplicateVariant``.
    package func create(
        _ draft: ProductDraft, in shop: ID<Shop>, by account: ID<Account>
    ) async throws -> ProductPage {
        try await database.write { tx in
            let profile = try self.shop(.id(shop), in: tx)
            try require(.manager, of: account, in: shop, tx)
            let made = try create([draft], in: profile, .initial, subject: account.rawValue, in: tx)
            try tell(MarketEvent.productCreated, about: made[0], ["shop": .id(shop)], in: tx)
            return try page(of: made[0], in: tx)
        }
    }

    /// Changes what is given of a product.
    /// - Throws: ``MarketError/productNotFound``, ``MarketError/shopRoleRequired(_:)``,
    ///   ``MarketError/productHandleTaken``, ``MarketError/productBarred``.
    package func change(
        _ product: ID<Product>, by account: ID<Account>, _ change: @escaping @Sendable (inout ProductDraft) -> Void
    ) async throws -> ProductPage {
        try await database.write { tx in
            let old = try stored(product, in: tx)
            try requireStaff(.manager, of: account, in: old, tx)
            var draft = old.draft
            change(&draft)
            // Each variant has a value for each option.
            guard draft.options.count == old.draft.options.count else { throw MarketError.optionCount }
            if draft.handle != old.draft.handle, try !stored([draft.handle ?? ""], of: old.shop, in: tx).isEmpty {
                throw MarketError.productHandleTaken
            }
            if draft.status != .archived, old.draft.status == .archived, try isBarred(product, in: tx) {
                throw MarketError.productBarred
            }
            try update(old, to: draft, isOpen: try shop(.id(old.shop), in: tx).state == .open, in: tx)
            try tell(MarketEvent.productChanged, about: product, ["shop": .id(old.shop)], in: tx)
            return try page(of: product, in: tx)
        }
    }

    /// A product's page: from memory, or in three statements; one more for what only staff may see.
    package func product(_ product: ID<Product>, viewer: ID<Account>?) async throws -> ProductPage {
        let page = try await self.page(of: product)
        if page.isForEverybody { return page }
        guard let viewer,
            try await database.read({ db in try role(of: viewer, in: page.shop, db) }) != nil
        else { throw MarketError.productNotFound }
        return page
    }

    private func page(of product: ID<Product>) async throws -> ProductPage {
        if let page = pages.value(for: product) { return page }
        // Taken before the read: a page that a commit overtakes in between is not kept.
        let ticket = pages.ticket()
        let page = try await database.read { db in try self.page(of: product, in: db) }
        pages.offer(page, for: product, cost: page.cost, with: ticket)
        return page
    }

    func page(of product: ID<Product>, in db: some Queryable) throws -> ProductPage {
        guard let page = try pages([product], in: db).first else { throw MarketError.productNotFound }
        return page
    }

    /// - Throws: ``MarketError/productNotFound`` to those who may not even know of it.
    func requireStaff(
        _ role: ShopRole, of account: ID<Account>, in product: StoredProduct, _ db: some Queryable
    ) throws {
        guard let own = try self.role(of: account, in: product.shop, db) else {
            throw product.isListed ? MarketError.shopRoleRequired(role) : MarketError.productNotFound
        }
        guard own >= role else { throw MarketError.shopRoleRequired(role) }
    }

    // MARK: In a transaction

    /// Makes products, for whoever has asked for the caller's role. The caller tells of them.
    /// - Parameter subject: who or what made them, for the journal of their stock.
    /// - Returns: their ids.
    func create(
        _ drafts: [ProductDraft], in shop: ShopProfile, _ reason: StockReason, subject: Int64,
        in tx: WriteTransaction
    ) throws -> [ID<Product>] {
        let products = drafts.map { (id: ids.next(Product.self), draft: $0) }
        guard try insert(products, in: shop, tx) == products.count else { throw MarketError.productHandleTaken }
        let variants = products.flatMap { product in
            product.draft.variants.enumerated().map { index, draft in
                NewVariant(id: ids.next(), product: product.id, position: Int64(index) + 1, draft: draft)
            }
        }
        try add(variants, reason, subject: subject, in: tx)
        try addLabels(products.map { ($0.id, $0.draft.labels) }, in: tx)
        dropPlaces(after: tx)
        return products.map(\.id)
    }

    /// - Returns: how many were inserted; those whose handle another product of the shop has are not.
    private func insert(
        _ products: [(id: ID<Product>, draft: ProductDraft)], in shop: ShopProfile, _ tx: WriteTransaction
    ) throws -> Int {
        let now = clock.now()
        let score = Score(publishedAt: now).stored
        return try tx.executeMany(
            products, as: "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ) { product, values in
            let (id, draft) = product
            values += [
                id.sqlValue, shop.id.sqlValue, .text(draft.handle ?? Self.handle(for: draft.title)),
                .text(draft.title), .text(draft.vendor), .text(draft.type), .integer(draft.status.stored),
                .text(draft.pictures.first?.url ?? ""), .text(shop.currency.rawValue),
                .integer(draft.prices.lowerBound), .integer(draft.prices.upperBound),
                draft.opensAt?.sqlValue ?? .null, draft.perPersonMax?.sqlValue ?? .null, .integer(score),
                (draft.status == .active && shop.state == .open).sqlValue,
                (draft.status == .unlisted).sqlValue, now.sqlValue,
                .text(draft.optionsJSON.text), .text(draft.tagsJSON.text), .text(draft.picturesJSON.text),
                .text(draft.body),
            ]
        } statement: { values in
            """
            INSERT INTO product
                (id, shop_id, handle, title, vendor, type, status, picture, currency, price_min, price_max, opens_at,
                 per_person_max, score, is_listed, is_unlisted, updated_at, options, tags, pictures, body)
            \(values)
            ON CONFLICT (shop_id, handle) DO NOTHING
            """
        }
    }

    /// Writes what a product is now, without its variants and without telling of it. What an administrator has archived stays
    /// archived, whatever a file says.
    func update(
        _ old: StoredProduct, to draft: ProductDraft, isOpen: Bool, in tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            UPDATE product
            SET handle = \(draft.handle ?? Self.handle(for: draft.title)), title = \(draft.title),
                body = \(draft.body), vendor = \(draft.vendor), type = \(draft.type),
                status = CASE WHEN is_barred = 1 THEN \(ProductStatus.archived.stored) ELSE \(draft.status.stored) END,
                is_unlisted = CASE WHEN is_barred = 1 THEN 0 ELSE \(draft.status == .unlisted) END,
                options = \(draft.optionsJSON.text), tags = \(draft.tagsJSON.text),
                pictures = \(draft.picturesJSON.text), picture = \(draft.pictures.first?.url ?? ""),
                price_min = \(draft.prices.lowerBound), price_max = \(draft.prices.upperBound),
                opens_at = \(draft.opensAt), per_person_max = \(draft.perPersonMax),
                is_listed = CASE WHEN is_barred = 1 THEN 0 ELSE \(draft.status == .active && isOpen) END,
                updated_at = \(clock.now())
            WHERE id = \(old.id)
            """)
        if draft.labels != old.draft.labels {
            try tx.execute("DELETE FROM product_label WHERE product_id = \(old.id)")
            try addLabels([(old.id, draft.labels)], in: tx)
        }
        dropCards(of: [old.id], after: tx)
        dropPlaces(after: tx)
    }

    private func addLabels(_ labels: [(product: ID<Product>, labels: Set<String>)], in tx: WriteTransaction) throws {
        let rows = labels.flatMap { product, labels in labels.map { (label: $0, product: product) } }
            .sorted { ($0.label, $0.product) < ($1.label, $1.product) }
        try tx.executeMany(rows, as: "(?, ?)") { row, values in
            values.append(.text(row.label))
            values.append(row.product.sqlValue)
        } statement: { values in
            "INSERT INTO product_label (label, product_id) \(values)"
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
        handle = String(handle.prefix(CatalogLimits.nameLengthMax))
        while handle.last == "-" { handle.removeLast() }
        return handle.isEmpty ? "product" : handle
    }
}
