package import Core
package import Jobs
package import Realtime
package import Storage

/// What people are told of: who followed them, liked and said what, what became of their orders.
///
/// Owns `notification`, `notification_inbox` and `notification_review`. Notifications are made by ``consumer``, which follows the log of events
/// and folds a batch into one write of each group: while nobody has read it, what happens to the same thing within a day
/// is one notification, with a count of who did it and the newest of them. Nobody is told of their own doing, nor of
/// people on the other side of a block, nor of kinds that they have switched off. The unread count is exact. What cannot be
/// opened any more is neither listed nor counted: what is about a post, comment, request or message that is gone, and what
/// people did who have left, were suspended, or are on the other side of a block. A like or a follow that was taken back
/// stays told.
///
/// Each change is pushed on the person's `account:` channel once it is durable; so is what becomes of their orders. Who
/// runs a shop, has bought, or is called what, is asked of ``NotificationDirectory``.
package struct NotificationsService: Sendable {
    let database: any Database
    let ids: IDGenerator
    let clock: WallClock
    let cursors: CursorSealer
    let jobs: JobQueue
    let directory: any NotificationDirectory
    let publisher: any ChannelPublisher

    package init(
        database: any Database, ids: IDGenerator, clock: WallClock, cursors: CursorSealer, jobs: JobQueue,
        directory: any NotificationDirectory, publisher: any ChannelPublisher
    ) {
        self.database = database
        self.ids = ids
        self.clock = clock
        self.cursors = cursors
        self.jobs = jobs
        self.directory = directory
        self.publisher = publisher
    }

    package static let migrations = NotificationsSchema.migrations
}

/// Bounds of Notifications, each with its reason.
enum NotificationLimits {
    /// What begins a day after a group did is another group: yesterday's likes do not come up again.
    static let groupSeconds: Int64 = 86_400
    /// Actors that are remembered, so that nobody counts twice: 512 bytes. Who comes back after that many others counts
    /// again.
    static let actorsMax = 64
    /// Actors that are named: "Ann, Ben, Eve and 9 others".
    static let actorsShown = 3
    /// Days that a notification is kept.
    static let keptSeconds: Int64 = 90 * 86_400
    /// Looked through or changed in one transaction, when somebody has left or was suspended: some milliseconds.
    static let reviewBatch = 1_000
    /// People who are looked for in one walk through the table.
    static let reviewedMax = 1_000
    /// Deleted in one transaction: some milliseconds of the writer.
    static let pruneBatch = 1_000
}
