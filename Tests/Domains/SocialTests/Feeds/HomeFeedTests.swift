import Core
import PlazaTesting
import Storage
import Testing

@testable import Social

@Suite struct HomeFeedTests {
    @Test func aPostReachesEveryFollowerInBatches() async throws {
        try await withSocial(limits: { $0.fanOutBatch = 4 }) { plaza in
            // Whole batches, and one that is not.
            for (name, count) in [("ann", 8), ("bob", 9), ("cleo", 1), ("dan", 0)] {
                let author = try await plaza.person(name)
                let followers = try await plaza.people(count, name)
                try await plaza.follow(author, by: followers)
                let post = try await plaza.publish(by: author)
                for follower in followers { #expect(try await plaza.home(of: follower).isEmpty) }
                try await plaza.statements.killingEverywhere {
                    try await plaza.social.fanOut(FanOutPosts(author: author))
                }
                for follower in followers { #expect(try await plaza.home(of: follower) == [post]) }
                try await plaza.runJobs()
                #expect(
                    try await plaza.number(
                        "SELECT COUNT(*) FROM feed_entry WHERE post_id = \(post) /* scan: a test's table */")
                        == Int64(count + 1))
            }
        }
    }

    @Test func newestFirstWithOnesOwnAmongThem() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.social.follow(ann, by: bob)
            var posts: [ID<Post>] = []
            for author in [ann, bob, ann, bob] { posts.append(try await plaza.publish(by: author)) }
            try await plaza.runJobs()
            let items = try await plaza.social.homeFeed(of: bob, cursor: nil, limit: 9).items
            #expect(items.map(\.card.id) == posts.reversed())
            #expect(items.map(\.isFollowing) == [false, true, false, true])
        }
    }

    @Test func pulledAuthorsAreMergedAtReadTime() async throws {
        try await withSocial { plaza in
            let viewer = try await plaza.person("viewer")
            let authors = try await plaza.people(5, "author")
            for author in authors { try await plaza.social.follow(author, by: viewer) }
            for author in authors.prefix(3) { try await plaza.social.pull(author) }
            var random = SplitMix64(seed: 42)
            var posts: [ID<Post>] = []
            for _ in 0..<60 {
                let author = authors[Int.random(in: 0..<5, using: &random)]
                posts.append(try await plaza.publish(by: author))
            }
            try await plaza.runJobs()
            for limit in [1, 2, 7, 59, 60, 61] {
                let seen = try await plaza.all { cursor in
                    try await plaza.social.homeFeed(of: viewer, cursor: cursor, limit: limit)
                }
                #expect(seen.map(\.card.id) == posts.reversed(), "pages of \(limit)")
            }
            let entries = try await plaza.number("SELECT COUNT(*) FROM feed_entry WHERE account_id = \(viewer)")
            #expect(entries < 60)
        }
    }

    @Test func becomingPulledLosesNothingAndDoublesNothing() async throws {
        try await withSocial(limits: {
            $0.pushFollowersMax = 3
            $0.fanOutBatch = 2
        }) { plaza in
            let ann = try await plaza.person("ann")
            let early = try await plaza.people(3, "early")
            try await plaza.follow(ann, by: early)
            var posts = [try await plaza.publish(by: ann), try await plaza.publish(by: ann)]
            try await plaza.runJobs()
            // Published, not fanned out yet when the fourth follower tips the scale.
            posts.append(try await plaza.publish(by: ann))
            let late = try await plaza.people(3, "late")
            try await plaza.follow(ann, by: late)
            try await plaza.runJobs()
            posts.append(try await plaza.publish(by: ann))
            try await plaza.runJobs()
            let pulled = try await plaza.number(
                "SELECT COUNT(*) FROM follow WHERE followee_id = \(ann) AND is_pulled = 1")
            #expect(pulled == 6)
            for follower in early + late {
                #expect(try await plaza.home(of: follower) == posts.reversed())
                let page = try await plaza.social.homeFeed(of: follower, cursor: nil, limit: 2)
                #expect(page.items.map(\.card.id) == posts.suffix(2).reversed(), "a page is full though entries repeat")
                try await plaza.social.unfollow(ann, by: follower)
                #expect(try await plaza.home(of: follower).isEmpty)
            }
        }
    }

    @Test func pullingCanBeKilledAnywhereAndBegunAgain() async throws {
        try await withSocial(limits: { $0.fanOutBatch = 2 }) { plaza in
            let ann = try await plaza.person("ann")
            let fans = try await plaza.people(7)
            try await plaza.follow(ann, by: fans)
            try await plaza.statements.killingEverywhere { try await plaza.social.pull(ann) }
            try await plaza.social.pull(ann)
            let post = try await plaza.publish(by: ann)
            for fan in fans { #expect(try await plaza.home(of: fan) == [post]) }
        }
    }

    @Test func aDeletedPostOfAPulledAuthorIsGone() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.social.follow(ann, by: bob)
            let pushed = try await plaza.publish(by: ann)
            try await plaza.runJobs()
            try await plaza.social.pull(ann)
            let pulled = try await plaza.publish(by: ann)
            let kept = try await plaza.publish(by: ann)
            for post in [pushed, pulled] { try await plaza.social.delete(post, by: ann, isModerator: false) }
            #expect(try await plaza.home(of: bob) == [kept])
            try await plaza.runJobs()
            #expect(try await plaza.home(of: bob) == [kept])
            #expect(try await plaza.number("SELECT COUNT(*) FROM feed_entry WHERE account_id = \(bob)") == 0)
        }
    }

    @Test func aTimelineIsCutToItsBound() async throws {
        try await withSocial(limits: { $0.timelineEntriesMax = 5 }) { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            _ = try await plaza.people(250)
            try await plaza.social.follow(ann, by: bob)
            var posts: [ID<Post>] = []
            for _ in 0..<9 { posts.append(try await plaza.publish(by: ann)) }
            try await plaza.runJobs()
            #expect(try await plaza.home(of: bob).count == 9)
            for _ in 0..<2 { try await plaza.social.trimTimelines() }
            for account in [ann, bob] { #expect(try await plaza.home(of: account) == posts.suffix(5).reversed()) }
        }
    }

    @Test func pagesAreStableWhilePostsArePublished() async throws {
        try await withSocial { plaza in
            let viewer = try await plaza.person("viewer")
            let authors = try await plaza.people(3, "author")
            try await plaza.social.pull(authors[0])
            for author in authors { try await plaza.social.follow(author, by: viewer) }
            var posts: [ID<Post>] = []
            for index in 0..<30 { posts.append(try await plaza.publish(by: authors[index % 3])) }
            try await plaza.runJobs()
            let seen = try await plaza.all { cursor in
                let page = try await plaza.social.homeFeed(of: viewer, cursor: cursor, limit: 4)
                for author in authors { try await plaza.publish(by: author) }
                try await plaza.runJobs()
                return page
            }
            #expect(seen.map(\.card.id) == posts.reversed())
        }
    }

    @Test func aCursorIsForItsOwnersFeedOnly() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            for _ in 0..<3 { try await plaza.publish(by: ann) }
            let cursor = try #require(try await plaza.social.homeFeed(of: ann, cursor: nil, limit: 1).next)
            for cursor in [cursor, "nonsense", String(cursor.dropLast())] {
                await #expect(throws: CursorError.invalid) {
                    _ = try await plaza.social.homeFeed(of: bob, cursor: cursor, limit: 1)
                }
                await #expect(throws: CursorError.invalid) {
                    _ = try await plaza.social.posts(by: .id(ann), cursor: cursor, limit: 1, viewer: ann)
                }
                await #expect(throws: CursorError.invalid) {
                    _ = try await plaza.social.exploreFeed(for: ann, cursor: cursor, limit: 1)
                }
            }
        }
    }
}
