package import Storage

extension EventLog {
    package static let migrations: [Migration] = [
        Migration(
            "events.001 log",
            [
                // The two engines name a key that counts itself differently; the rest is the same.
                .only(
                    .sqlite,
                    """
                    CREATE TABLE event (
                        position INTEGER PRIMARY KEY,
                        id INTEGER NOT NULL,
                        type TEXT NOT NULL,
                        subject TEXT NOT NULL,
                        at INTEGER NOT NULL,
                        version INTEGER NOT NULL CHECK (version > 0),
                        data TEXT NOT NULL,
                        trace_id TEXT
                    ) STRICT
                    """),
                .only(
                    .postgres,
                    """
                    CREATE TABLE event (
                        position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                        id BIGINT NOT NULL,
                        type TEXT NOT NULL,
                        subject TEXT NOT NULL,
                        at BIGINT NOT NULL,
                        version BIGINT NOT NULL CHECK (version > 0),
                        data TEXT NOT NULL,
                        trace_id TEXT
                    )
                    """),
                .table(
                    "event_cursor", clustered: true,
                    columns: """
                        consumer TEXT NOT NULL PRIMARY KEY,
                        position BIGINT NOT NULL,
                        updated_at BIGINT NOT NULL
                        """),
                // A copy, because the event itself is pruned.
                .table(
                    "event_failure", clustered: true,
                    columns: """
                        consumer TEXT NOT NULL,
                        position BIGINT NOT NULL,
                        event_id BIGINT NOT NULL,
                        type TEXT NOT NULL,
                        subject TEXT NOT NULL,
                        at BIGINT NOT NULL,
                        version BIGINT NOT NULL,
                        data TEXT NOT NULL,
                        trace_id TEXT,
                        error TEXT NOT NULL,
                        failed_at BIGINT NOT NULL,
                        PRIMARY KEY (consumer, position)
                        """),
            ])
    ]
}
