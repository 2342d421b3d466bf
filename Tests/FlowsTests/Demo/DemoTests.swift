import Accounts
import Core
import PlazaTesting
import Social
import Storage
import Testing

@testable import Flows

struct DemoTests {
    static let password = "correct horse battery"
    static let size = Demo.Size(people: 60, postsPerPerson: 4, followsPerPerson: 5)

    @Test func demonstrationIsInOrderAndLively() async throws {
        try await withPlaza { plaza in
            let report = try await run(plaza)
            #expect(report.people == 60)
            #expect(report.posts == 240)
            #expect(report.follows > 200)
            #expect(report.likes > 240)
            #expect(report.comments > 60)
            #expect(report.watches > report.likes)
            #expect(report.timelines > 55)
            let verified = try await plaza.verify()
            #expect(verified.findings == [])
            #expect(verified.checks.allSatisfy { $0.outcome == .done })
        }
    }

    @Test func everybodySignsInWithTheOnePassword() async throws {
        try await withPlaza { plaza in
            _ = try await run(plaza)
            let origin = SignInOrigin(address: "192.0.2.1", device: "test")
            for number in [0, 59] {
                _ = try await plaza.accounts.signIn(
                    login: DemoPeople.handle(number), password: Self.password, from: origin)
            }
        }
    }

    @Test func homeAndSearchHaveSomethingToShow() async throws {
        try await withPlaza { plaza in
            _ = try await run(plaza)
            let last = try await plaza.person(DemoPeople.handle(59)).id
            let feed = try await plaza.social.homeFeed(of: last, cursor: nil, limit: 20)
            #expect(feed.items.count == 20)
            let found = try await plaza.social.searchPosts("the", cursor: nil, limit: 20, viewer: nil)
            #expect(found.items.count == 20)
        }
    }

    @Test func sameSeedMakesTheSameHouse() async throws {
        let houses = try await [7, 7, 8].asyncMap { seed in try await fingerprint(seed: seed) }
        #expect(houses[0] == houses[1])
        #expect(houses[0] != houses[2])
    }

    @Test func secondDemonstrationIsRefusedBeforeAnythingIsWritten() async throws {
        try await withPlaza { plaza in
            _ = try await run(plaza)
            await #expect(throws: DemoError.self) { _ = try await run(plaza) }
            let posts = try await plaza.count("post")
            #expect(posts == 240)
        }
    }

    @Test func handlesAreDifferentAndValid() {
        let handles = (0..<20_000).map(DemoPeople.handle)
        #expect(Set(handles).count == handles.count)
        #expect(handles.allSatisfy { AccountsService.storedHandle($0) == $0 })
    }

    @Test func fewAreFollowedByMany() {
        var graph = DemoGraph(followsPerPerson: 10)
        var random = SplitMix64(seed: 1)
        var followers = Array(repeating: 0, count: 5_000)
        for number in 0..<5_000 {
            for edge in graph.edges(of: number, &random) { followers[edge.followee] += 1 }
        }
        let ranked = followers.sorted(by: >)
        let total = ranked.reduce(0, +)
        #expect(ranked.prefix(50).reduce(0, +) * 8 > total)
        #expect(ranked[2_500] < 10)
    }

    private func run(_ plaza: FlowsFixture, seed: UInt64 = 7) async throws -> DemoReport {
        try await Demo(
            database: plaza.database, accounts: plaza.accounts, social: plaza.social, clock: plaza.clock.wall,
            node: FlowsFixture.node
        ).run(seed: seed, size: Self.size, password: Self.password)
    }

    /// Every post, edge and comment of a fresh house.
    private func fingerprint(seed: UInt64) async throws -> [String] {
        var rows: [String] = []
        try await withPlaza { plaza in
            _ = try await run(plaza, seed: seed)
            rows = try await plaza.database.read { db in
                try db.rows(
                    """
                    SELECT id || ' ' || author_id || ' ' || caption || ' ' || like_count || ' ' || score FROM post
                    UNION ALL SELECT follower_id || ' ' || followee_id FROM follow
                    UNION ALL SELECT id || ' ' || post_id || ' ' || author_id || ' ' || text FROM comment
                    /* scan: a test's tables */
                    """
                ) { $0.text(0) }
            }
        }
        return rows.sorted()
    }
}

extension Array {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
