import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Social

@Suite struct BlockTests {
    @Test func blockingUndoesWhatTiedTheTwo() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            _ = try await plaza.ask(bob, by: ann)
            _ = try await plaza.ask(ann, by: bob)
            try await plaza.publish(by: ann)
            try await plaza.publish(by: bob)
            try await plaza.runJobs()
            #expect(try await plaza.home(of: ann).count == 2)
            for _ in 0..<2 { try await plaza.social.block(bob, by: ann) }
            for account in [ann, bob] {
                #expect(try await plaza.friends(of: account).isEmpty)
                #expect(try await plaza.home(of: account).count == 1)
                let person = try await plaza.person(account)
                #expect(person.followerCount == 0 && person.followingCount == 0)
            }
            #expect(try await plaza.miscounts() == 0)
        }
    }

    /// The hub asks again what both may hear, and an unfollower's followers-only posts end with the edge.
    @Test func whatABlockForbidsIsHeardNoMore() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.follow(ann, by: [bob])
            let channel = SocialService.channel(of: try await plaza.publish(by: ann, for: .followers))
            let owner = PostChannels(social: plaza.social)
            let principal = Principal(account: bob, session: ID(rawValue: 1), role: .person)
            _ = try await owner.admit(principal, to: channel)
            _ = plaza.pushes.takeEndings()
            try await plaza.social.unfollow(ann, by: bob)
            #expect(plaza.pushes.takeEndings() == ["recheck \(bob)"])
            await #expect(throws: ChannelRefusal.self) { _ = try await owner.admit(principal, to: channel) }
            try await plaza.social.block(bob, by: ann)
            #expect(Set(plaza.pushes.takeEndings()) == ["recheck \(ann)", "recheck \(bob)"])
            await #expect(throws: SocialError.self) { try await plaza.social.block(ann, by: ann) }
            #expect(plaza.pushes.takeEndings() == [])
        }
    }

    @Test func aPostThatFewerMaySeeEndsItsChannel() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann)
            for visibility in [Post.Visibility.followers, .followers, .everyone] {
                var change = PostChange()
                change.visibility = visibility
                _ = try await plaza.social.edit(post, change, by: ann)
            }
            #expect(plaza.pushes.takeEndings() == ["end post:\(post)"])
        }
    }

    @Test(arguments: [true, false])
    func blockingEndsARequest(fromTheBlocker: Bool) async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let (sender, recipient) = fromTheBlocker ? (ann, bob) : (bob, ann)
            let request = try #require(try await plaza.ask(recipient, by: sender))
            try await plaza.social.block(bob, by: ann)
            #expect(try await plaza.requests(.incoming, of: recipient).isEmpty)
            await #expect(throws: SocialError.friendRequestNotFound) {
                try await plaza.social.acceptFriendRequest(request, by: recipient)
            }
        }
    }

    @Test func neitherFindsTheOtherAnywhere() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.social.block(bob, by: ann)
            try await plaza.index()
            for (one, other, handle) in [(ann, bob, "bob"), (bob, ann, "ann")] {
                for name in [PersonName.id(other), .handle(handle)] {
                    await #expect(throws: SocialError.accountNotFound) {
                        _ = try await plaza.social.person(name, viewer: one)
                    }
                    await #expect(throws: SocialError.accountNotFound) {
                        _ = try await plaza.social.posts(by: name, cursor: nil, limit: 5, viewer: one)
                    }
                }
                let found = try await plaza.social.searchPeople(handle, cursor: nil, limit: 5, viewer: one)
                #expect(found.items.isEmpty)
            }
            #expect(try await plaza.social.searchPeople("bob", cursor: nil, limit: 5, viewer: nil).items.count == 1)
        }
    }

    @Test func neitherReadsTheOthersCommentsUnderAThirdsPost() async throws {
        try await withSocial { plaza in
            let (ann, bob, cleo) = (
                try await plaza.person("ann"), try await plaza.person("bob"), try await plaza.person("cleo")
            )
            let post = try await plaza.publish(by: cleo)
            let anns = try await plaza.social.comment("Ann was here", on: post, parent: nil, by: ann).id
            let reply = try await plaza.social.comment("Cleo too", on: post, parent: anns, by: cleo).id
            let bobs = try await plaza.social.comment("Bob was here", on: post, parent: nil, by: bob).id
            _ = try await plaza.social.comment("Ann again", on: post, parent: bobs, by: ann)
            try await plaza.social.block(bob, by: ann)

            for (viewer, own, theirs) in [(ann, anns, bobs), (bob, bobs, anns)] {
                #expect(try await plaza.comments(of: post, for: viewer) == [own])
                let single = try await plaza.social.post(post, viewer: viewer).comments
                #expect(single.items.map(\.id) == [own])
                await #expect(throws: SocialError.commentNotFound) {
                    _ = try await plaza.replies(to: theirs, for: viewer)
                }
                await #expect(throws: SocialError.commentNotFound) {
                    _ = try await plaza.social.comment("And?", on: post, parent: theirs, by: viewer)
                }
                await #expect(throws: SocialError.commentNotFound) {
                    try await plaza.social.deleteComment(theirs, by: viewer, isModerator: false)
                }
            }
            #expect(try await plaza.replies(to: bobs, for: bob).isEmpty)
            // A reply by a friend hangs under what Bob may not see.
            await #expect(throws: SocialError.commentNotFound) {
                _ = try await plaza.social.comment("And?", on: post, parent: reply, by: bob)
            }
            #expect(try await plaza.comments(of: post, for: cleo) == [anns, bobs])
        }
    }

    @Test func whoIsBlockedSpeaksNoMoreButMayDelete() async throws {
        try await withSocial { plaza in
            let (ann, bob, cleo) = (
                try await plaza.person("ann"), try await plaza.person("bob"), try await plaza.person("cleo")
            )
            let (anns, cleos) = (try await plaza.publish(by: ann), try await plaza.publish(by: cleo))
            let thread = try await plaza.social.comment("Hello", on: cleos, parent: nil, by: ann).id
            let comments = [
                try await plaza.social.comment("Lovely", on: anns, parent: nil, by: bob).id,
                try await plaza.social.comment("Hello yourself", on: cleos, parent: thread, by: bob).id,
            ]
            try await plaza.social.block(bob, by: ann)
            for comment in comments {
                await #expect(throws: SocialError.commentNotFound) {
                    _ = try await plaza.social.editComment(comment, text: "Ugly", by: bob)
                }
                try await plaza.social.deleteComment(comment, by: bob, isModerator: false)
            }
        }
    }

    @Test func unblockingKeepsTheOthersBlock() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.social.block(bob, by: ann)
            try await plaza.social.block(ann, by: bob)
            try await plaza.social.unblock(bob, by: ann)
            #expect(try await plaza.blocked(by: ann).isEmpty)
            #expect(try await plaza.blocked(by: bob) == [ann])
            await #expect(throws: SocialError.accountNotFound) { _ = try await plaza.person(bob, for: ann) }
            for _ in 0..<2 { try await plaza.social.unblock(ann, by: bob) }
            #expect(try await plaza.person(bob, for: ann).id == bob)
            #expect(try await plaza.number("SELECT COUNT(*) FROM barrier /* scan: a test's table */") == 0)
            try await plaza.social.follow(bob, by: ann)
        }
    }

    @Test func theBlockedOneDoesNotLiftTheBlock() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.social.block(bob, by: ann)
            try await plaza.social.unblock(ann, by: bob)
            #expect(try await plaza.blocked(by: ann) == [bob])
            await #expect(throws: SocialError.accountNotFound) { _ = try await plaza.person(ann, for: bob) }
        }
    }

    @Test func onlyOthersWhoAreThereAreBlocked() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            await #expect(throws: SocialError.yourself(action: "block")) { try await plaza.social.block(ann, by: ann) }
            await #expect(throws: SocialError.accountNotFound) {
                try await plaza.social.block(ID(rawValue: 9), by: ann)
            }
            let others = try await plaza.people(7)
            for other in others { try await plaza.social.block(other, by: ann) }
            let listed = try await plaza.all { cursor in
                try await plaza.social.blocked(by: ann, cursor: cursor, limit: 3)
            }
            #expect(listed.map(\.id) == others.reversed())
        }
    }
}

extension SocialFixture {
    func blocked(by account: ID<Account>) async throws -> [ID<Account>] {
        try await social.blocked(by: account, cursor: nil, limit: 100).items.map(\.id)
    }
}
