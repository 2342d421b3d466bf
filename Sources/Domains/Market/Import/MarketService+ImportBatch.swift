import Core
import Storage

/// Some products of a file, written in one transaction together with how far the import is.
struct CatalogBatch: Sendable {
    /// Rows in a transaction: tens of milliseconds, so that other writes get between.
    static let rowsMax = 500

    /// Products of the file before these.
    let start: Int64
    var products: [CatalogRows] = []
    var rowCount = 0
    var bytesDone = 0

    var isFull: Bool { rowCount >= Self.rowsMax }

    mutating func add(_ rows: CatalogRows) {
        products.append(rows)
        rowCount += rows.lines.count
    }
}

extension MarketService {
    /// Applies a batch, or only says what it would do, and notes both in the report.
    func apply(_ batch: CatalogBatch, of id: ID<CatalogImport>, in tx: WriteTransaction) throws {
        let run = try catalogImport(id, in: tx)
        // Another run has done it: this one has lost its lease.
        guard run.state == .running, run.productsDone == batch.start else { return }
        let shop = try shop(.id(run.shop), in: tx)
        let products = try withoutDuplicates(batch.products, of: id, in: tx)
        var plan = try CatalogPlan(products, keepsStock: run.keepsStock) { handles in
            try stored(handles, of: shop.id, in: tx)
        }
        if !run.isDryRun {
            var touched = try create(plan.creations, in: shop, .imported, subject: id.rawValue, in: tx)
            for (old, draft) in plan.updates {
                try apply(draft, to: old, isOpen: shop.state == .open, subject: id.rawValue, in: tx)
                touched.append(old.id)
            }
            try tellOfImport(touched, about: id, in: tx)
        }
        try note(&plan, batch, of: id, in: tx)
    }

    /// Marks products whose handle the file had before.
    private func withoutDuplicates(
        _ products: [CatalogRows], of id: ID<CatalogImport>, in tx: WriteTransaction
    ) throws -> [CatalogRows] {
        let handles = Set(products.filter { $0.faults.isEmpty }.map(\.handle)).sorted()
        var new: Set<String> = []
        try tx.executeMany(handles, as: "(?, ?)") { handle, values in
            values.append(id.sqlValue)
            values.append(.text(handle))
        } statement: { values in
            """
            INSERT INTO catalog_import_product (import_id, handle)
            \(values)
            ON CONFLICT DO NOTHING
            RETURNING handle
            """
        } returning: { row in
            new.insert(row.text(0))
        }
        return products.map { rows in
            var rows = rows
            // The first of a handle takes its place.
            if rows.faults.isEmpty, new.remove(rows.handle) == nil {
                rows.skip(CatalogFinding(.duplicateHandle, value: rows.handle))
            }
            return rows
        }
    }

    /// Brings a product to what the file says.
    private func apply(
        _ draft: ProductDraft, to old: StoredProduct, isOpen: Bool, subject: Int64, in tx: WriteTransaction
    ) throws {
        var new: [NewVariant] = []
        var moves: [StockChange] = []
        var position = old.variants.last?.position ?? 0
        var places: [[String]: Int] = [:]
        for (index, variant) in old.draft.variants.enumerated() { places[variant.options] = index }
        if draft.options.count != old.draft.options.count {
            // Their values are of other options; the new ones must not meet them.
            try tx.execute("UPDATE variant SET is_deleted = id WHERE id IN (\(list: old.variants.map(\.id)))")
            places = [:]
        }
        for variant in draft.variants {
            if let index = places[variant.options] {
                let stored = old.variants[index]
                if variant != old.draft.variants[index] {
                    try update(stored.id, to: variant, reserved: stored.reserved, in: tx)
                }
                moves.append(
                    StockChange(variant: stored.id, onHand: variant.onHand - old.draft.variants[index].onHand))
            } else {
                position += 1
                new.append(NewVariant(id: ids.next(), product: old.id, position: position, draft: variant))
            }
        }
        try add(new, .imported, subject: subject, in: tx)
        try move(moves, .imported, subject: subject, in: tx)
        try update(old, to: draft, isOpen: isOpen, in: tx)
    }

    /// Events of an import name this many products each.
    private static let toldAtOnce = 100

    private func tellOfImport(_ products: [ID<Product>], about id: ID<CatalogImport>, in tx: WriteTransaction) throws {
        for start in stride(from: 0, to: products.count, by: Self.toldAtOnce) {
            let part = products[start..<min(start + Self.toldAtOnce, products.count)]
            try tell(MarketEvent.productsImported, about: id, ["products": .ids(part)], in: tx)
        }
    }

    private func note(
        _ plan: inout CatalogPlan, _ batch: CatalogBatch, of id: ID<CatalogImport>, in tx: WriteTransaction
    ) throws {
        let rows = plan.report.sorted { $0.line < $1.line }
        try tx.executeMany(rows, as: "(?, ?, ?, ?, ?, ?, ?, ?)") { row, values in
            values += [
                id.sqlValue, .integer(row.line), .integer(row.outcome.rawValue), .text(row.handle),
                .text(row.fault?.rawValue ?? ""), .text(row.finding?.column ?? ""), .text(row.finding?.value ?? ""),
                .text(row.warnings.isEmpty ? "[]" : JSON.array(row.warnings.map(\.json)).text),
            ]
        } statement: { values in
            """
            INSERT INTO catalog_import_row
                (import_id, line, outcome, handle, fault, column_name, value, warnings)
            \(values)
            """
        }
        try tx.execute(
            """
            UPDATE catalog_import
            SET bytes_done = \(batch.bytesDone), rows_read = rows_read + \(batch.rowCount),
                created_count = created_count + \(plan.creations.count),
                updated_count = updated_count + \(plan.updates.count),
                unchanged_count = unchanged_count + \(plan.unchangedCount),
                skipped_count = skipped_count + \(plan.skippedCount),
                warned_count = warned_count + \(plan.warnedCount)
            WHERE id = \(id)
            """)
    }
}
