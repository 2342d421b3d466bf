import Core

/// What a batch makes of a shop.
struct CatalogPlan {
    private(set) var creations: [ProductDraft] = []
    private(set) var updates: [(old: StoredProduct, draft: ProductDraft)] = []
    private(set) var unchangedCount = 0
    private(set) var skippedCount = 0
    /// Products that were taken with warnings.
    private(set) var warnedCount = 0
    private(set) var report: [ImportedRow] = []
    private let keepsStock: Bool

    /// - Parameter find: the shop's products with these handles.
    init(_ products: [CatalogRows], keepsStock: Bool, find: ([String]) throws -> [StoredProduct]) throws {
        self.keepsStock = keepsStock
        let found = try find(products.filter { $0.faults.isEmpty }.map(\.handle))
        let stored = Dictionary(uniqueKeysWithValues: found.map { ($0.draft.handle ?? "", $0) })
        for rows in products { decide(rows, stored[rows.handle]) }
    }

    private mutating func decide(_ rows: CatalogRows, _ old: StoredProduct?) {
        var rows = rows
        guard rows.faults.isEmpty else { return skip(rows) }
        guard let draft = draft(of: &rows, old) else { return skip(rows) }
        if !rows.warnings.isEmpty { warnedCount += 1 }
        guard let old else {
            creations.append(draft)
            report += rows.report(.created)
            return
        }
        if draft == old.draft {
            unchangedCount += 1
            report += rows.report(.unchanged)
        } else {
            updates.append((old, draft))
            report += rows.report(.updated)
        }
    }

    /// The product as it is to be; nil when its rows say why it cannot be.
    private func draft(of rows: inout CatalogRows, _ old: StoredProduct?) -> ProductDraft? {
        do throws(CatalogFinding) {
            let draft =
                rows.stock == nil
                ? try rows.parts.merged(into: old?.draft, handle: rows.handle, keepsStock: keepsStock)
                : try rows.stocked(old)
            guard let draft, let old, let (options, reserved) = old.shortage(in: draft) else { return draft }
            rows.skip(CatalogFinding(.stockReserved, value: "\(reserved)"), line: rows.line(of: options))
        } catch {
            rows.skip(error)
        }
        return nil
    }

    private mutating func skip(_ rows: CatalogRows) {
        skippedCount += 1
        report += rows.report(.skipped)
    }
}

extension CatalogRows {
    /// The row that a variant comes from.
    fileprivate func line(of options: [String]) -> Int {
        parts.variants.first { $0.options == options }?.line ?? stock?.first { $0.options == options }?.line
            ?? firstLine
    }

    /// A product with the quantities of an inventory file, and nothing else changed.
    fileprivate mutating func stocked(_ old: StoredProduct?) throws(CatalogFinding) -> ProductDraft? {
        guard let old else { throw CatalogFinding(.unknownProduct, value: handle) }
        var draft = old.draft
        for part in stock ?? [] {
            guard let count = part.count else { continue }
            guard let place = draft.variants.place(of: part) else {
                skip(CatalogFinding(.unknownVariant, value: part.options.joined(separator: " / ")), line: part.line)
                return nil
            }
            draft.variants[place].onHand = count + (part.isAvailable ? old.variants[place].reserved : 0)
        }
        return draft
    }
}

extension [VariantDraft] {
    /// By its options, or where a file has none of those, by its SKU.
    fileprivate func place(of part: CatalogStockParts) -> Int? {
        if let place = firstIndex(where: { $0.options == part.options }) { return place }
        guard !part.sku.isEmpty else { return nil }
        let places = indices.filter { self[$0].sku == part.sku }
        return places.count == 1 ? places[0] : nil
    }
}

extension StoredProduct {
    /// A counted variant of which more pieces are sold than there would be.
    fileprivate func shortage(in draft: ProductDraft) -> (options: [String], reserved: Int64)? {
        guard draft.options.count == self.draft.options.count else { return nil }
        var reserved: [[String]: Int64] = [:]
        for (variant, stored) in zip(self.draft.variants, variants) { reserved[variant.options] = stored.reserved }
        for variant in draft.variants where variant.policy == .counted {
            let sold = reserved[variant.options] ?? 0
            if variant.onHand < sold { return (variant.options, sold) }
        }
        return nil
    }
}
