import Core
import Storage
import Testing

@testable import Social

@Suite struct FollowTests {
    @Test func followingTwiceKeepsOneEdge() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            for _ in 0..<2 { try await plaza.social.follow(ann, by: bob) }
            #expect(try await plaza.person(ann, for: bob).followerCount == 1)
            #expect(try await plaza.person(ann, for: bob).isFollowing)
            #expect(try await plaza.person(bob, for: ann).followingCount == 1)
            #expect(try await !plaza.person(bob, for: ann).isFollowing)
            for _ in 0..<2 { try await plaza.social.unfollow(ann, by: bob) }
            #expect(try await plaza.person(ann, for: bob).followerCount == 0)
            #expect(try await !plaza.person(ann, for: bob).isFollowing)
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func aPopularAuthorIsPulledOnceHoweverMuchFindsOut() async throws {
        try await withSocial(limits: { $0.pushFollowersMax = 1 }) { plaza in
            let ann = try await plaza.person("ann")
            let fans = try await plaza.people(3)
            try await plaza.follow(ann, by: Array(fans.prefix(2)))
            try await plaza.database.write { tx in
                _ = try plaza.social.addFollows([FollowEdge(follower: fans[2], followee: ann)], in: tx)
            }
            let jobs = try await plaza.number(
                "SELECT COUNT(*) FROM job WHERE kind = 'social.pull_author' /* scan: a test's table */")
            #expect(jobs == 1)
        }
    }

    @Test func nobodyFollowsThemselvesOrAStrangerToThisPlace() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            await #expect(throws: SocialError.yourself(action: "follow")) {
                try await plaza.social.follow(ann, by: ann)
            }
            await #expect(throws: SocialError.yourself(action: "unfollow")) {
                try await plaza.social.unfollow(ann, by: ann)
            }
            await #expect(throws: SocialError.accountNotFound) {
                try await plaza.social.follow(ID(rawValue: 9), by: ann)
            }
            try await plaza.social.block(bob, by: ann)
            await #expect(throws: SocialError.accountNotFound) { try await plaza.social.follow(ann, by: bob) }
            await #expect(throws: SocialError.accountNotFound) { try await plaza.social.follow(bob, by: ann) }
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func followingFillsTheTimelineAndUnfollowingClearsIt() async throws {
        try await withSocial(limits: { $0.backfillPosts = 3 }) { plaza in
            let (ann, bob, cleo) = (
                try await plaza.person("ann"), try await plaza.person("bob"), try await plaza.person("cleo")
            )
            var posts: [ID<Post>] = []
            for _ in 0..<5 { posts.append(try await plaza.publish(by: ann)) }
            let deleted = try await plaza.publish(by: ann)
            try await plaza.social.delete(deleted, by: ann, isModerator: false)
            let others = try await plaza.publish(by: cleo)
            try await plaza.social.follow(cleo, by: bob)
            try await plaza.social.follow(ann, by: bob)
            #expect(try await plaza.home(of: bob) == [others] + posts.suffix(3).reversed())
            try await plaza.runJobs()
            #expect(try await plaza.home(of: bob).first == others)
            try await plaza.social.unfollow(ann, by: bob)
            #expect(try await plaza.home(of: bob) == [others])
        }
    }

    @Test func aPostThatWasPublishedBeforeAnUnfollowDoesNotComeBack() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.social.follow(ann, by: bob)
            try await plaza.publish(by: ann)
            try await plaza.social.unfollow(ann, by: bob)
            try await plaza.runJobs()
            #expect(try await plaza.home(of: bob).isEmpty)
        }
    }

    @Test(arguments: [SocialService.FollowSide.followers, .following])
    func listsComeInPagesWithoutGaps(_ side: SocialService.FollowSide) async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let others = try await plaza.people(23)
            for other in others {
                let (followee, follower) = side == .followers ? (ann, other) : (other, ann)
                try await plaza.social.follow(followee, by: follower)
            }
            let listed = try await plaza.all { cursor in
                try await plaza.social.people(side, of: ann, cursor: cursor, limit: 5, viewer: nil)
            }
            #expect(listed.map(\.id) == others.reversed())
            let (barred, viewer) = (others[4], others[7])
            try await plaza.social.block(viewer, by: barred)
            let seen = try await plaza.all { cursor in
                try await plaza.social.people(side, of: ann, cursor: cursor, limit: 5, viewer: viewer)
            }
            #expect(seen.map(\.id) == others.reversed().filter { $0 != barred })
        }
    }

    @Test func aListIsForThoseWhoMaySeeThePerson() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.social.block(bob, by: ann)
            for (account, viewer) in [(ann, bob), (bob, ann), (ID(rawValue: 9), ann)] {
                await #expect(throws: SocialError.accountNotFound) {
                    _ = try await plaza.social.people(.followers, of: account, cursor: nil, limit: 5, viewer: viewer)
                }
            }
        }
    }

    @Test func manyFollowersAtOnceAreAllCounted() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let fans = try await plaza.people(60)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for fan in fans {
                    group.addTask { try await plaza.social.follow(ann, by: fan) }
                    group.addTask { try await plaza.social.follow(ann, by: fan) }
                }
                try await group.waitForAll()
            }
            #expect(try await plaza.person(ann).followerCount == 60)
            #expect(try await plaza.miscounts() == 0)
        }
    }
}
