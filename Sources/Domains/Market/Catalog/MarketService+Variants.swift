package import Core
import Storage

extension MarketService {
    /// Adds a variant to a product.
    /// - Throws: ``MarketError/duplicateVariant``, ``MarketError/tooManyVariants``, ``MarketError/optionCount``.
    package func add(
        _ draft: VariantDraft, to product: ID<Product>, by account: ID<Account>
    ) async throws -> ProductPage {
        try await changeVariants(of: product, by: account) { old, tx in
            guard draft.options.count == old.draft.options.count else { throw MarketError.optionCount }
            guard old.variants.count < CatalogLimits.variantsMax else { throw MarketError.tooManyVariants }
            let position = (old.variants.last?.position ?? 0) + 1
            let variant = NewVariant(id: ids.next(), product: product, position: position, draft: draft)
            try add([variant], .initial, subject: account.rawValue, in: tx)
        }
    }

    /// Changes what is given of a variant; its stock moves by ``adjust(_:_:by:in:)`` alone.
    package func change(
        _ variant: ID<Variant>, by account: ID<Account>, _ change: @escaping @Sendable (inout VariantDraft) -> Void
    ) async throws -> ProductPage {
        try await changeVariants(of: try await product(of: variant), by: account) { old, tx in
            guard let index = old.variants.firstIndex(where: { $0.id == variant }) else {
                throw MarketError.variantNotFound
            }
            var draft = old.draft.variants[index]
            change(&draft)
            draft.onHand = old.draft.variants[index].onHand
            guard draft.options.count == old.draft.options.count else { throw MarketError.optionCount }
            let others = old.draft.variants.enumerated().filter { $0.offset != index }
            guard !others.contains(where: { $0.element.options == draft.options }) else {
                throw MarketError.duplicateVariant
            }
            try update(variant, to: draft, reserved: old.variants[index].reserved, in: tx)
        }
    }

    /// Takes a variant out of its product. What was sold of it is still fulfilled.
    /// - Throws: ``MarketError/lastVariant``.
    package func delete(_ variant: ID<Variant>, by account: ID<Account>) async throws -> ProductPage {
        try await changeVariants(of: try await product(of: variant), by: account) { old, tx in
            guard old.variants.contains(where: { $0.id == variant }) else { throw MarketError.variantNotFound }
            guard old.variants.count > 1 else { throw MarketError.lastVariant }
            try tx.execute("UPDATE variant SET is_deleted = id WHERE id = \(variant)")
        }
    }

    private func product(of variant: ID<Variant>) async throws -> ID<Product> {
        let product = try await database.read { db in
            try db.first("SELECT product_id FROM variant WHERE id = \(variant)") { $0.id(0, Product.self) }
        }
        guard let product else { throw MarketError.variantNotFound }
        return product
    }

    private func changeVariants(
        of product: ID<Product>, by account: ID<Account>,
        _ body: @escaping @Sendable (StoredProduct, WriteTransaction) throws -> Void
    ) async throws -> ProductPage {
        try await database.write { tx in
            let old = try stored(product, in: tx)
            try requireStaff(.manager, of: account, in: old, tx)
            try body(old, tx)
            try updatePriceSpan(of: [product], in: tx)
            dropPlaces(after: tx)
            try tell(MarketEvent.productChanged, about: product, ["shop": .id(old.shop)], in: tx)
            dropCards(of: [product], after: tx)
            return try page(of: product, in: tx)
        }
    }

    // MARK: In a transaction

    func updatePriceSpan(of products: [ID<Product>], in tx: WriteTransaction) throws {
        try tx.execute(
            """
            UPDATE product
            SET price_min = (SELECT MIN(price) FROM variant WHERE product_id = product.id AND is_deleted = 0),
                price_max = (SELECT MAX(price) FROM variant WHERE product_id = product.id AND is_deleted = 0),
                updated_at = \(clock.now())
            WHERE id IN (\(list: products))
            """)
    }

    /// Adds variants with their stock.
    /// - Throws: ``MarketError/duplicateVariant``.
    func add(_ variants: [NewVariant], _ reason: StockReason, subject: Int64, in tx: WriteTransaction) throws {
        guard try insert(variants, in: tx) == variants.count else { throw MarketError.duplicateVariant }
        try makeStock(variants.map { ($0.id, $0.draft.onHand) }, reason, subject: subject, in: tx)
    }

    /// - Returns: how many were inserted; those whose options another variant of their product has are not.
    private func insert(_ variants: [NewVariant], in tx: WriteTransaction) throws -> Int {
        try tx.executeMany(variants, as: "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") { row, values in
            row.bind(to: &values)
        } statement: { values in
            """
            INSERT INTO variant
                (id, product_id, position, option1, option2, option3, sku, barcode, price, compare_at, grams,
                 grams_exact, weight_unit, picture, stock_policy)
            \(values)
            ON CONFLICT DO NOTHING
            """
        }
    }

    /// Writes what a variant is now, without its stock.
    /// - Throws: ``MarketError/belowReserved(reserved:)`` when pieces are to be counted that are not there.
    func update(
        _ variant: ID<Variant>, to draft: VariantDraft, reserved: Int64, in tx: WriteTransaction
    ) throws {
        guard draft.policy != .counted || draft.onHand >= reserved else {
            throw MarketError.belowReserved(reserved: reserved)
        }
        let options = draft.storedOptions
        try tx.execute(
            """
            UPDATE variant
            SET option1 = \(options[0]), option2 = \(options[1]), option3 = \(options[2]), sku = \(draft.sku),
                barcode = \(draft.barcode), price = \(draft.price), compare_at = \(draft.compareAt),
                grams = \(draft.grams), grams_exact = \(draft.gramsExact),
                weight_unit = \(draft.weightUnit.rawValue), picture = \(draft.picture),
                stock_policy = \(draft.policy.rawValue)
            WHERE id = \(variant)
            """)
    }
}

/// A variant about to be stored.
struct NewVariant {
    let id: ID<Variant>
    let product: ID<Product>
    let position: Int64
    let draft: VariantDraft

    func bind(to values: inout [SQLValue]) {
        values += [id.sqlValue, product.sqlValue, .integer(position)]
        for option in draft.storedOptions { values.append(.text(option)) }
        values += [
            .text(draft.sku), .text(draft.barcode), .integer(draft.price), draft.compareAt?.sqlValue ?? .null,
            .integer(draft.grams), .text(draft.gramsExact), .text(draft.weightUnit.rawValue), .text(draft.picture),
            .integer(draft.policy.rawValue),
        ]
    }
}

extension VariantDraft {
    /// Of as many columns as there are.
    var storedOptions: [String] {
        (0..<CatalogLimits.optionsMax).map { $0 < options.count ? options[$0] : "" }
    }
}
