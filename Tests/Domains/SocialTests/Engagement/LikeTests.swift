import Core
import PlazaTesting
import Storage
import Testing

@testable import Social

@Suite struct LikeTests {
    @Test func likingTwiceCountsOnce() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            for _ in 0..<2 { try await plaza.social.like(post, by: bob) }
            #expect(try await plaza.count("likes", of: post) == 1)
            #expect(try await plaza.social.post(post, viewer: bob).view.isLiked)
            #expect(try await !plaza.social.post(post, viewer: ann).view.isLiked)
            #expect(try await plaza.social.exploreFeed(for: bob, cursor: nil, limit: 5).items.map(\.isLiked) == [true])
            for _ in 0..<2 { try await plaza.social.unlike(post, by: bob) }
            #expect(try await plaza.count("likes", of: post) == 0)
            #expect(try await !plaza.social.post(post, viewer: bob).view.isLiked)
            #expect(try await plaza.miscounts() == 0)
        }
    }

    /// A rank that could be pumped by liking and unliking would be.
    @Test func likingAndUnlikingGainsNothing() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            func score() async throws -> Int64 {
                try await plaza.database.read { try $0.integer("SELECT score FROM post WHERE id = \(post)") }
            }
            let before = try await score()
            for _ in 0..<10 {
                try await plaza.social.like(post, by: bob)
                plaza.clock.advance(seconds: 3_600)
                try await plaza.social.unlike(post, by: bob)
            }
            let after = try await score()
            #expect(abs(after - before) <= 20)
        }
    }

    @Test func aHundredLikersAtOnceAreAHundredLikes() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let fans = try await plaza.people(100)
            let post = try await plaza.publish(by: ann)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for fan in fans {
                    group.addTask { try await plaza.social.like(post, by: fan) }
                    group.addTask { try await plaza.social.like(post, by: fan) }
                }
                try await group.waitForAll()
            }
            #expect(try await plaza.count("likes", of: post) == 100)
            let score = Score(publishedAt: post.createdAt)
            let once = score.adding(weight: 100 * EngagementWeight.like, at: plaza.clock.now)
            let seen = try plaza.json(try await plaza.social.post(post, viewer: nil).view)["score"]?.integer
            // Each of the hundred rounds to a millionth.
            #expect(abs(once.stored - (seen ?? 0)) <= 100)
        }
    }

    @Test func whatIsNotThereIsNotLiked() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let hidden = try await plaza.publish(by: ann, for: .followers)
            for post in [hidden, ID(rawValue: 9)] {
                await #expect(throws: SocialError.postNotFound) { try await plaza.social.like(post, by: bob) }
                await #expect(throws: SocialError.postNotFound) { try await plaza.social.unlike(post, by: bob) }
            }
            #expect(try await plaza.miscounts() == 0)
        }
    }
}
