import Core
import PlazaTesting
import Testing

@testable import Social

@Suite struct ExploreTests {
    @Test func postsComeByScore() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let fans = try await plaza.people(6)
            var posts: [ID<Post>] = []
            for _ in 0..<6 { posts.append(try await plaza.publish(by: ann)) }
            let wanted = [posts[2], posts[0], posts[4]]
            for (index, post) in wanted.enumerated() {
                for fan in fans.prefix(5 - index) { try await plaza.social.like(post, by: fan) }
            }
            let expected = wanted + [posts[5], posts[3], posts[1]]
            #expect(try await plaza.explore() == expected)
            for limit in 1...6 {
                let seen = try await plaza.all { cursor in
                    try await plaza.social.exploreFeed(for: fans[0], cursor: cursor, limit: limit)
                }
                #expect(seen.map(\.card.id) == expected, "pages of \(limit)")
            }
        }
    }

    @Test func postsOfTheSameMomentAreAllListed() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            var posts: [ID<Post>] = []
            for index in 0..<10 {
                posts.append(try await plaza.social.publish(PostDraft(caption: "\(index)"), by: ann).card.id)
            }
            let seen = try await plaza.all { cursor in
                try await plaza.social.exploreFeed(for: nil, cursor: cursor, limit: 3)
            }
            #expect(seen.map(\.card.id) == posts.reversed())
        }
    }

    @Test func freshPostsPassThoseWhoseLikesHaveFaded() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let fans = try await plaza.people(3)
            let old = try await plaza.publish(by: ann)
            // 13 in weights of now: it takes log₂ 13 ≈ 3.7 days to fade to the 1 of a new post.
            for fan in fans { try await plaza.social.like(old, by: fan) }
            plaza.clock.advance(seconds: 3 * 86_400)
            let younger = try await plaza.publish(by: ann)
            #expect(try await plaza.explore() == [old, younger])
            plaza.clock.advance(seconds: 86_400)
            let newest = try await plaza.publish(by: ann)
            #expect(try await plaza.explore() == [newest, old, younger])
        }
    }

    @Test func everyKindOfEngagementLifts() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            var posts: [ID<Post>] = []
            for _ in 0..<6 { posts.append(try await plaza.publish(by: ann)) }
            let batch = [(1, EngagementEvent.Kind.view), (2, .watch), (3, .like), (5, .share)].map { index, kind in
                EngagementEvent(post: posts[index], kind: kind)
            }
            _ = try await plaza.social.record(batch, by: bob)
            _ = try await plaza.social.comment("Nice", on: posts[4], parent: nil, by: bob)
            try await plaza.fold()
            #expect(try await plaza.explore() == posts.reversed())
        }
    }

    @Test func blocksHideWithoutShorteningPages() async throws {
        try await withSocial { plaza in
            let (viewer, foe, blocker) = (
                try await plaza.person("viewer"), try await plaza.person("foe"), try await plaza.person("blocker")
            )
            let ann = try await plaza.person("ann")
            var seen: [ID<Post>] = []
            for _ in 0..<5 {
                seen.append(try await plaza.publish(by: ann))
                try await plaza.publish(by: foe)
                try await plaza.publish(by: blocker)
            }
            try await plaza.social.block(foe, by: viewer)
            try await plaza.social.block(viewer, by: blocker)
            #expect(try await plaza.explore(for: viewer, limit: 5) == seen.reversed())
            #expect(try await plaza.explore().count == 15)
        }
    }
}
