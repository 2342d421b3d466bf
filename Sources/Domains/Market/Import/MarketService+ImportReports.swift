package import Core
import Storage

extension MarketService {
    /// An import of a shop with a page of its report, for the shop's staff.
    /// - Parameter onlySkipped: leaves out rows that were taken.
    package func report(
        on id: ID<CatalogImport>, of shop: ID<Shop>, onlySkipped: Bool, cursor: String?, limit: Int,
        viewer: ID<Account>
    ) async throws -> (run: CatalogImport, rows: Page<ImportedRow>) {
        let filter = "import:\(id):\(onlySkipped)"
        let after = try cursors.position(cursor, filter: filter, start: 0)
        let (run, rows) = try await database.read { db in
            try require(.clerk, of: viewer, in: shop, db)
            let run = try catalogImport(id, in: db)
            guard run.shop == shop else { throw MarketError.importNotFound }
            let isWanted: SQL = onlySkipped ? "AND outcome = 3" : ""
            let rows = try db.rows(
                """
                SELECT line, outcome, handle, fault, column_name, value, warnings
                FROM catalog_import_row
                WHERE import_id = \(id) AND line > \(after) \(isWanted)
                ORDER BY line
                LIMIT \(limit + 1)
                """
            ) { ImportedRow($0) }
            return (run, rows)
        }
        return (run, cursors.page(rows, limit: limit, filter: filter) { [$0.line] })
    }

    /// A shop's imports, newest first, for its staff.
    package func imports(
        of shop: ID<Shop>, cursor: String?, limit: Int, viewer: ID<Account>
    ) async throws -> Page<CatalogImport> {
        let filter = "imports:\(shop)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let rows = try await database.read { db in
            try require(.clerk, of: viewer, in: shop, db)
            return try db.rows(
                """
                SELECT \(unsafeRaw: CatalogImport.columns)
                FROM catalog_import
                WHERE shop_id = \(shop) AND id < \(before)
                ORDER BY id DESC
                LIMIT \(limit + 1)
                """
            ) { CatalogImport($0) }
        }
        return cursors.page(rows, limit: limit, filter: filter) { [$0.id.rawValue] }
    }

    /// What became of each row, in the order of lines, for a command that writes it down.
    /// - Parameter line: of the last row that is known; 0 for none.
    package func reportedRows(
        of id: ID<CatalogImport>, after line: Int64, limit: Int
    ) async throws -> [ImportedRow] {
        try await database.read { db in
            try db.rows(
                """
                SELECT line, outcome, handle, fault, column_name, value, warnings
                FROM catalog_import_row
                WHERE import_id = \(id) AND line > \(line)
                ORDER BY line
                LIMIT \(limit)
                """
            ) { ImportedRow($0) }
        }
    }

    /// The first rows that were skipped or have warnings, for a command that prints them.
    package func remarkableRows(of id: ID<CatalogImport>, limit: Int) async throws -> [ImportedRow] {
        try await database.read { db in
            try db.rows(
                """
                SELECT line, outcome, handle, fault, column_name, value, warnings
                FROM catalog_import_row
                WHERE import_id = \(id) AND (outcome = 3 OR warnings <> '[]')
                ORDER BY line
                LIMIT \(limit)
                """
            ) { ImportedRow($0) }
        }
    }

    /// The first skipped rows.
    package func skippedRows(of id: ID<CatalogImport>, limit: Int) async throws -> [ImportedRow] {
        try await database.read { db in
            try db.rows(
                """
                SELECT line, outcome, handle, fault, column_name, value, warnings
                FROM catalog_import_row
                WHERE import_id = \(id) AND outcome = 3
                ORDER BY line
                LIMIT \(limit)
                """
            ) { ImportedRow($0) }
        }
    }
}

extension ImportedRow {
    init(_ row: Row) {
        line = row.integer(0)
        outcome = Outcome(rawValue: row.integer(1)) ?? .skipped
        handle = row.text(2)
        finding = CatalogFault(rawValue: row.text(3)).map {
            CatalogFinding($0, column: row.text(4), value: row.text(5))
        }
        warnings = (try? JSONParser.parse(row.text(6)).array?.compactMap { CatalogFinding($0) }) ?? []
    }
}
