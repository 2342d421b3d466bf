import Core
import Events
import Jobs
import Logging
import PlazaTesting
import Realtime
import Storage
import Telemetry
import Testing

@testable import Social

/// Social over a real database, with a clock that stands still and jobs that run when they are told to.
struct SocialFixture: Sendable {
    let social: SocialService
    let database: any Database
    let statements: StatementRecorder
    let clock: ManualClock
    let ids: IDGenerator
    let events: EventLog
    let jobs: JobQueue
    let shelf = Shelf()
    let pushes = PushRecorder()

    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    init(database: any Database, limits: SocialLimits) {
        let clock = ManualClock()
        let statements = StatementRecorder(database: database)
        ids = IDGenerator(node: 1, clock: clock.wall)
        events = EventLog(ids: ids, clock: clock.wall)
        jobs = JobQueue(ids: ids, clock: clock.wall, random: .seeded(7))
        social = SocialService(
            database: statements, ids: ids, clock: clock.wall, events: events, jobs: jobs,
            cursors: CursorSealer(key: Array(repeating: 7, count: 32)), products: shelf, publisher: pushes,
            registry: MetricRegistry(),
            limits: limits)
        self.database = database
        self.statements = statements
        self.clock = clock
    }

    // MARK: Making

    func person(_ handle: String) async throws -> ID<Account> {
        let account = ids.next(Account.self)
        let card = PersonCard(id: account, handle: handle, displayName: "\(handle) of Plaza", bio: "", avatarURL: nil)
        try await database.write { tx in try social.addPerson(card, in: tx) }
        return account
    }

    /// In the order of their ids.
    func people(_ count: Int, _ prefix: String = "person") async throws -> [ID<Account>] {
        let cards = (0..<count).map { index in
            PersonCard(id: ids.next(), handle: "\(prefix)\(index)", displayName: "", bio: "", avatarURL: nil)
        }
        try await database.write { tx in
            for card in cards { try social.addPerson(card, in: tx) }
        }
        return cards.map(\.id)
    }

    /// Published a millisecond after the one before, so that newer posts have higher scores.
    @discardableResult
    func publish(
        _ caption: String = "bowl", by author: ID<Account>, for visibility: Post.Visibility = .everyone,
        tagging products: [ID<Product>] = []
    ) async throws -> ID<Post> {
        clock.set(clock.now.advanced(by: .milliseconds(1)))
        let draft = PostDraft(caption: caption, products: products, visibility: visibility)
        return try await social.publish(draft, by: author).card.id
    }

    func follow(_ followee: ID<Account>, by followers: [ID<Account>]) async throws {
        try await database.write { tx in
            for follower in followers { try social.follow(followee, by: follower, in: tx) }
        }
    }

    // MARK: Work in the background

    /// Runs every job that is due, and those that they enqueue.
    func runJobs() async throws {
        var handlers = JobHandlers()
        social.register(in: &handlers)
        let worker = JobWorker(
            database: database, queue: jobs, handlers: handlers, metrics: MetricRegistry(), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await worker.idle()
            group.cancelAll()
        }
    }

    /// The same once the second has passed that engagement is collected in.
    func fold() async throws {
        clock.advance(seconds: 1)
        try await runJobs()
    }

    /// Brings the text indexes up to what has happened.
    func index() async throws {
        let bus = EventBus(
            database: database, log: events, consumers: [social.textIndexer], clock: clock.wall,
            metrics: MetricRegistry(), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            try await bus.caughtUp()
            group.cancelAll()
        }
    }

    // MARK: Reading

    func json(_ view: PostView) throws -> JSON {
        var json = JSONWriter()
        view.write(to: &json)
        return try JSONParser.parse(json.finish())
    }

    func json(_ comment: Social.Comment) throws -> JSON {
        try JSONParser.parse(comment.json)
    }

    /// A counter of a post as its readers see it.
    func count(_ name: String, of post: ID<Post>, for viewer: ID<Account>? = nil) async throws -> Int64? {
        try json(try await social.post(post, viewer: viewer).view)["counts"]?[name]?.integer
    }

    func person(_ account: ID<Account>, for viewer: ID<Account>? = nil) async throws -> Person {
        try await social.person(.id(account), viewer: viewer)
    }

    func home(of viewer: ID<Account>, limit: Int = 100) async throws -> [ID<Post>] {
        try await social.homeFeed(of: viewer, cursor: nil, limit: limit).items.map(\.card.id)
    }

    func explore(for viewer: ID<Account>? = nil, limit: Int = 100) async throws -> [ID<Post>] {
        try await social.exploreFeed(for: viewer, cursor: nil, limit: limit).items.map(\.card.id)
    }

    func comments(of post: ID<Post>, for viewer: ID<Account>? = nil) async throws -> [ID<Social.Comment>] {
        try await social.comments(of: post, cursor: nil, limit: 100, viewer: viewer).items.map(\.id)
    }

    func replies(to comment: ID<Social.Comment>, for viewer: ID<Account>? = nil) async throws -> [ID<Social.Comment>] {
        try await social.replies(to: comment, cursor: nil, limit: 100, viewer: viewer).items.map(\.id)
    }

    func number(_ sql: SQL) async throws -> Int64 {
        try await database.read { db in try db.integer(sql) }
    }

    /// Every item of a list, page by page.
    func all<Item>(_ page: (String?) async throws -> Page<Item>) async throws -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let next = try await page(cursor)
            items += next.items
            cursor = next.next
        } while cursor != nil
        return items
    }

    /// Followers and followings, posts, likes, comments and replies are as many as there are rows.
    func miscounts() async throws -> Int64 {
        try await number(
            """
            SELECT
                (SELECT COUNT(*) FROM person
                WHERE follower_count <> (SELECT COUNT(*) FROM follow WHERE followee_id = account_id)
                    OR following_count <> (SELECT COUNT(*) FROM follow WHERE follower_id = account_id)
                    OR post_count <> (SELECT COUNT(*) FROM post WHERE author_id = account_id AND is_deleted = 0))
                + (SELECT COUNT(*) FROM post
                WHERE is_deleted = 0 AND (
                    like_count <> (SELECT COUNT(*) FROM post_like WHERE post_id = post.id)
                    OR comment_count <> (SELECT COUNT(*) FROM comment WHERE post_id = post.id)))
                + (SELECT COUNT(*) FROM comment
                WHERE reply_count <> (SELECT COUNT(*) FROM comment AS reply WHERE reply.parent_id = comment.id))
            /* scan: a test's tables */
            """)
    }
}

func withSocial(
    limits change: (inout SocialLimits) -> Void = { _ in }, _ body: (SocialFixture) async throws -> Void
) async throws {
    var limits = SocialLimits()
    change(&limits)
    let chosen = limits
    try await withDatabase(SocialService.migrations + EventLog.migrations + JobQueue.migrations) { database in
        let fixture = SocialFixture(database: database, limits: chosen)
        try await body(fixture)
        let shape = PostChannels(social: fixture.social).shape
        #expect(fixture.pushes.undescribed(by: ["post": shape.pushes]) == [])
    }
}
