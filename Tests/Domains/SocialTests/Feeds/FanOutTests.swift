import Core
import PlazaTesting
import Storage
import Testing

@testable import Social

/// Many posts of one author, written together.
@Suite struct FanOutTests {
    @Test func aBurstIsOneJobAndReachesEverybodyInOrder() async throws {
        try await withSocial(limits: { $0.fanOutBatch = 100 }) { plaza in
            let author = try await plaza.person("ann")
            let followers = try await plaza.people(7, "follower")
            try await plaza.follow(author, by: followers)
            var posts: [ID<Post>] = []
            for _ in 0..<130 { posts.append(try await plaza.publish(by: author)) }
            #expect(try await plaza.fanOutJobs == 1)
            try await plaza.statements.killingEverywhere {
                try await plaza.social.fanOut(FanOutPosts(author: author))
            }
            for follower in followers {
                let seen = try await plaza.all { cursor in
                    try await plaza.social.homeFeed(of: follower, cursor: cursor, limit: 50)
                }
                #expect(seen.map(\.card.id) == posts.reversed())
            }
            #expect(try await plaza.waiting == 0)
        }
    }

    /// The job has looked for the last time, and is not deleted yet.
    @Test func aPostAfterTheLastLookHasAJobOfItsOwn() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.social.follow(ann, by: bob)
            let first = try await plaza.publish(by: ann)
            try await plaza.social.fanOut(FanOutPosts(author: ann))
            let second = try await plaza.publish(by: ann)
            #expect(try await plaza.fanOutJobs == 2)
            try await plaza.runJobs()
            #expect(try await plaza.home(of: bob) == [second, first])
        }
    }

    @Test func whatIsDeletedOrPulledMeanwhileIsNotWritten() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.social.follow(ann, by: bob)
            let (kept, deleted) = (try await plaza.publish(by: ann), try await plaza.publish(by: ann))
            try await plaza.social.delete(deleted, by: ann, isModerator: false)
            try await plaza.social.fanOut(FanOutPosts(author: ann))
            #expect(try await plaza.home(of: bob) == [kept])

            let pulled = try await plaza.publish(by: ann)
            try await plaza.social.pull(ann)
            try await plaza.social.fanOut(FanOutPosts(author: ann))
            #expect(try await plaza.number("SELECT COUNT(*) FROM feed_entry WHERE account_id = \(bob)") == 1)
            #expect(try await plaza.home(of: bob) == [pulled, kept])
            #expect(try await plaza.waiting == 0)
        }
    }
}

extension SocialFixture {
    fileprivate var fanOutJobs: Int64 {
        get async throws {
            try await number("SELECT COUNT(*) FROM job WHERE kind = 'social.fan_out_posts' /* scan: a test's table */")
        }
    }

    fileprivate var waiting: Int64 {
        get async throws { try await number("SELECT COUNT(*) FROM fan_out /* scan: a test's table */") }
    }
}
