package import Storage

extension AccountsService {
    /// The tables of Accounts, which nothing else reads or writes.
    package static let migrations = [accounts, sessions, replays, handles, suspensions]

    private static let accounts = Migration(
        "accounts.001 accounts and credentials",
        [
            .table(
                "account",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    handle TEXT NOT NULL UNIQUE,
                    display_name TEXT NOT NULL,
                    bio TEXT NOT NULL,
                    avatar_url TEXT,
                    email TEXT UNIQUE,
                    role BIGINT NOT NULL CHECK (role BETWEEN 0 AND 2),
                    state BIGINT NOT NULL CHECK (state BETWEEN 0 AND 2),
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL
                    """),
            // Answers "is there still an administrator?" without reading the people.
            .statement("CREATE INDEX account_administrator ON account (role) WHERE role = 2 AND state = 0"),
            .table(
                "credential",
                columns: """
                    account_id BIGINT NOT NULL PRIMARY KEY REFERENCES account (id),
                    password_hash TEXT NOT NULL,
                    changed_at BIGINT NOT NULL
                    """),
        ])

    /// When a suspension ends by itself; null where an administrator ends it. 0 is a suspension of an earlier build, of which
    /// the other slices have not heard: `EndSuspensions` tells them.
    private static let suspensions = Migration(
        "accounts.005 suspensions that end",
        [
            .statement("ALTER TABLE account ADD COLUMN suspended_until BIGINT"),
            .statement(
                """
                CREATE INDEX account_suspended_until ON account (suspended_until) WHERE suspended_until IS NOT NULL
                """),
            .statement("UPDATE account SET suspended_until = 0 WHERE state = 1 /* scan: once */"),
        ])

    private static let sessions = Migration(
        "accounts.002 sessions",
        [
            // The access token is here and not in a table of its own: a session has one, the last that was issued.
            .table(
                "session",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    account_id BIGINT NOT NULL REFERENCES account (id),
                    device TEXT NOT NULL,
                    access_hash BYTEA NOT NULL UNIQUE,
                    access_expires_at BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    last_used_at BIGINT NOT NULL,
                    expires_at BIGINT NOT NULL,
                    revoked_at BIGINT
                    """),
            .statement("CREATE INDEX session_by_account ON session (account_id, id)"),
            .statement("CREATE INDEX session_by_expiry ON session (expires_at)"),
            // Used ones are kept until they expire: that is how a second use is noticed.
            .table(
                "refresh_token", clustered: true,
                columns: """
                    hash BYTEA NOT NULL PRIMARY KEY,
                    session_id BIGINT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
                    expires_at BIGINT NOT NULL,
                    used_at BIGINT
                    """),
            .statement("CREATE INDEX refresh_token_by_session ON refresh_token (session_id)"),
            .statement("CREATE INDEX refresh_token_by_expiry ON refresh_token (expires_at)"),
        ])

    private static let replays = Migration(
        "accounts.003 refresh replays",
        [
            // What the token was exchanged for, sealed with the token itself; emptied when it is of no more use.
            .statement("ALTER TABLE refresh_token ADD COLUMN sealed_successor BYTEA")
        ])

    private static let handles = Migration(
        "accounts.004 handles that are not free",
        [
            // Handles of erased accounts, as SHA-256: what is kept of somebody who left names nobody.
            .table(
                "retired_handle", clustered: true,
                columns: "hash BYTEA NOT NULL PRIMARY KEY, retired_until BIGINT NOT NULL"),
            .statement("CREATE INDEX retired_handle_by_end ON retired_handle (retired_until)"),
            // Answers who has a handle that looks like another: the expression of `Handle.skeleton`.
            .statement(
                """
                CREATE INDEX account_by_skeleton ON account
                    ((replace(replace(replace(replace(rtrim(handle, '._'), '0', 'o'), '1', 'l'), 'm', 'rn'), 'w', 'vv')))
                """),
        ])
}
