import Core
import HTTP
import HTTPTypes
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Social

/// What is said in posts' channels.
@Suite struct PushTests {
    @Test func aLikeTellsWhatThePostHasComeTo() async throws {
        try await withSocial { plaza in
            let people = try await plaza.people(3)
            let post = try await plaza.publish(by: people[0])
            for person in people { try await plaza.social.like(post, by: person) }
            try await plaza.social.unlike(post, by: people[1])
            let pushes = plaza.pushes.take()
            #expect(pushes.map { $0.data["likes"] } == [1, 2, 3, 2])
            #expect(pushes.allSatisfy { $0.channel.description == "post:\(post)" && $0.delivery == .newest })
            #expect(pushes.last?.data["post"] == .string("\(post)"))
        }
    }

    @Test func whatChangesNothingSaysNothing() async throws {
        try await withSocial { plaza in
            let (ann, ben) = (try await plaza.person("ann"), try await plaza.person("ben"))
            let post = try await plaza.publish(by: ann)
            try await plaza.social.like(post, by: ben)
            _ = plaza.pushes.take()
            try await plaza.social.like(post, by: ben)
            try await plaza.social.unlike(post, by: ann)
            await #expect(throws: SocialError.postNotFound) { try await plaza.social.like(plaza.ids.next(), by: ben) }
            struct Refused: Error {}
            await #expect(throws: Refused.self) {
                try await plaza.database.write { tx in
                    try plaza.social.like(post, by: ann, in: tx)
                    throw Refused()
                }
            }
            #expect(plaza.pushes.take().isEmpty)
        }
    }

    @Test func commentsAreToldInTheirOrder() async throws {
        try await withSocial { plaza in
            let (ann, ben) = (try await plaza.person("ann"), try await plaza.person("ben"))
            let post = try await plaza.publish(by: ann)
            let first = try await plaza.social.comment("Lovely", on: post, parent: nil, by: ben)
            let reply = try await plaza.social.comment("Thanks", on: post, parent: first.id, by: ann)
            _ = try await plaza.social.editComment(first.id, text: "Lovely!", by: ben)
            try await plaza.social.deleteComment(first.id, by: ann, isModerator: false)
            let pushes = plaza.pushes.take()
            let ordered = pushes.filter { $0.delivery == .ordered }
            #expect(ordered.map(\.type) == ["comment.added", "comment.added", "comment.changed", "comment.deleted"])
            let whole = try JSONParser.parse(reply.json)
            #expect(ordered[1].data["comment"] == whole)
            #expect(ordered[2].data["comment"]?["text"] == "Lovely!")
            #expect(ordered[3].data["comment"] == .string("\(first.id)"))
            let counts = pushes.filter { $0.type == "post.counted" }.map { $0.data["comments"] }
            #expect(counts == [1, 2, 0])
        }
    }

    @Test func aThousandViewsAreOnePush() async throws {
        try await withSocial { plaza in
            let people = try await plaza.people(20)
            let post = try await plaza.publish(by: people[0])
            for person in people {
                _ = try await plaza.social.record(
                    [EngagementEvent(post: post, kind: .view), EngagementEvent(post: post, kind: .share)], by: person)
            }
            #expect(plaza.pushes.take().isEmpty)
            try await plaza.fold()
            let pushes = plaza.pushes.take()
            #expect(pushes.count == 1)
            #expect(pushes.first?.data["views"] == 20)
            #expect(pushes.first?.data["shares"] == 20)
        }
    }

    /// Whatever people do at once, the last that is said is what the post's row holds.
    @Test func theLastNumbersAreTheTrueOnes() async throws {
        try await withSocial { plaza in
            let people = try await plaza.people(12)
            let post = try await plaza.publish(by: people[0])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, person) in people.enumerated() {
                    group.addTask {
                        try await plaza.social.like(post, by: person)
                        _ = try await plaza.social.comment("\(index)", on: post, parent: nil, by: person)
                        if index.isMultiple(of: 3) { try await plaza.social.unlike(post, by: person) }
                    }
                }
                try await group.waitForAll()
            }
            let last = try #require(plaza.pushes.take().last { $0.type == "post.counted" })
            #expect(last.data["likes"]?.integer == 8)
            #expect(last.data["comments"]?.integer == 12)
            let likes = try await plaza.count("likes", of: post)
            #expect(likes == 8)
        }
    }

    @Test func aDeletedPostSaysSoAndNoMore() async throws {
        try await withSocial { plaza in
            let (ann, ben) = (try await plaza.person("ann"), try await plaza.person("ben"))
            let post = try await plaza.publish(by: ann)
            try await plaza.social.like(post, by: ben)
            _ = try await plaza.social.comment("Lovely", on: post, parent: nil, by: ben)
            _ = plaza.pushes.take()
            try await plaza.social.delete(post, by: ann, isModerator: false)
            try await plaza.database.write { tx in try plaza.social.erase(ben, in: tx) }
            try await plaza.runJobs()
            #expect(plaza.pushes.take().map(\.type) == ["post.deleted"])
        }
    }

    @Test func onlyWhoSeesThePostHearsOfIt() async throws {
        try await withSocial { plaza in
            let (ann, ben) = (try await plaza.person("ann"), try await plaza.person("ben"))
            let eve = try await plaza.person("eve")
            let (open, closed) = (
                try await plaza.publish(by: ann), try await plaza.publish(by: ann, for: .followers)
            )
            try await plaza.follow(ann, by: [ben])
            let channels = PostChannels(social: plaza.social)
            func admits(_ name: String, _ account: ID<Account>) async throws -> Bool {
                let channel = try #require(ChannelName(name))
                let principal = Principal(account: account, session: ID(rawValue: 1), role: .person)
                do {
                    _ = try await channels.admit(principal, to: channel)
                    return true
                } catch let refusal as ChannelRefusal {
                    #expect(refusal.code == "unknown_channel")
                    return false
                }
            }
            for (post, account, expected) in [
                (open, ann, true), (open, ben, true), (open, eve, true), (closed, ann, true), (closed, ben, true),
                (closed, eve, false),
            ] {
                #expect(try await admits("post:\(post)", account) == expected)
            }
            try await plaza.social.block(eve, by: ann)
            #expect(try await admits("post:\(open)", eve) == false)
            for name in [
                "post:\("\(open)".lowercased())", "post:pst_0000000000001", "post:\(ann)", "post:x", "post:\(open):",
            ] {
                #expect(try await admits(name, ann) == false, "\(name)")
            }
            try await plaza.social.delete(open, by: ann, isModerator: false)
            #expect(try await admits("post:\(open)", ann) == false)
        }
    }

    /// Load, then subscribe from there: what comes in between is not lost.
    @Test func answersCarryWhereTheChannelStood() async throws {
        try await withSocial { plaza in
            let world = try await RouteWorld(plaza)
            let channel = SocialService.channel(of: world.post)
            let before = plaza.social.publisher.position(of: channel).offset
            _ = try await plaza.social.comment("Lovely", on: world.post, parent: nil, by: world.bob)
            for path in ["/v1/posts/{post}", "/v1/posts/{post}/comments"] {
                let route = try #require(plaza.social.routes.first { $0.method == .get && $0.path == path })
                let call = try #require(RouteCall.all.first { $0.method == .get && $0.path == path })
                let reply = try await route.handler(call.request(in: world, as: nil))
                let realtime = try JSONParser.parse(reply.body)["realtime"]
                #expect(realtime?["channel"]?.string == channel.description)
                #expect(realtime?["offset"]?.integer == before + 1)
            }
        }
    }
}
