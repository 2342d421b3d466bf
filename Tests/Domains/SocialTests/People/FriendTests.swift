import Core
import Storage
import Testing

@testable import Social

@Suite struct FriendTests {
    @Test func acceptingMakesFriendsWhoFollowEachOther() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let request = try #require(try await plaza.ask(bob, by: ann))
            #expect(try await plaza.requests(.outgoing, of: ann) == [bob])
            #expect(try await plaza.requests(.incoming, of: bob) == [ann])
            #expect(try await plaza.requests(.incoming, of: ann).isEmpty)
            try await plaza.social.acceptFriendRequest(request, by: bob)
            #expect(try await plaza.friends(of: ann) == [bob])
            #expect(try await plaza.friends(of: bob) == [ann])
            #expect(try await plaza.person(ann, for: bob).isFollowing)
            #expect(try await plaza.person(bob, for: ann).isFollowing)
            #expect(try await plaza.requests(.outgoing, of: ann).isEmpty)
            await #expect(throws: SocialError.friendRequestNotFound) {
                try await plaza.social.acceptFriendRequest(request, by: bob)
            }
            for (one, other) in [(ann, bob), (bob, ann)] {
                await #expect(throws: SocialError.alreadyFriends) { _ = try await plaza.ask(other, by: one) }
            }
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func askingAgainIsTheSameRequest() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let request = try await plaza.ask(bob, by: ann)
            #expect(request != nil)
            #expect(try await plaza.ask(bob, by: ann) == request)
            #expect(try await plaza.requests(.incoming, of: bob) == [ann])
        }
    }

    @Test func askingSomebodyWhoHasAskedAccepts() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            #expect(try await plaza.ask(bob, by: ann) != nil)
            #expect(try await plaza.ask(ann, by: bob) == nil)
            #expect(try await plaza.friends(of: ann) == [bob])
            #expect(try await plaza.requests(.incoming, of: bob).isEmpty)
        }
    }

    @Test func requestsThatCrossMakeFriendsOnce() async throws {
        try await withSocial { plaza in
            let people = try await plaza.people(20)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (one, other) in zip(people.prefix(10), people.suffix(10)) {
                    group.addTask { _ = try await plaza.ask(other, by: one) }
                    group.addTask { _ = try await plaza.ask(one, by: other) }
                }
                try await group.waitForAll()
            }
            for (one, other) in zip(people.prefix(10), people.suffix(10)) {
                #expect(try await plaza.friends(of: one) == [other])
                #expect(try await plaza.friends(of: other) == [one])
            }
            #expect(try await plaza.number("SELECT COUNT(*) FROM friend_request /* scan: a test's table */") == 0)
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func eitherSideMayEndARequestAndNobodyElse() async throws {
        try await withSocial { plaza in
            let (ann, bob, cleo) = (
                try await plaza.person("ann"), try await plaza.person("bob"), try await plaza.person("cleo")
            )
            for side in [ann, bob] {
                let request = try #require(try await plaza.ask(bob, by: ann))
                for outsider in [cleo, ann] {
                    await #expect(throws: SocialError.friendRequestNotFound) {
                        try await plaza.social.acceptFriendRequest(request, by: outsider)
                    }
                }
                await #expect(throws: SocialError.friendRequestNotFound) {
                    try await plaza.social.removeFriendRequest(request, by: cleo)
                }
                try await plaza.social.removeFriendRequest(request, by: side)
                for outcome in [plaza.social.removeFriendRequest, plaza.social.acceptFriendRequest] {
                    await #expect(throws: SocialError.friendRequestNotFound) { try await outcome(request, bob) }
                }
            }
            #expect(try await plaza.friends(of: ann).isEmpty)
            #expect(try await plaza.person(ann).followerCount == 0)
        }
    }

    @Test func nobodyBefriendsThemselvesOrWhoIsNotThere() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            await #expect(throws: SocialError.yourself(action: "befriend")) { _ = try await plaza.ask(ann, by: ann) }
            await #expect(throws: SocialError.accountNotFound) { _ = try await plaza.ask(ID(rawValue: 9), by: ann) }
            try await plaza.social.block(ann, by: bob)
            await #expect(throws: SocialError.accountNotFound) { _ = try await plaza.ask(bob, by: ann) }
            await #expect(throws: SocialError.accountNotFound) { _ = try await plaza.ask(ann, by: bob) }
        }
    }

    @Test func unfriendingKeepsTheFollows() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            _ = try await plaza.ask(bob, by: ann)
            _ = try await plaza.ask(ann, by: bob)
            for _ in 0..<2 { try await plaza.social.unfriend(ann, by: bob) }
            #expect(try await plaza.friends(of: ann).isEmpty)
            #expect(try await plaza.friends(of: bob).isEmpty)
            #expect(try await plaza.person(ann, for: bob).isFollowing)
            #expect(try await plaza.ask(bob, by: ann) != nil)
        }
    }

    @Test func listsComeInPagesWithoutGaps() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let others = try await plaza.people(12)
            for other in others { _ = try await plaza.ask(other, by: ann) }
            let outgoing = try await plaza.all { cursor in
                try await plaza.social.friendRequests(.outgoing, of: ann, cursor: cursor, limit: 5)
            }
            #expect(outgoing.map(\.person.id) == others.reversed())
            for other in others { _ = try await plaza.ask(ann, by: other) }
            let friends = try await plaza.all { cursor in
                try await plaza.social.friends(of: ann, cursor: cursor, limit: 5)
            }
            #expect(friends.map(\.id) == others.reversed())
        }
    }
}

extension SocialFixture {
    /// The request that waits now; nil when they are friends.
    func ask(_ other: ID<Account>, by account: ID<Account>) async throws -> ID<FriendRequest>? {
        switch try await social.requestFriendship(with: other, by: account) {
        case .requested(let id): id
        case .accepted: nil
        }
    }

    func friends(of account: ID<Account>) async throws -> [ID<Account>] {
        try await social.friends(of: account, cursor: nil, limit: 100).items.map(\.id)
    }

    func requests(
        _ direction: SocialService.RequestDirection, of account: ID<Account>
    ) async throws -> [ID<Account>] {
        try await social.friendRequests(direction, of: account, cursor: nil, limit: 100).items.map(\.person.id)
    }
}
