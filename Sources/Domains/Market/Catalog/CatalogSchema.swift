import Storage

/// What the catalog's tables have been given since they were made.
enum CatalogSchema {
    static let migrations: [Migration] = [unlisted, exactWeights]

    /// `is_unlisted` marks active products that no list shows. A column of its own: the check on `status` knows the three
    /// older ones, and to change it would write every product anew.
    private static let unlisted = Migration(
        "market.010 unlisted products",
        [.statement("ALTER TABLE product ADD COLUMN is_unlisted BIGINT NOT NULL DEFAULT 0")])

    /// `grams_exact` is a weight with a fraction as a file had it; empty where `grams` says it all.
    private static let exactWeights = Migration(
        "market.011 exact weights",
        [.statement("ALTER TABLE variant ADD COLUMN grams_exact TEXT NOT NULL DEFAULT ''")])
}
