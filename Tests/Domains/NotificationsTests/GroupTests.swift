import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Notifications

@Suite struct GroupTests {
    @Test func twelveLikesAreOneNotification() async throws {
        try await withNotifications { plaza in
            let (author, post) = (plaza.person(), plaza.ids.next(Post.self))
            let people = (0..<12).map { _ in plaza.person() }
            for person in people {
                try await plaza.like(post, of: author, by: [person])
                try await plaza.follow()
            }
            let list = try await plaza.list(of: author)
            #expect(list.count == 1)
            #expect(list[0]["kind"] == "liked")
            #expect(list[0]["subject"] == ["type": "post", "id": .string("\(post)")])
            #expect(list[0]["actor_count"] == 12)
            let shown = list[0]["actors"]?.array?.compactMap { $0["id"]?.string }
            #expect(shown == people.suffix(3).reversed().map(\.description))
            #expect(try await plaza.unread(author) == 1)
        }
    }

    @Test func theThirteenthLikeMovesItToTheTop() async throws {
        try await withNotifications { plaza in
            let (author, post) = (plaza.person(), plaza.ids.next(Post.self))
            try await plaza.like(post, of: author, by: [plaza.person()])
            try await plaza.tell("account.followed", "\(author)", ["follower": .string("\(plaza.person())")])
            try await plaza.follow()
            #expect(try await plaza.list(of: author).map { $0["kind"] } == ["followed", "liked"])
            try await plaza.like(post, of: author, by: [plaza.person()])
            try await plaza.follow()
            #expect(try await plaza.list(of: author).map { $0["kind"] } == ["liked", "followed"])
            #expect(try await plaza.unread(author) == 2)
        }
    }

    @Test func whoDoesItTwiceCountsOnce() async throws {
        try await withNotifications { plaza in
            let (author, post) = (plaza.person(), plaza.ids.next(Post.self))
            let (ann, ben) = (plaza.person(), plaza.person())
            try await plaza.like(post, of: author, by: [ann, ben, ann])
            try await plaza.follow()
            try await plaza.like(post, of: author, by: [ben])
            try await plaza.follow()
            let item = try #require(try await plaza.list(of: author).first)
            #expect(item["actor_count"] == 2)
            #expect(item["actors"]?.array?.first?["id"] == .string("\(ben)"))
        }
    }

    @Test func afterItWasReadTheNextOneBeginsAnew() async throws {
        try await withNotifications { plaza in
            let (author, post) = (plaza.person(), plaza.ids.next(Post.self))
            try await plaza.like(post, of: author, by: [plaza.person(), plaza.person()])
            try await plaza.follow()
            let first = try #require(try await plaza.list(of: author).first?["id"]?.string)
            let id = try #require(ID<Notification>(first))
            #expect(try await plaza.notifications.read(id, by: author) == 0)
            try await plaza.like(post, of: author, by: [plaza.person()])
            try await plaza.follow()
            let list = try await plaza.list(of: author)
            #expect(list.map { $0["actor_count"] } == [1, 2])
            #expect(list.map { $0["is_read"] } == [false, true])
            #expect(try await plaza.unread(author) == 1)
        }
    }

    @Test func anotherDayIsAnotherNotification() async throws {
        try await withNotifications { plaza in
            let (author, post) = (plaza.person(), plaza.ids.next(Post.self))
            try await plaza.like(post, of: author, by: [plaza.person()])
            try await plaza.follow()
            plaza.clock.advance(seconds: NotificationLimits.groupSeconds)
            try await plaza.like(post, of: author, by: [plaza.person()])
            try await plaza.follow()
            // It is the newer one that goes on.
            try await plaza.like(post, of: author, by: [plaza.person()])
            try await plaza.follow()
            #expect(try await plaza.list(of: author).map { $0["actor_count"] } == [2, 1])
            #expect(try await plaza.unread(author) == 2)
        }
    }

    /// 100,000 likes of one post come in 200 batches: each is a few statements, and one row.
    @Test func aThousandLikesAreAFewWrites() async throws {
        try await withNotifications { plaza in
            let (author, post) = (plaza.person(), plaza.ids.next(Post.self))
            let people = (0..<1_000).map { _ in plaza.person() }
            try await plaza.like(post, of: author, by: people)
            _ = plaza.statements.take()
            try await plaza.follow()
            let statements = plaza.statements.take().map(\.text)
            let writes = statements.filter { text in
                text.contains("INTO notification") || text.contains("UPDATE notification")
            }
            // Two batches: a row and an inbox each.
            #expect(writes.count == 4, "\(writes)")
            #expect(statements.count < 40)
            let item = try #require(try await plaza.list(of: author).first)
            #expect(item["actor_count"] == 1_000)
            #expect(plaza.pushes.take().filter { $0.type == "notification.changed" }.count == 2)
        }
    }

    @Test func beyondSixtyFourTheNewestAreKnown() {
        var actors = ActorList()
        for number in 1...200 { actors.add(ID(rawValue: Int64(number))) }
        for number in 150...200 { actors.add(ID(rawValue: Int64(number))) }
        #expect(actors.count == 200)
        #expect(actors.newest.count == NotificationLimits.actorsMax)
        #expect(actors.newest.first == ID(rawValue: 200))
        #expect(ActorList(bytes: actors.bytes, count: actors.count) == actors)
        // Forgotten since: counted again.
        actors.add(ID(rawValue: 1))
        #expect(actors.count == 201)
    }
}
