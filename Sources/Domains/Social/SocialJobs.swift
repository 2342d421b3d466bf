import Core
package import Jobs

/// A job about one post or account, which is most of them.
private func subject<Entity: EntityKind>(of payload: JSON, as kind: Entity.Type = Entity.self) throws -> ID<Entity> {
    guard let id = payload["id"]?.string.flatMap({ ID<Entity>($0) }) else {
        throw PermanentJobFailure("the payload has no id of the right kind")
    }
    return id
}

/// Writes an author's new posts to their followers' timelines: all that wait, however many have come since.
struct FanOutPosts: Job {
    static let kind = "social.fan_out_posts"
    let author: ID<Account>

    init(author: ID<Account>) { self.author = author }
    init(payload: JSON) throws { author = try subject(of: payload) }
    var payload: JSON { ["id": .id(author)] }
    var uniqueKey: String { "\(Self.kind):\(author.rawValue)" }
}

/// Removes what hangs on a deleted post, and at last the post.
struct PurgePost: Job {
    static let kind = "social.purge_post"
    let post: ID<Post>

    init(post: ID<Post>) { self.post = post }
    init(payload: JSON) throws { post = try subject(of: payload) }
    var payload: JSON { ["id": .id(post)] }
}

/// Marks the follow edges of an account with too many followers to write to: they are read at page time from now on.
struct PullAuthor: Job {
    static let kind = "social.pull_author"
    let account: ID<Account>

    init(account: ID<Account>) { self.account = account }
    init(payload: JSON) throws { account = try subject(of: payload) }
    var payload: JSON { ["id": .id(account)] }
}

/// Removes the posts, reactions and edges of an erased account.
struct EraseTraces: Job {
    static let kind = "social.erase_traces"
    let account: ID<Account>

    init(account: ID<Account>) { self.account = account }
    init(payload: JSON) throws { account = try subject(of: payload) }
    var payload: JSON { ["id": .id(account)] }
}

/// Adds logged engagement to the posts' counters and scores, many events at a time.
package struct FoldEngagement: ArgumentlessJob {
    package static let kind = "social.fold_engagement"

    package init() {}
}

/// Removes what people did with posts that have been purged.
struct SweepEngagement: ArgumentlessJob {
    static let kind = "social.sweep_engagement"
}

/// Fills the home feeds that an import has left open.
package struct FillTimelines: ArgumentlessJob {
    package static let kind = "social.fill_timelines"

    package init() {}
}

/// Cuts timelines to their bound.
package struct TrimTimelines: ArgumentlessJob {
    package static let kind = "social.trim_timelines"

    package init() {}
}

/// Makes searches quick again after much has been indexed.
struct MergeTextIndexes: ArgumentlessJob {
    static let kind = "social.merge_text_indexes"
}

extension SocialService {
    /// Registers what Social's jobs do.
    package func register(in handlers: inout JobHandlers) {
        handlers.on(FanOutPosts.self, timeoutSeconds: 600) { job, _ in try await fanOut(job) }
        handlers.on(PurgePost.self, timeoutSeconds: 600) { job, _ in try await purge(job.post) }
        handlers.on(PullAuthor.self, timeoutSeconds: 600) { job, _ in try await pull(job.account) }
        handlers.on(EraseTraces.self, timeoutSeconds: 3_600) { job, _ in try await eraseTraces(of: job.account) }
        handlers.on(FoldEngagement.self) { _, _ in try await foldEngagement() }
        handlers.on(SweepEngagement.self, timeoutSeconds: 3_600) { _, _ in try await sweepEngagement() }
        handlers.on(FillTimelines.self, timeoutSeconds: 3_600) { _, _ in try await fillTimelines() }
        handlers.on(TrimTimelines.self, timeoutSeconds: 3_600) { _, _ in try await trimTimelines() }
        handlers.on(MergeTextIndexes.self, timeoutSeconds: 3_600) { _, _ in try await mergeTextIndexes() }
    }

    /// Work that recurs.
    package static func schedules() throws -> [JobSchedule] {
        [JobSchedule("social.trim_timelines", try CronExpression("17 * * * *"), job: TrimTimelines())]
    }
}
