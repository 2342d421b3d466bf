import Core
import HTTP
import PlazaTesting
import Storage
import Testing

@testable import Social

/// How the engine reads pages. `withDatabase` refuses scans; these hold what it does not see.
@Suite struct PlanTests {
    @Test func exploreIsReadFromItsIndexAlone() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            try await plaza.publish(by: ann)
            let plan = try await plaza.plan { _ = try await plaza.social.exploreFeed(for: ann, cursor: nil, limit: 20) }
            #expect(plan.contains { $0.hasPrefix("SEARCH post USING COVERING INDEX post_explore (score<") })
            #expect(!plan.contains { $0.contains("TEMP B-TREE") })
        }
    }

    @Test func homeReadsPagesOfPulledAuthorsFromIndexesAlone() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            try await plaza.publish(by: ann)
            let plan = try await plaza.plan { _ = try await plaza.social.homeFeed(of: ann, cursor: nil, limit: 20) }
            for step in [
                "SEARCH feed_entry USING PRIMARY KEY (account_id=? AND post_id<?)",
                "SEARCH follow USING COVERING INDEX follow_pulled (follower_id=? AND is_pulled=?)",
                "SEARCH newest USING COVERING INDEX post_author (author_id=? AND id<?)",
                "SEARCH post USING COVERING INDEX post_author (author_id=? AND id=?",
            ] {
                #expect(plan.contains { $0.hasPrefix(step) }, "\(step)")
            }
            // The page itself, and one page for each pulled author.
            #expect(plan.filter { $0.contains("TEMP B-TREE") }.count <= 2)
        }
    }

    /// No list sorts more than it shows. Home is looked at above.
    @Test(arguments: RouteCall.all.indices)
    func nothingIsSortedOnTheWay(index: Int) async throws {
        try await withSocial { plaza in
            let (call, world) = (RouteCall.all[index], try await RouteWorld(plaza))
            guard !call.query.contains(where: { $0.value == "home" }) else { return }
            let route = try #require(plaza.social.routes.first { $0.method == call.method && $0.path == call.path })
            let plan = try await plaza.plan {
                _ = try await route.handler(call.request(in: world, as: RouteTests.principal(world.bob)))
            }
            #expect(!plan.contains { $0.contains("TEMP B-TREE FOR ORDER BY") }, "\(call.name)")
        }
    }
}

extension SocialFixture {
    /// The steps of every statement that `body` runs.
    fileprivate func plan(_ body: () async throws -> Void) async throws -> [String] {
        _ = statements.take()
        try await body()
        var plan: [String] = []
        for sql in statements.take() { plan += try await statements.plan(of: sql) }
        return plan
    }
}
