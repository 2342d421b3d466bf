import Core
import PlazaTesting
import Storage
import Testing

@testable import Social

@Suite struct EngagementTests {
    @Test func everyEventHasItsVerdictInOrder() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let (open, hidden) = (try await plaza.publish(by: ann), try await plaza.publish(by: ann, for: .followers))
            let deleted = try await plaza.publish(by: ann)
            try await plaza.social.delete(deleted, by: ann, isModerator: false)
            let verdicts = try await plaza.social.record(
                [
                    EngagementEvent(post: open, kind: .view), EngagementEvent(post: hidden, kind: .view),
                    EngagementEvent(post: open, kind: .view), EngagementEvent(post: open, kind: .like),
                    EngagementEvent(post: deleted, kind: .share), EngagementEvent(post: open, kind: .like),
                    EngagementEvent(post: ID(rawValue: 9), kind: .like), EngagementEvent(post: open, kind: .share),
                    EngagementEvent(post: open, kind: .watch, watchedMilliseconds: 5_000),
                ], by: bob)
            #expect(
                verdicts == [
                    .accepted, .postNotFound, .duplicate, .accepted, .postNotFound, .duplicate, .postNotFound,
                    .accepted, .accepted,
                ])
            #expect(try await plaza.count("likes", of: open) == 1)
            try await plaza.fold()
            #expect(try await plaza.count("views", of: open) == 1)
            #expect(try await plaza.count("shares", of: open) == 1)
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func theSameCountsAgainAfterTheWindow() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            let view = [EngagementEvent(post: post, kind: .view)]
            #expect(try await plaza.social.record(view, by: bob) == [.accepted])
            plaza.clock.advance(seconds: 1_799)
            #expect(try await plaza.social.record(view, by: bob) == [.duplicate])
            #expect(try await plaza.social.record(view, by: ann) == [.accepted])
            plaza.clock.advance(seconds: 1)
            #expect(try await plaza.social.record(view, by: bob) == [.accepted])
            try await plaza.fold()
            #expect(try await plaza.count("views", of: post) == 3)
        }
    }

    /// Kinds, and seconds in between; zero is the same batch.
    static let visits: [(events: [(EngagementEvent.Kind, after: Int64)], verdicts: [EngagementVerdict], views: Int64)] =
        [
            ([(.view, 0), (.watch, 0)], [.accepted, .accepted], 1),
            ([(.watch, 0), (.view, 0)], [.accepted, .duplicate], 1),
            ([(.view, 0), (.watch, 9)], [.accepted, .accepted], 1),
            ([(.watch, 0), (.view, 9)], [.accepted, .duplicate], 1),
            ([(.watch, 0)], [.accepted], 1),
            ([(.watch, 0), (.watch, 0), (.view, 0)], [.accepted, .duplicate, .duplicate], 1),
            ([(.watch, 0), (.view, 1_800)], [.accepted, .accepted], 2),
            ([(.view, 0), (.watch, 1_800)], [.accepted, .accepted], 2),
            ([(.view, 0), (.watch, 1_799), (.view, 1)], [.accepted, .accepted, .accepted], 2),
            // The watch is one that has counted; the view that it implies is another.
            ([(.view, 0), (.watch, 9), (.watch, 1_791)], [.accepted, .accepted, .accepted], 2),
            ([(.watch, 0), (.view, 1_800), (.watch, 0)], [.accepted, .accepted, .accepted], 2),
        ]

    @Test(arguments: visits.indices) func aViewerSeesAPostOnceHoweverItIsReported(index: Int) async throws {
        let visit = Self.visits[index]
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            var verdicts: [EngagementVerdict] = []
            var batch: [EngagementEvent] = []
            for (kind, after) in visit.events {
                if after > 0 {
                    verdicts += try await plaza.social.record(batch, by: bob)
                    batch = []
                    plaza.clock.advance(seconds: after)
                }
                batch.append(EngagementEvent(post: post, kind: kind, watchedMilliseconds: 100))
            }
            verdicts += try await plaza.social.record(batch, by: bob)
            #expect(verdicts == visit.verdicts)
            #expect(try await plaza.viewFindings() == [])
            try await plaza.fold()
            #expect(try await plaza.count("views", of: post) == visit.views)
            #expect(try await plaza.viewFindings() == [])
        }
    }

    @Test func viewsAndWatchesThatRaceAreOneView() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let viewers = try await plaza.people(20)
            let post = try await plaza.publish(by: ann)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for viewer in viewers {
                    for kind in [EngagementEvent.Kind.view, .watch, .watch, .view] {
                        group.addTask {
                            _ = try await plaza.social.record([EngagementEvent(post: post, kind: kind)], by: viewer)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await plaza.fold()
            #expect(try await plaza.count("views", of: post) == 20)
            #expect(try await plaza.viewFindings() == [])
        }
    }

    @Test func aWatchWeighsTheSameBeforeAndAfterItsView() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let posts = [try await plaza.publish(by: ann), try await plaza.publish(by: ann)]
            let batch = [(0, .view), (0, .watch), (1, .watch), (1, .view)] as [(Int, EngagementEvent.Kind)]
            _ = try await plaza.social.record(batch.map { EngagementEvent(post: posts[$0.0], kind: $0.1) }, by: bob)
            try await plaza.fold()
            for post in posts {
                let weight = EngagementWeight.view + EngagementWeight.watch
                let score = Score(publishedAt: post.createdAt).adding(weight: weight, at: plaza.clock.now)
                let view = try await plaza.social.post(post, viewer: nil).view
                #expect(try plaza.json(view)["score"]?.integer == score.stored)
            }
        }
    }

    /// An event is one statement, whatever its kind.
    @Test func aWatchCostsNoMoreStatementsThanAView() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            for (kind, batch) in [(EngagementEvent.Kind.view, 1), (.watch, 2)] {
                plaza.clock.advance(seconds: 10)
                _ = plaza.statements.take()
                _ = try await plaza.social.record([EngagementEvent(post: post, kind: kind)], by: bob)
                let texts = plaza.statements.take().map(\.text)
                #expect(texts.filter { $0.contains("INSERT INTO engagement ") }.count == 1, "batch \(batch)")
                #expect(texts.count == 4, "\(texts)")
            }
        }
    }

    @Test func fiveHundredEventsAreOneBatch() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            var posts: [ID<Post>] = []
            for _ in 0..<125 { posts.append(try await plaza.publish(by: ann)) }
            let batch = posts.flatMap { post in
                EngagementEvent.Kind.allCases.map { EngagementEvent(post: post, kind: $0) }
            }
            let scope = WorkScope()
            let verdicts = try await WorkScope.$current.withValue(scope) {
                try await plaza.social.record(batch, by: bob)
            }
            #expect(verdicts == Array(repeating: .accepted, count: 500))
            // A like is several; all else of the batch is ten.
            #expect(scope.statements <= 125 * 12 + 10)
            try await plaza.fold()
            let sums = try await plaza.number(
                "SELECT SUM(view_count) * 1000000 + SUM(share_count) * 1000 + SUM(like_count) FROM post /* scan: a test's table */"
            )
            #expect(sums == 125 * 1_000_000 + 125 * 1_000 + 125)
        }
    }

    @Test func anEmptyBatchOrOneOfDuplicatesLogsNothing() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann)
            #expect(try await plaza.social.record([], by: ann).isEmpty)
            let view = [EngagementEvent(post: post, kind: .view)]
            _ = try await plaza.social.record(view, by: ann)
            _ = try await plaza.social.record(view, by: ann)
            #expect(try await plaza.logged() == 1)
        }
    }

    /// Batches arrive while folds run.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func countsAreExactWhileFoldsRun(seed: UInt64) async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let viewers = try await plaza.people(40)
            var posts: [ID<Post>] = []
            for _ in 0..<7 { posts.append(try await plaza.publish(by: ann)) }
            var random = SplitMix64(seed: seed)
            let batches = viewers.map { viewer in
                (viewer, posts.shuffled(using: &random).prefix(5).map { EngagementEvent(post: $0, kind: .view) })
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, (viewer, batch)) in batches.enumerated() {
                    group.addTask { _ = try await plaza.social.record(batch, by: viewer) }
                    if index % 3 == 0 { group.addTask { try await plaza.social.foldEngagement() } }
                }
                try await group.waitForAll()
            }
            try await plaza.fold()
            #expect(try await plaza.logged() == 0)
            for post in posts {
                let expected = batches.filter { $0.1.contains { $0.post == post } }.count
                #expect(try await plaza.count("views", of: post) == Int64(expected), "seed \(seed)")
            }
            #expect(try await plaza.number("SELECT COUNT(*) FROM job /* scan: a test's table */") == 0)
        }
    }

    @Test func foldingCanBeKilledAnywhereAndBegunAgain() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            var posts: [ID<Post>] = []
            for _ in 0..<4 { posts.append(try await plaza.publish(by: ann)) }
            for viewer in [ann, bob] {
                _ = try await plaza.social.record(posts.map { EngagementEvent(post: $0, kind: .view) }, by: viewer)
            }
            try await plaza.statements.killingEverywhere { try await plaza.social.foldEngagement() }
            for post in posts { #expect(try await plaza.count("views", of: post) == 2) }
            try await plaza.fold()
            for post in posts { #expect(try await plaza.count("views", of: post) == 2) }
        }
    }

    @Test func aHotPostIsWrittenOncePerFold() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let viewers = try await plaza.people(300)
            let post = try await plaza.publish(by: ann)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for viewer in viewers {
                    group.addTask {
                        _ = try await plaza.social.record([EngagementEvent(post: post, kind: .watch)], by: viewer)
                    }
                }
                try await group.waitForAll()
            }
            #expect(
                try await plaza.number(
                    "SELECT COUNT(*) FROM job WHERE kind = 'social.fold_engagement' /* scan: a test's table */") == 1)
            _ = plaza.statements.take()
            try await plaza.social.foldEngagement()
            #expect(plaza.statements.take().filter { $0.text.contains("UPDATE post") }.count == 1)
            #expect(try await plaza.count("views", of: post) == 300)
            let score = Score(publishedAt: post.createdAt).adding(
                weight: 300 * (EngagementWeight.view + EngagementWeight.watch), at: plaza.clock.now)
            #expect(
                try plaza.json(try await plaza.social.post(post, viewer: nil).view)["score"]?.integer == score.stored)
        }
    }

    @Test func manyBatchesAreFoldedInSeveralTransactions() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let viewers = try await plaza.people(501)
            let post = try await plaza.publish(by: ann)
            let batch = [EngagementEvent(post: post, kind: .share)]
            for viewer in viewers { _ = try await plaza.social.record(batch, by: viewer) }
            try await plaza.fold()
            #expect(try await plaza.count("shares", of: post) == 501)
        }
    }

    @Test func engagementWithAPostThatIsPurgedMeanwhileIsDropped() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let (gone, kept) = (try await plaza.publish(by: ann), try await plaza.publish(by: ann))
            _ = try await plaza.social.record([gone, kept].map { EngagementEvent(post: $0, kind: .view) }, by: bob)
            try await plaza.social.delete(gone, by: ann, isModerator: false)
            try await plaza.runJobs()
            try await plaza.fold()
            #expect(try await plaza.count("views", of: kept) == 1)
            #expect(try await plaza.logged() == 0)
        }
    }

    /// Batches, of which some hold nothing to remove.
    @Test(arguments: [1, 2, 1_000]) func engagementWithAPurgedPostIsSweptAway(batch: Int) async throws {
        try await withSocial(limits: { $0.fanOutBatch = batch }) { plaza in
            let house = try await plaza.purgedAndKept()
            #expect(try await plaza.seen(house.gone) == 4)
            #expect(try await plaza.orphans() == nil)
            try await plaza.database.write { tx in try tx.execute("UPDATE job SET state = 2 /* scan: a test's table */")
            }
            #expect(try await plaza.orphans() == 4)
            try await plaza.database.write { tx in try tx.execute("UPDATE job SET state = 0 /* scan: a test's table */")
            }
            plaza.clock.advance(seconds: 25 * 3_600)
            try await plaza.runJobs()
            #expect(try await plaza.seen(house.gone) == 0)
            #expect(try await plaza.seen(house.kept) == 4)
            #expect(try await plaza.orphans() == 0)
            #expect(try await plaza.number("SELECT COUNT(*) FROM job /* scan: a test's table */") == 0)
        }
    }

    @Test func aSweepCanBeKilledAnywhereAndBegunAgain() async throws {
        try await withSocial(limits: { $0.fanOutBatch = 2 }) { plaza in
            let house = try await plaza.purgedAndKept()
            try await plaza.statements.killingEverywhere { try await plaza.social.sweepEngagement() }
            #expect(try await plaza.seen(house.gone) == 0)
            #expect(try await plaza.seen(house.kept) == 4)
        }
    }
}

extension SocialFixture {
    fileprivate func logged() async throws -> Int64 {
        try await number("SELECT COUNT(*) FROM engagement_log /* scan: a test's table */")
    }

    /// Two posts that two people have seen and shared, of which one is purged.
    fileprivate func purgedAndKept() async throws -> (gone: ID<Post>, kept: ID<Post>) {
        let (ann, bob) = (try await person("ann"), try await person("bob"))
        let (gone, kept) = (try await publish(by: ann), try await publish(by: ann))
        for viewer in [ann, bob] {
            _ = try await social.record(
                [gone, kept].flatMap {
                    [EngagementEvent(post: $0, kind: .view), EngagementEvent(post: $0, kind: .share)]
                },
                by: viewer)
        }
        try await social.delete(gone, by: ann, isModerator: false)
        try await fold()
        return (gone, kept)
    }

    fileprivate func viewFindings() async throws -> [String] {
        try await database.read { db in
            var findings: [String] = []
            _ = try SocialService.engagementCheck.search(db) { findings.append("\($0)") }
            return findings
        }
    }

    /// What `plaza verify` finds; nil when it cannot tell.
    fileprivate func orphans() async throws -> Int? {
        try await database.read { db in
            var count = 0
            return try SocialService.orphanCheck.search(db) { _ in count += 1 } == .done ? count : nil
        }
    }

    fileprivate func seen(_ post: ID<Post>) async throws -> Int64 {
        try await number("SELECT COUNT(*) FROM engagement WHERE post_id = \(post) /* scan: a test's table */")
    }
}
