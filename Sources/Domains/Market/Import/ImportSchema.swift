import Storage

/// What the tables of imports have been given since they were made.
enum ImportSchema {
    static let migrations: [Migration] = [findings]

    /// `format` is what was asked for until the file has been opened, and then what it is. `notes` and `warnings` are JSON
    /// as it was made here. `column_name` and `value` are of the row's fault.
    private static let findings = Migration(
        "market.012 findings of imports",
        [
            .statement("ALTER TABLE catalog_import ADD COLUMN format TEXT NOT NULL DEFAULT ''"),
            .statement("ALTER TABLE catalog_import ADD COLUMN keeps_stock BIGINT NOT NULL DEFAULT 0"),
            .statement("ALTER TABLE catalog_import ADD COLUMN written_at BIGINT"),
            .statement("ALTER TABLE catalog_import ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'"),
            .statement("ALTER TABLE catalog_import ADD COLUMN warned_count BIGINT NOT NULL DEFAULT 0"),
            .statement("ALTER TABLE catalog_import_row ADD COLUMN column_name TEXT NOT NULL DEFAULT ''"),
            .statement("ALTER TABLE catalog_import_row ADD COLUMN value TEXT NOT NULL DEFAULT ''"),
            .statement("ALTER TABLE catalog_import_row ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]'"),
        ])
}
