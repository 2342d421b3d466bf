import Core
import PlazaTesting
import Storage
import Testing

@testable import Social

/// People who approve their followers.
@Suite struct FollowRequestTests {
    @Test func whoWaitsSeesNothingOfWhatIsForFollowers() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann, for: .followers)
            try await plaza.social.setApprovesFollowers(true, ann)
            for _ in 0..<2 { #expect(try await plaza.social.follow(ann, by: bob) == .requested) }
            #expect(try await plaza.person(ann, for: bob).isRequested)
            #expect(try await !plaza.person(ann, for: bob).isFollowing)
            #expect(try await plaza.person(ann, for: bob).followerCount == 0)
            #expect(try await plaza.home(of: bob) == [])
            await #expect(throws: SocialError.postNotFound) { _ = try await plaza.social.post(post, viewer: bob) }
            await #expect(throws: SocialError.postNotFound) { try await plaza.social.like(post, by: bob) }
            let posts = try await plaza.social.posts(by: .id(ann), cursor: nil, limit: 9, viewer: bob)
            #expect(posts.items.isEmpty)
            #expect(try await !plaza.social.isVisible(post, to: bob))
            let waiting = try await plaza.waiting(.incoming, of: ann)
            #expect(waiting.map(\.person.id) == [bob])
            #expect(try await plaza.waiting(.outgoing, of: bob).map(\.person.id) == [ann])
            try await plaza.social.approveFollowRequest(waiting[0].id, by: ann)
            #expect(try await plaza.person(ann, for: bob).isFollowing)
            #expect(try await plaza.home(of: bob) == [post])
            #expect(try await plaza.social.post(post, viewer: bob).view.card.id == post)
            #expect(try await plaza.waiting(.incoming, of: ann).isEmpty)
            #expect(try await plaza.social.follow(ann, by: bob) == .followed)
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func aRequestIsDeclinedOrTakenBackByThoseWhomItConcerns() async throws {
        try await withSocial { plaza in
            let (ann, bob, eve) = (
                try await plaza.person("ann"), try await plaza.person("bob"), try await plaza.person("eve")
            )
            try await plaza.social.setApprovesFollowers(true, ann)
            func ask() async throws -> ID<FollowRequest> {
                _ = try await plaza.social.follow(ann, by: bob)
                return try #require(try await plaza.waiting(.incoming, of: ann).first?.id)
            }
            let request = try await ask()
            for stranger in [eve, bob] {
                await #expect(throws: SocialError.followRequestNotFound) {
                    try await plaza.social.approveFollowRequest(request, by: stranger)
                }
            }
            await #expect(throws: SocialError.followRequestNotFound) {
                try await plaza.social.removeFollowRequest(request, by: eve)
            }
            try await plaza.social.removeFollowRequest(request, by: ann)
            try await plaza.social.removeFollowRequest(try await ask(), by: bob)
            _ = try await ask()
            try await plaza.social.unfollow(ann, by: bob)
            #expect(try await plaza.waiting(.incoming, of: ann).isEmpty)
            _ = try await ask()
            try await plaza.social.block(bob, by: ann)
            #expect(try await plaza.waiting(.incoming, of: ann).isEmpty)
            #expect(try await !plaza.person(bob, for: eve).isRequested)
        }
    }

    /// Who follows stays, friends follow each other, and who needs no approval any more follows when they ask again.
    @Test func onlyNewFollowersAreAskedAbout() async throws {
        try await withSocial { plaza in
            let (ann, bob, cleo, dan) = (
                try await plaza.person("ann"), try await plaza.person("bob"), try await plaza.person("cleo"),
                try await plaza.person("dan")
            )
            try await plaza.social.follow(ann, by: bob)
            try await plaza.social.setApprovesFollowers(true, ann)
            #expect(try await plaza.social.approvesFollowers(ann))
            #expect(try await plaza.person(ann, for: bob).isFollowing)
            #expect(try await plaza.social.follow(ann, by: bob) == .followed)
            #expect(try await plaza.social.follow(ann, by: cleo) == .requested)
            _ = try await plaza.social.requestFriendship(with: ann, by: cleo)
            _ = try await plaza.social.requestFriendship(with: cleo, by: ann)
            #expect(try await plaza.person(ann, for: cleo).isFollowing)
            #expect(try await plaza.waiting(.incoming, of: ann).isEmpty)
            #expect(try await plaza.social.follow(ann, by: dan) == .requested)
            try await plaza.social.setApprovesFollowers(false, ann)
            #expect(try await plaza.waiting(.incoming, of: ann).count == 1)
            #expect(try await plaza.social.follow(ann, by: dan) == .followed)
            #expect(try await plaza.waiting(.incoming, of: ann).isEmpty)
            #expect(try await plaza.miscounts() == 0)
        }
    }
}

extension SocialFixture {
    fileprivate func waiting(
        _ direction: SocialService.RequestDirection, of account: ID<Account>
    ) async throws -> [FollowRequest] {
        try await social.followRequests(direction, of: account, cursor: nil, limit: 9).items
    }
}
