import Storage

/// The tables that Notifications owns. Nobody else reads or writes them.
enum NotificationsSchema {
    /// `activity` is an id made with each change, so lists are in its order. `actors` are the newest ids, eight bytes each.
    /// One row of a group `is_open` at most: what happens next is added to it. `muted` has a bit for each kind; `position`
    /// is that of the last event that was taken.
    static let migrations = [
        Migration(
            "notifications.001 notifications",
            [
                .table(
                    "notification",
                    columns: """
                        id BIGINT NOT NULL PRIMARY KEY,
                        account_id BIGINT NOT NULL,
                        kind BIGINT NOT NULL,
                        subject TEXT NOT NULL,
                        activity BIGINT NOT NULL,
                        actor_count BIGINT NOT NULL CHECK (actor_count >= 0),
                        actors BYTEA NOT NULL,
                        is_read BIGINT NOT NULL CHECK (is_read IN (0, 1)),
                        is_open BIGINT NOT NULL CHECK (is_open = 0 OR is_read = 0)
                        """),
                .statement("CREATE UNIQUE INDEX notification_activity ON notification (account_id, activity)"),
                .statement(
                    "CREATE INDEX notification_unread ON notification (account_id, activity, is_read) WHERE is_read = 0"
                ),
                .statement(
                    """
                    CREATE UNIQUE INDEX notification_open ON notification (account_id, kind, subject)
                    WHERE is_open = 1
                    """),
                .table(
                    "notification_inbox",
                    columns: """
                        account_id BIGINT NOT NULL PRIMARY KEY,
                        unread_count BIGINT NOT NULL CHECK (unread_count >= 0),
                        muted BIGINT NOT NULL,
                        position BIGINT NOT NULL
                        """),
            ]),
        // `hidden_count` are those of the remembered actors who are not there for the person: blocked, suspended or gone. One
        // whose actors are all hidden is neither listed nor counted. `notification_review` holds people who have become
        // so, or have come back, until `ReviewActors` has looked through what names them; `position` is that of the event.
        Migration(
            "notifications.002 what can be opened",
            [
                .statement("ALTER TABLE notification ADD COLUMN hidden_count BIGINT NOT NULL DEFAULT 0"),
                .statement("CREATE INDEX notification_subject ON notification (account_id, subject, kind)"),
                .table(
                    "notification_review", clustered: true,
                    columns: "account_id BIGINT NOT NULL PRIMARY KEY, position BIGINT NOT NULL"),
            ]),
    ]
}
