import Storage

/// The table that Presence owns. Nobody else reads or writes it.
enum PresenceSchema {
    /// Who has no row is shown to friends and was not seen yet. Of who has left, the row stays without a time.
    static let migrations = [
        Migration(
            "presence.001 presence",
            [
                .table(
                    "presence",
                    columns: """
                        account_id BIGINT NOT NULL PRIMARY KEY,
                        visibility BIGINT NOT NULL CHECK (visibility IN (0, 1, 2, 3)),
                        last_seen BIGINT CHECK (last_seen IS NULL OR visibility <> 3)
                        """)
            ])
    ]
}
