import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Notifications

/// The bell counts what can be opened.
@Suite struct RetractionTests {
    @Test func whatIsAboutADeletedPostIsGone() async throws {
        try await withNotifications { plaza in
            let (me, ann) = (plaza.person(), plaza.person())
            let (post, other): (ID<Post>, ID<Post>) = (plaza.ids.next(), plaza.ids.next())
            for liked in [post, other] { try await plaza.like(liked, of: me, by: [ann]) }
            try await plaza.comment(on: post, of: me, by: ann)
            try await plaza.follow()
            #expect(try await plaza.unread(me) == 3)
            _ = plaza.pushes.take()
            try await plaza.tell("post.deleted", "\(post)", ["author": .string("\(me)")])
            try await plaza.follow()
            #expect(try await plaza.unread(me) == 1)
            #expect(try await plaza.list(of: me).map { $0["subject"]?["id"]?.string } == ["\(other)"])
            let pushed = plaza.pushes.take()
            #expect(pushed.filter { $0.type == "notification.removed" }.count == 2)
            #expect(pushed.last?.data["count"]?.integer == 1)
        }
    }

    @Test func whoHasNothingLeftUnderAPostIsNotCounted() async throws {
        try await withNotifications { plaza in
            let (me, ann, ben) = (plaza.person(), plaza.person(), plaza.person())
            let post: ID<Post> = plaza.ids.next()
            for person in [ann, ben] { try await plaza.comment(on: post, of: me, by: person) }
            try await plaza.follow()
            #expect(try await plaza.list(of: me).first?["actor_count"] == 2)
            try await plaza.uncomment(post, of: me, silent: [ann])
            try await plaza.follow()
            #expect(try await plaza.list(of: me).first?["actor_count"] == 1)
            #expect(try await plaza.unread(me) == 1)
            // Who deletes one and writes another, in one batch, is there.
            try await plaza.uncomment(post, of: me, silent: [ben])
            try await plaza.comment(on: post, of: me, by: ben)
            try await plaza.follow()
            #expect(try await plaza.unread(me) == 1)
            try await plaza.uncomment(post, of: me, silent: [ben])
            try await plaza.follow()
            #expect(try await plaza.unread(me) == 0)
            #expect(try await plaza.list(of: me).isEmpty)
        }
    }

    @Test func aBlockHidesBothWaysAndLiftingItShowsAgain() async throws {
        try await withNotifications { plaza in
            let (me, ann, ben) = (plaza.person(), plaza.person(), plaza.person())
            let (both, hers): (ID<Post>, ID<Post>) = (plaza.ids.next(), plaza.ids.next())
            try await plaza.like(both, of: me, by: [ann, ben])
            try await plaza.like(hers, of: me, by: [ann])
            try await plaza.like(plaza.ids.next(), of: ann, by: [me])
            try await plaza.follow()
            #expect(try await plaza.unread(me) == 2)
            plaza.town.know { $0.barred = [.init(account: me, actor: ann), .init(account: ann, actor: me)] }
            try await plaza.tell("account.blocked", "\(ann)", ["account": .string("\(me)")])
            try await plaza.follow()
            #expect(try await plaza.unread(me) == 1)
            #expect(try await plaza.unread(ann) == 0)
            let left = try await plaza.list(of: me)
            #expect(left.map { $0["actor_count"] } == [1])
            #expect(left.first?["actors"]?.array?.count == 1)
            #expect(try await plaza.list(of: ann).isEmpty)
            plaza.town.know { $0.barred = [] }
            try await plaza.tell("account.unblocked", "\(ann)", ["account": .string("\(me)")])
            try await plaza.follow()
            #expect(try await plaza.unread(me) == 2)
            #expect(try await plaza.unread(ann) == 1)
            #expect(try await plaza.list(of: me).map { $0["actor_count"] } == [1, 2])
        }
    }

    /// Whoever is suspended or has left is looked for in everybody's, and comes back in all of them.
    @Test func whoIsGoneIsHiddenInEverybodysUntilTheyAreBack() async throws {
        try await withNotifications { plaza in
            let ann = plaza.person()
            let people = (0..<30).map { _ in plaza.person() }
            for person in people { try await plaza.like(plaza.ids.next(), of: person, by: [ann]) }
            try await plaza.follow()
            let read = try await plaza.list(of: people[0]).first?["id"]?.string.flatMap { ID<Notification>($0) }
            _ = try await plaza.notifications.read(try #require(read), by: people[0])
            for (state, isThere) in [("suspended", false), ("active", true), ("suspended", false)] {
                plaza.town.know { facts in
                    facts.barred = isThere ? [] : Set(people.map { .init(account: $0, actor: ann) })
                }
                try await plaza.tell("account.state_changed", "\(ann)", ["state": .string(state)])
                try await plaza.follow()
                try await plaza.work()
                for (index, person) in people.enumerated() {
                    #expect(try await plaza.unread(person) == (isThere && index > 0 ? 1 : 0))
                    #expect(try await plaza.list(of: person).count == (isThere ? 1 : 0))
                }
            }
            #expect(
                try await plaza.database.read { db in
                    try !db.exists("SELECT 1 FROM notification_review /* scan: a test's table */")
                })
            // What was hidden while everything was read is read.
            _ = try await plaza.notifications.read(upTo: .time(plaza.clock.now), by: people[1])
            plaza.town.know { $0.barred = [] }
            try await plaza.tell("account.state_changed", "\(ann)", ["state": "active"])
            try await plaza.follow()
            try await plaza.work()
            #expect(try await plaza.unread(people[1]) == 0)
            #expect(try await plaza.unread(people[2]) == 1)
        }
    }

    @Test func aRequestThatIsClosedAndAMessageThatIsRetractedAreGone() async throws {
        try await withNotifications { plaza in
            let (me, ann) = (plaza.person(), plaza.person())
            let theirs: JSON = .string("\(ann)")
            try await plaza.tell("friend.requested", "\(me)", ["account": theirs, "request": "frq_0000000000001"])
            try await plaza.tell(
                "message.sent", "cnv_0000000000001", ["recipient": .string("\(me)"), "sender": theirs])
            try await plaza.follow()
            #expect(try await plaza.unread(me) == 2)
            try await plaza.tell("friend.request_closed", "\(me)", ["request": "frq_0000000000001"])
            try await plaza.tell("messages.retracted", "cnv_0000000000001", ["recipient": .string("\(me)")])
            try await plaza.follow()
            #expect(try await plaza.unread(me) == 0)
            #expect(try await plaza.list(of: me).isEmpty)
        }
    }
}

extension NotificationsFixture {
    fileprivate func comment(on post: ID<Post>, of author: ID<Account>, by person: ID<Account>) async throws {
        let comment: ID<Post> = ids.next()
        try await tell(
            "comment.added", "\(comment)",
            ["post": .string("\(post)"), "author": .string("\(person)"), "post_author": .string("\(author)")])
    }

    fileprivate func uncomment(_ post: ID<Post>, of author: ID<Account>, silent: [ID<Account>]) async throws {
        let comment: ID<Post> = ids.next()
        try await tell(
            "comment.deleted", "\(comment)",
            [
                "post": .string("\(post)"), "post_author": .string("\(author)"),
                "silent": .array(silent.map { .string("\($0)") }),
            ])
    }
}
