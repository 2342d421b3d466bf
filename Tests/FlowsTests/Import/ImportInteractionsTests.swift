import Core
import Flows
import PlazaTesting
import Social
import Storage
import Testing

struct ImportInteractionsTests {
    @Test func itemBecomesAPostOfItsFirstUser() async throws {
        try await withPlaza { plaza in
            let report = try await plaza.importInteractions(
                "user,item,weight\n1,40,5\n2,40,7\n2,41,1000000000\n")
            #expect(report.rowsRead == 3)
            #expect(report.peopleCreated == 2)
            #expect(report.postsCreated == 2)
            #expect(report.watchesCreated == 3)
            #expect(try await plaza.counts(of: "u01").post == 1)
            #expect(try await posts(of: "u01", plaza) == ["Item 40"])
            #expect(try await posts(of: "u02", plaza) == ["Item 41"])
            #expect(try await views(plaza) == [12, 1_000_000_000])
        }
    }

    @Test(arguments: [1, 2, 3, 10_000])
    func importingAgainChangesNothing(batchRows: Int) async throws {
        try await withPlaza { plaza in
            let text = "user,item,weight\n1,40,5\n2,40,7\n1,40,9\n3,41,2\n3,40,1\n"
            let first = try await plaza.importInteractions(text, batchRows: batchRows)
            #expect(first.watchesCreated == 4)
            #expect(first.duplicates == 1)
            let second = try await plaza.importInteractions(text, batchRows: batchRows)
            #expect(second.watchesCreated == 0)
            #expect(second.postsCreated == 0)
            #expect(second.duplicates == 5)
            #expect(try await views(plaza) == [13, 2])
        }
    }

    @Test func faultyRowsAreSkippedAndExplained() async throws {
        try await withPlaza { plaza in
            let report = try await plaza.importInteractions(
                """
                user,item,weight
                1,40,0
                1,40,-3
                1,40,1000000001
                1,40,many
                1,40,1.5
                a b,40,1
                1,,1
                1,40
                1,40,3

                """)
            #expect(report.skipped == [.invalidWeight: 5, .invalidKey: 1, .invalidItem: 1, .wrongColumnCount: 1])
            #expect(report.faults.map(\.line) == Array(2...9))
            #expect(report.watchesCreated == 1)
        }
    }

    @Test func largeWeightsMayHaveAnExponent() async throws {
        try await withPlaza { plaza in
            let report = try await plaza.importInteractions(
                "user,item,weight\n1,40,3.2466e+05\n1,41,1E9\n1,42,2.0\n1,43,1e10\n1,44,1.25e1\n1,45,0x10\n1,46,nan\n")
            #expect(report.skipped == [.invalidWeight: 4])
            let views = try await views(plaza)
            #expect(views == [324_660, 1_000_000_000, 2])
        }
    }

    @Test func feedShowsPostsOfThoseWhoAreFollowedWhicheverFileComesFirst() async throws {
        try await withPlaza { plaza in
            _ = try await plaza.importFollows("follower,followee\n1,2\n")
            _ = try await plaza.importInteractions("user,item,weight\n2,40,5\n3,41,5\n")
            _ = try await plaza.importFollows("follower,followee\n1,3\n")
            let one = try await plaza.person("u01").id
            let feed = try await plaza.social.homeFeed(of: one, cursor: nil, limit: 10)
            #expect(feed.items.count == 2)
        }
    }

    @Test func postsAreSpreadOverThePastInTheOrderOfTheFile() async throws {
        try await withPlaza { plaza in
            let rows = (0..<100).map { "\($0 % 7),\($0),1\n" }.joined()
            _ = try await plaza.importInteractions("user,item,weight\n" + rows, batchRows: 30)
            let ids = try await plaza.database.read { db in
                try db.rows("SELECT id FROM post ORDER BY id /* scan: a test's table */") { $0.id(0, Post.self) }
            }
            let captions = try await plaza.database.read { db in
                try db.rows("SELECT caption FROM post ORDER BY id /* scan: a test's table */") { $0.text(0) }
            }
            #expect(captions == (0..<100).map { "Item \($0)" })
            let first = try #require(ids.first).createdAt
            let last = try #require(ids.last).createdAt
            #expect(first.advanced(bySeconds: 20 * 86_400) < last)
            #expect(last <= plaza.clock.now)
            let author = try await plaza.person("u00")
            #expect(author.id.createdAt <= first)
        }
    }

    @Test func twoFilesOfOneMomentDoNotCollide() async throws {
        try await withPlaza { plaza in
            _ = try await plaza.importInteractions("user,item,weight\n1,40,1\n1,41,1\n")
            let report = try await plaza.importInteractions("user,item,weight\n2,50,1\n2,51,1\n")
            #expect(report.postsCreated == 2)
            #expect(try await plaza.count("post") == 4)
        }
    }

    @Test func itemOfADeletedPostIsPassedOver() async throws {
        try await withPlaza { plaza in
            let text = "user,item,weight\n1,40,1\n"
            _ = try await plaza.importInteractions(text)
            let author = try await plaza.person("u01").id
            let posts = try await plaza.social.posts(by: .id(author), cursor: nil, limit: 1, viewer: nil)
            let post = try #require(posts.items.first).card.id
            try await plaza.social.delete(post, by: author, isModerator: false)
            let report = try await plaza.importInteractions(text)
            #expect(report.skipped == [.postDeleted: 1])
            #expect(report.postsCreated == 0)
        }
    }

    @Test func importedPostsAreFoundAndRanked() async throws {
        try await withPlaza { plaza in
            _ = try await plaza.importInteractions("user,item,weight\n1,blue-jar,3\n1,red-jar,900\n1,cup,1\n")
            let found = try await plaza.social.searchPosts("jar", cursor: nil, limit: 10, viewer: nil)
            #expect(found.items.count == 2)
            let explore = try await plaza.social.exploreFeed(for: nil, cursor: nil, limit: 10)
            let red = try await plaza.social.searchPosts("red", cursor: nil, limit: 10, viewer: nil)
            #expect(explore.items.first?.card.id == red.items.first?.card.id)
        }
    }

    private func posts(of handle: String, _ plaza: FlowsFixture) async throws -> [String] {
        let author = try await plaza.person(handle).id
        return try await plaza.database.read { db in
            try db.rows("SELECT caption FROM post WHERE author_id = \(author) AND is_deleted = 0 ORDER BY id") {
                $0.text(0)
            }
        }
    }

    private func views(_ plaza: FlowsFixture) async throws -> [Int64] {
        try await plaza.database.read { db in
            try db.rows("SELECT view_count FROM post ORDER BY id /* scan: a test's table */") { $0.integer(0) }
        }
    }
}
