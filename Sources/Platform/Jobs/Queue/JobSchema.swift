package import Storage

extension JobQueue {
    package static let migrations: [Migration] = [
        Migration(
            "jobs.001 queue",
            [
                .table(
                    "job",
                    columns: """
                        id BIGINT NOT NULL PRIMARY KEY,
                        kind TEXT NOT NULL,
                        payload TEXT NOT NULL,
                        state BIGINT NOT NULL CHECK (state BETWEEN 0 AND 2),
                        priority BIGINT NOT NULL CHECK (priority BETWEEN 0 AND 2),
                        run_at BIGINT NOT NULL,
                        attempt BIGINT NOT NULL,
                        attempts_left BIGINT NOT NULL CHECK (attempts_left >= 0),
                        attempts_max BIGINT NOT NULL CHECK (attempts_max > 0),
                        unique_key TEXT,
                        lease_until BIGINT NOT NULL,
                        error TEXT,
                        created_at BIGINT NOT NULL,
                        died_at BIGINT NOT NULL
                        """),
                // One index for each state, holding only the rows in it.
                .statement("CREATE INDEX job_ready ON job (priority, run_at, id) WHERE state = 0"),
                .statement("CREATE INDEX job_leased ON job (lease_until, id) WHERE state = 1"),
                .statement("CREATE INDEX job_dead ON job (died_at, id) WHERE state = 2"),
                // A dead job does not hold its key: the next one of that key may well succeed.
                .statement(
                    """
                    CREATE UNIQUE INDEX job_unique_key ON job (unique_key)
                    WHERE unique_key IS NOT NULL AND state < 2
                    """),
                .table(
                    "job_schedule", clustered: true,
                    columns: """
                        name TEXT NOT NULL PRIMARY KEY,
                        cron TEXT NOT NULL,
                        next_at BIGINT NOT NULL
                        """),
            ])
    ]
}
