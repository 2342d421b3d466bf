import Storage

/// The table of waiting lists.
enum WaitingSchema {
    static let migrations: [Migration] = [waiting]

    /// Who waits for a variant that is sold out, in the order of ids. A piece is kept for each place with an
    /// `offered_until`; both sorts are counted and walked through one index.
    private static let waiting = Migration(
        "market.008 waiting",
        [
            .table(
                "waiting_place",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    variant_id BIGINT NOT NULL,
                    account_id BIGINT NOT NULL,
                    offered_until BIGINT,
                    UNIQUE (account_id, variant_id)
                    """),
            .statement("CREATE INDEX waiting_place_line ON waiting_place (variant_id, offered_until, id)"),
            .statement(
                "CREATE INDEX waiting_place_offer ON waiting_place (offered_until, id) WHERE offered_until IS NOT NULL"),
        ])
}
