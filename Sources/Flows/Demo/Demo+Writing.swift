import Accounts
import Core
import Social
import Storage

extension Demo {
    typealias Note = ((inout DemoReport) -> Void) -> Void

    /// - Returns: everybody's id, by number.
    func addPeople(_ size: Size, password: PasswordHash, _ note: Note) async throws -> [ID<Account>] {
        let (accounts, social) = (accounts, social)
        let (ids, joined) = (IDGenerator(node: node, clock: clock), ImportHistory(clock).start)
        var people: [ID<Account>] = []
        people.reserveCapacity(size.people)
        for batch in Self.batches(of: size.people) {
            let added = try await database.write { tx in
                let drafts = batch.map { number in
                    ImportedAccount(
                        handle: DemoPeople.handle(number), displayName: DemoPeople.name(number), createdAt: joined)
                }
                let profiles = try accounts.addImported(drafts, ids: ids, password: password, in: tx)
                try social.addPeople(profiles.map(\.card), in: tx)
                return profiles.map(\.id)
            }
            people += added
            note { $0.people = people.count }
        }
        return people
    }

    func addFollows(
        among people: [ID<Account>], _ size: Size, _ random: inout SplitMix64, _ note: Note
    ) async throws {
        let social = social
        var graph = DemoGraph(followsPerPerson: size.followsPerPerson)
        // A batch of people is some 20,000 edges.
        let step = max(1, 20_000 / max(1, size.followsPerPerson))
        for start in stride(from: 0, to: people.count, by: step) {
            var edges: Set<FollowEdge> = []
            for number in start..<min(start + step, people.count) {
                for (follower, followee) in graph.edges(of: number, &random) {
                    edges.insert(FollowEdge(follower: people[follower], followee: people[followee]))
                }
            }
            let sorted = edges.sorted()
            let added = try await database.write { tx in try social.addFollows(sorted, in: tx) }
            note { $0.follows += added.addedCount }
        }
    }

    func addPosts(
        by people: [ID<Account>], _ size: Size, origin: String?, _ random: inout SplitMix64, _ note: Note
    ) async throws {
        let (social, history) = (social, ImportHistory(clock))
        let (postIDs, commentIDs) = (IDGenerator(node: node, clock: clock), IDGenerator(node: node, clock: clock))
        for batch in Self.batches(of: size.posts) {
            var activity: [DemoActivity] = []
            activity.reserveCapacity(batch.count)
            for number in batch {
                let time = history.time(at: Double(number) / Double(size.posts))
                activity.append(DemoActivity(at: time, until: history.end, people: people, origin: origin, &random))
            }
            let ready = activity
            let added = try await database.write { tx in
                let posts = try social.addPosts(ready.map(\.post), ids: postIDs, in: tx)
                let time = ready.last?.post.publishedAt ?? history.end
                return try social.add(DemoActivity.reactions(ready, to: posts), at: time, ids: commentIDs, in: tx)
            }
            note { report in
                report.posts += batch.count
                report.likes += added.likes
                report.comments += added.comments
                report.watches += added.watches
            }
        }
    }
}
