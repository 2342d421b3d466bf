import Core
import PlazaTesting
import Storage
import Testing

@testable import Social

/// A rank that could be pumped by one person would be.
@Suite struct RankTests {
    @Test func commentingAndDeletingGainsNothing() async throws {
        try await withSocial { plaza in
            let (ann, bob, cleo) = (
                try await plaza.person("ann"), try await plaza.person("bob"), try await plaza.person("cleo")
            )
            let post = try await plaza.publish(by: ann)
            let before = try await plaza.score(of: post)
            for _ in 0..<10 {
                let comment = try await plaza.social.comment("Up", on: post, parent: nil, by: bob).id
                plaza.clock.advance(seconds: 3_600)
                _ = try await plaza.social.comment("And up", on: post, parent: comment, by: cleo)
                #expect(try await plaza.score(of: post) > before + 1_000_000)
                try await plaza.social.deleteComment(comment, by: bob, isModerator: false)
            }
            #expect(abs(try await plaza.score(of: post) - before) <= 40)
        }
    }

    @Test func onlyAPersonsFirstCommentLifts() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            let before = try await plaza.score(of: post)
            let first = try await plaza.social.comment("One", on: post, parent: nil, by: bob).id
            let lifted = try await plaza.score(of: post)
            #expect(lifted > before)
            let second = try await plaza.social.comment("Two", on: post, parent: nil, by: bob).id
            #expect(try await plaza.score(of: post) == lifted)
            plaza.clock.advance(seconds: 86_400)
            try await plaza.social.deleteComment(second, by: bob, isModerator: false)
            #expect(try await plaza.score(of: post) == lifted)
            try await plaza.social.deleteComment(first, by: bob, isModerator: false)
            #expect(abs(try await plaza.score(of: post) - before) <= 2)
            _ = try await plaza.social.comment("Three", on: post, parent: nil, by: bob)
            #expect(try await plaza.score(of: post) > before)
        }
    }

    @Test func whatAnAuthorDoesWithTheirOwnPostCountsButLiftsNothing() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann)
            let before = try await plaza.score(of: post)
            let events = EngagementEvent.Kind.allCases.map { EngagementEvent(post: post, kind: $0) }
            _ = try await plaza.social.record(events, by: ann)
            let comment = try await plaza.social.comment("Mine", on: post, parent: nil, by: ann).id
            try await plaza.fold()
            #expect(try await plaza.score(of: post) == before)
            for (name, expected) in [("views", 1), ("likes", 1), ("shares", 1), ("comments", 1)] as [(String, Int64)] {
                #expect(try await plaza.count(name, of: post) == expected, "\(name)")
            }
            let bob = try await plaza.person("bob")
            try await plaza.social.like(post, by: bob)
            let lifted = try await plaza.score(of: post)
            try await plaza.social.unlike(post, by: ann)
            try await plaza.social.deleteComment(comment, by: ann, isModerator: false)
            #expect(try await plaza.score(of: post) == lifted)
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func anErasedAccountTakesItsLikesAndCommentsAlong() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            let before = try await plaza.score(of: post)
            try await plaza.social.like(post, by: bob)
            _ = try await plaza.social.comment("Lovely", on: post, parent: nil, by: bob)
            plaza.clock.advance(seconds: 86_400)
            try await plaza.database.write { tx in try plaza.social.erase(bob, in: tx) }
            try await plaza.runJobs()
            #expect(abs(try await plaza.score(of: post) - before) <= 4)
        }
    }
}

extension SocialFixture {
    fileprivate func score(of post: ID<Post>) async throws -> Int64 {
        try await number("SELECT score FROM post WHERE id = \(post)")
    }
}
