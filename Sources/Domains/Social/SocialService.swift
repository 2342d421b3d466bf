package import Core
package import Events
package import Jobs
package import Realtime
import Search
package import Storage
package import Telemetry

/// Posts, the people who follow each other, what they say and like, and feeds.
///
/// Owns `person`, `follow`, `barrier`, `follow_request`, `friend_request`, `friendship` (`People`), `post`, `post_product` (`Posts`),
/// `feed_entry`, `fan_out` (`Feeds`), `post_like`, `comment`, `comment_change`, `engagement`, `engagement_log` (`Engagement`), two text
/// indexes (`Search`), and `imported_post` and `timeline_backfill` (`Import`).
///
/// A published post is visible to its author when `publish` returns, and in followers' home feeds once `FanOutPosts` has
/// run. Counters of likes and comments are exact when a write returns. Views and shares follow within seconds, when
/// `FoldEngagement` has run. All of it, and comments as they come and go, is pushed on the post's channel. Who may sign
/// in is `Accounts`' business; what a product costs is `Market`'s.
package struct SocialService: Sendable {
    let database: any Database
    let ids: IDGenerator
    let clock: WallClock
    let events: EventLog
    let jobs: JobQueue
    let cursors: CursorSealer
    let products: any ProductDirectory
    let publisher: any ChannelPublisher & ChannelControl
    let caches: SocialCaches
    let limits: SocialLimits

    static let postText = TextIndex(name: "post_text")
    static let personText = TextIndex(name: "person_text")

    package init(
        database: any Database, ids: IDGenerator, clock: WallClock, events: EventLog, jobs: JobQueue,
        cursors: CursorSealer, products: any ProductDirectory, publisher: any ChannelPublisher & ChannelControl,
        registry: MetricRegistry, limits: SocialLimits = SocialLimits()
    ) {
        self.database = database
        self.ids = ids
        self.clock = clock
        self.events = events
        self.jobs = jobs
        self.cursors = cursors
        self.products = products
        self.publisher = publisher
        self.limits = limits
        caches = SocialCaches(limits: limits, registry: registry)
    }

    package static let migrations =
        SocialSchema.migrations + [
            Migration("social.005 text of posts", postText.steps),
            Migration("social.006 text of people", personText.steps),
            SocialSchema.imports, SocialSchema.fanOut, SocialSchema.commentChanges,
            SocialSchema.followRequests,
        ]
}

/// Bounds of Social, each with its reason.
package struct SocialLimits: Sendable {
    /// Followers beyond which an author's posts are read at page time: writing a post to more timelines than this would
    /// keep the writer busy for over half a second.
    package var pushFollowersMax = 20_000
    /// Entries of a timeline: fifty pages. Nobody scrolls further, and each entry is some 30 bytes per follower.
    package var timelineEntriesMax = 1_000
    /// Posts of a new followee that appear in the follower's timeline at once.
    package var backfillPosts = 20
    /// Timelines written in one transaction: some milliseconds, so that other writes get between.
    package var fanOutBatch = 1_000
    /// The same viewer's view of the same post counts again after this.
    package var engagementWindowSeconds: Int64 = 1_800
    /// Bytes of encoded posts kept in memory.
    package var cardCacheBytes = 64 * 1_024 * 1_024
    /// Bytes of first comments kept in memory: some 6 kB for twenty.
    package var commentCacheBytes = 64 * 1_024 * 1_024
    /// Bytes of first home pages kept in memory: some 600 each.
    package var homeCacheBytes = 32 * 1_024 * 1_024
    /// Bytes of explore pages kept in memory: one that has been overtaken stays until there is need of its room.
    package var exploreCacheBytes = 4 * 1_024 * 1_024
    /// Bytes of first pages of products' posts kept in memory: some 600 each.
    package var taggingCacheBytes = 8 * 1_024 * 1_024
    /// Bytes of viewers' relations kept in memory: some 5 kB for 600 follows and likes.
    package var relationCacheBytes = 64 * 1_024 * 1_024
    /// Follows, likes and blocks of a viewer kept in memory, of each the newest. Pages with older ones cost a statement;
    /// and since a viewer's next like has all that is kept read again, it must not be many.
    package var relationsMax = 1_000
    /// Posts and comments of an author that are looked for one by one when the author's name changes: about a
    /// millisecond.
    package var droppedCardsMax = 4_000
    /// Posts of a product that are counted: its page says no more than that there are so many. Some 50 µs.
    package static let taggingPostsCountedMax: Int64 = 1_000
    /// Comments that come with a single post.
    package var firstComments = 20

    package init() {}
}
