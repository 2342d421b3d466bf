import Core
import PlazaTesting
import Social
import Storage
import Testing

@testable import Flows

struct ImportFollowsTests {
    @Test func importedPeopleFollowEachOther() async throws {
        try await withPlaza { plaza in
            let report = try await plaza.importFollows("follower,followee\n1,2\n1,3\n2,1\nann,1\n")
            #expect(report.rowsRead == 4)
            #expect(report.peopleCreated == 4)
            #expect(report.followsCreated == 4)
            #expect(report.timelinesFilled == 3)
            #expect(report.skipped.isEmpty)

            #expect(try await plaza.counts(of: "u01").follower == 2)
            #expect(try await plaza.counts(of: "u01").following == 2)
            #expect(try await plaza.counts(of: "ann").following == 1)
        }
    }

    @Test func columnsMayStandAnywhere() async throws {
        try await withPlaza { plaza in
            let report = try await plaza.importFollows("since,followee,follower\n2020,2,1\n")
            #expect(report.followsCreated == 1)
            #expect(try await plaza.counts(of: "u02").follower == 1)
        }
    }

    @Test(arguments: [1, 2, 3, 20_000])
    func importingAgainChangesNothing(batchRows: Int) async throws {
        try await withPlaza { plaza in
            let text = "follower,followee\n1,2\n2,3\n1,2\n3,1\n1,3\n"
            let first = try await plaza.importFollows(text, batchRows: batchRows)
            #expect(first.followsCreated == 4)
            #expect(first.duplicates == 1)
            let second = try await plaza.importFollows(text, batchRows: batchRows)
            #expect(second.rowsRead == 5)
            #expect(second.followsCreated == 0)
            #expect(second.peopleCreated == 0)
            #expect(second.duplicates == 5)
            #expect(try await plaza.counts(of: "u01").following == 2)
            #expect(try await plaza.count("follow") == 4)
        }
    }

    @Test func faultyRowsAreSkippedAndExplained() async throws {
        try await withPlaza { plaza in
            let report = try await plaza.importFollows(
                "follower,followee\n1,2\n3,3\n4\nno spaces,1\nAnn,ann\n,5\n2,1\n")
            #expect(report.rowsRead == 7)
            #expect(report.followsCreated == 2)
            #expect(report.skipped == [.followsSelf: 2, .wrongColumnCount: 1, .invalidKey: 2])
            #expect(
                report.faults == [
                    .init(line: 3, fault: .followsSelf), .init(line: 4, fault: .wrongColumnCount),
                    .init(line: 5, fault: .invalidKey), .init(line: 6, fault: .followsSelf),
                    .init(line: 7, fault: .invalidKey),
                ])
        }
    }

    @Test func onlyTheFirstFaultsAreListed() async throws {
        try await withPlaza { plaza in
            let report = try await plaza.importFollows(
                "follower,followee\n" + String(repeating: "7,7\n", count: 50), batchRows: 8)
            #expect(report.skipped == [.followsSelf: 50])
            #expect(report.faults.map(\.line) == Array(2...21))
        }
    }

    @Test(arguments: ["follower,other\n1,2\n", "follower,followee,follower\n1,2,3\n", ""])
    func fileWithoutItsColumnsIsRefused(text: String) async throws {
        try await withPlaza { plaza in
            await #expect(throws: ImportStopped.self) { try await plaza.importFollows(text) }
            let people = try await plaza.count("person")
            #expect(people == 0)
        }
    }

    @Test func tornFileKeepsWhatWasCommittedAndIsCompletedByTheWholeOne() async throws {
        try await withPlaza { plaza in
            let start = "follower,followee\n1,2\n2,3\n3,1\n"
            let stopped = await #expect(throws: ImportStopped.self) {
                try await plaza.importFollows(start + "\"4,1\n", batchRows: 2)
            }
            #expect(stopped?.report.rowsRead == 2)
            #expect(stopped?.report.followsCreated == 2)
            #expect(stopped?.description.contains("Line 5") == true)
            #expect(stopped?.description.contains("first 2 rows") == true)
            #expect(try await plaza.count("follow") == 2)

            let report = try await plaza.importFollows(start + "4,1\n", batchRows: 2)
            #expect(report.duplicates == 2)
            #expect(report.followsCreated == 2)
            #expect(report.timelinesFilled == 4)
        }
    }

    @Test func keyMeansThePersonWhoHasTheHandle() async throws {
        try await withPlaza { plaza in
            let maya = try await plaza.addPerson("maya")
            let report = try await plaza.importFollows("follower,followee\nMaya,1\n")
            #expect(report.peopleCreated == 1)
            #expect(try await plaza.person("maya").id == maya)
            #expect(try await plaza.counts(of: "maya").following == 1)
        }
    }

    @Test(arguments: [
        ("0", "u00"), ("7", "u07"), ("007", "u07"), ("70", "u70"), ("u70", "u70"), ("Ann.B", "ann.b"),
        ("12345678901234567890123456789", "u12345678901234567890123456789"), ("ab", nil), ("-5", nil), (" 5", nil),
        ("123456789012345678901234567890", nil), ("", nil), ("acc_1", nil), ("jürgen", nil),
    ])
    func keyHasOneHandle(key: String, handle: String?) {
        #expect(ImportPeople.handle(for: key) == handle)
    }

    @Test func nobodyFollowsAcrossABlock() async throws {
        try await withPlaza { plaza in
            let (maya, ben) = (try await plaza.addPerson("maya"), try await plaza.addPerson("ben"))
            try await plaza.social.block(maya, by: ben)
            let report = try await plaza.importFollows("follower,followee\nmaya,ben\nben,maya\nben,1\n")
            #expect(report.followsCreated == 1)
            #expect(report.duplicates == 0)
            #expect(report.skipped == [.refused: 2])
            #expect(try await plaza.counts(of: "maya").follower == 0)
        }
    }

    @Test func feedShowsPostsOfThoseWhoAreFollowed() async throws {
        try await withPlaza { plaza in
            let ben = try await plaza.addPerson("ben")
            let post = try await plaza.social.publish(PostDraft(caption: "Fresh bread"), by: ben)
            _ = try await plaza.importFollows("follower,followee\n1,ben\n")
            let one = try await plaza.person("u01").id
            let feed = try await plaza.social.homeFeed(of: one, cursor: nil, limit: 10)
            #expect(feed.items.map(\.card.id) == [post.card.id])
        }
    }

    @Test func importedPeopleAreFound() async throws {
        try await withPlaza { plaza in
            _ = try await plaza.importFollows("follower,followee\nkim.potter,17\n")
            let found = try await plaza.social.searchPeople("potter", cursor: nil, limit: 10, viewer: nil)
            #expect(found.items.map(\.handle) == ["kim.potter"])
        }
    }

    @Test func popularPersonIsPulled() async throws {
        var limits = SocialLimits()
        limits.pushFollowersMax = 3
        try await withPlaza(limits: limits) { plaza in
            _ = try await plaza.importFollows("follower,followee\n" + (1...5).map { "\($0),99\n" }.joined())
            let pulls = try await plaza.database.read { db in
                try db.integer("SELECT COUNT(*) FROM job WHERE kind = 'social.pull_author' /* scan: a test's table */")
            }
            #expect(pulls == 1)
        }
    }

    @Test func progressReachesTheEndOfTheFile() async throws {
        try await withPlaza { plaza in
            let seen = ProgressLog()
            let path = try plaza.file("follower,followee\n1,2\n2,3\n3,4\n")
            _ = try await plaza.importer.importFollows(path: path, batchRows: 2) { seen.add($0) }
            let reading = seen.all.filter { $0.phase == .reading }
            #expect(reading.map(\.count) == [2, 3])
            #expect(reading.last?.share == 1)
            let filling = seen.all.filter { $0.phase == .fillingTimelines }
            #expect(filling.map(\.count) == [0, 3])
            #expect(filling.map(\.share) == [0, 1])
        }
    }
}
