package import Core
package import Events
package import Jobs
package import RateLimit
package import Realtime
package import Storage

/// Conversations and live rooms.
///
/// Owns `conversation`, `conversation_member`, `inbox`, `message`, `live_room`, `live_standing` and `live_message`. A message
/// is durable when `send` returns, and has been pushed by then: messages of a conversation are numbered 1, 2, 3… without
/// gaps, and their pushes are in that order. Who people are and whom a block keeps apart is Social's business, what is for
/// sale Market's, and who hears a channel right now the hub's.
package struct ChatService: Sendable {
    let database: any Database
    let ids: IDGenerator
    let clock: WallClock
    let events: EventLog
    let jobs: JobQueue
    let cursors: CursorSealer
    let people: any Acquaintances
    let storefront: any Storefront
    let publisher: any ChannelPublisher
    let online: any OnlineAccounts & ChannelAudience
    let control: any ChannelControl
    /// Counts what is never stored: who types, and who waits in slow mode.
    let limiter: RateLimiter
    let limits: ChatLimits

    package init(
        database: any Database, ids: IDGenerator, clock: WallClock, events: EventLog, jobs: JobQueue,
        cursors: CursorSealer, people: any Acquaintances, storefront: any Storefront, publisher: any ChannelPublisher,
        online: any OnlineAccounts & ChannelAudience, control: any ChannelControl, limiter: RateLimiter,
        limits: ChatLimits = ChatLimits()
    ) {
        self.database = database
        self.ids = ids
        self.clock = clock
        self.events = events
        self.jobs = jobs
        self.cursors = cursors
        self.people = people
        self.storefront = storefront
        self.publisher = publisher
        self.online = online
        self.control = control
        self.limiter = limiter
        self.limits = limits
    }

    package static let migrations = ChatSchema.migrations

    /// For the limiter: nanoseconds of the clock that the rest of the slice goes by.
    var limiterTime: UInt64 { UInt64(max(0, clock.now().microseconds)) * 1_000 }

    /// Who answers for the channels of conversations and live rooms.
    package var channelOwners: [any ChannelOwner] { [ConversationChannels(chat: self), LiveChannels(chat: self)] }
}

/// Bounds of Chat, each with its reason.
package struct ChatLimits: Sendable {
    /// A message to so many writes a row of nobody but its sender and those who had read everything.
    package var membersMax: Int64 = 256
    /// Members up to whom a message moves the conversation up in everybody's list. In larger groups, whose lists would be a
    /// page of the table for each member, the group's place is read from the group.
    package var listedMembersMax: Int64 = 32
    /// Groups above that size that somebody can be in: their list reads them all.
    package var largeGroupsMax: Int64 = 200
    /// One sign of typing per member in so many seconds.
    package var typingSeconds: Int64 = 3
    /// Moderators of a live room.
    package var liveModeratorsMax: Int64 = 50
    /// What was said in a live room is kept so long after it has closed: for those who report it. A month.
    package var liveChatKeptSeconds: Int64 = 30 * 86_400
    /// Rows that a job changes in one transaction: some milliseconds, so that other writes get between.
    package var batch = 100

    package init() {}
}
