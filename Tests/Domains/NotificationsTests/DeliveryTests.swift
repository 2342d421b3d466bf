import Core
import Events
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Notifications

@Suite struct DeliveryTests {
    /// What each event says to whom.
    @Test func everyKindReachesWhoItConcerns() async throws {
        try await withNotifications { plaza in
            let (me, other) = (plaza.person(), plaza.person())
            let (shop, order) = (plaza.ids.next(Shop.self), plaza.ids.next(Order.self))
            plaza.town.know { facts in
                facts.staff[shop] = [me]
                facts.buyers[order] = other
            }
            let (mine, theirs): (JSON, JSON) = (.string("\(me)"), .string("\(other)"))
            for (type, subject, data) in [
                ("account.followed", "\(me)", ["follower": theirs]),
                ("post.liked", "pst_0000000000001", ["author": mine, "account": theirs]),
                (
                    "comment.added", "cmt_0000000000001",
                    ["post": "pst_0000000000001", "author": theirs, "post_author": mine]
                ),
                ("friend.requested", "\(me)", ["account": theirs, "request": "frq_0000000000001"]),
                ("friend.accepted", "\(me)", ["account": theirs]),
                ("follow.requested", "\(me)", ["account": theirs, "request": "flr_0000000000001"]),
                ("follow.approved", "\(me)", ["account": theirs]),
                ("waiting.offered", "var_0000000000001", ["accounts": [mine], "until": ""]),
                (
                    "message.sent", "cnv_0000000000001",
                    ["message": "msg_0000000000001", "sender": theirs, "recipient": mine]
                ),
                ("order.placed", "\(order)", ["buyer": theirs, "shops": [.string("\(shop)")]]),
                ("order.shipped", "\(order)", ["shops": [.string("\(shop)")], "by": "seller"]),
                ("order.delivered", "\(order)", ["shops": [.string("\(shop)")], "by": "clock"]),
                ("order.refunded", "\(order)", ["shops": [.string("\(shop)")], "by": "seller"]),
            ] as [(String, String, JSON)] {
                try await plaza.tell(type, subject, data)
            }
            try await plaza.follow()
            let told = try await plaza.list(of: me).reversed().compactMap { $0["kind"]?.string }
            #expect(
                told == [
                    "followed", "liked", "commented", "friend_requested", "friend_accepted", "follow_requested",
                    "follow_approved", "offered", "messaged", "ordered",
                ])
            let buyers = try await plaza.list(of: other).reversed().compactMap { $0["kind"]?.string }
            #expect(buyers == ["shipped", "delivered", "refunded"])
            #expect(try await plaza.list(of: other).allSatisfy { $0["actor_count"] == 0 })
        }
    }

    @Test func nobodyIsToldOfTheirOwnDoing() async throws {
        try await withNotifications { plaza in
            let (me, shop, order) = (plaza.person(), plaza.ids.next(Shop.self), plaza.ids.next(Order.self))
            plaza.town.know { facts in
                facts.staff[shop] = [me]
                facts.buyers[order] = me
            }
            let mine = JSON.string("\(me)")
            try await plaza.like(plaza.ids.next(), of: me, by: [me])
            try await plaza.tell("order.placed", "\(order)", ["buyer": mine, "shops": [.string("\(shop)")]])
            try await plaza.tell("order.delivered", "\(order)", ["shops": [.string("\(shop)")], "by": "buyer"])
            try await plaza.follow()
            #expect(try await plaza.list(of: me).isEmpty)
            #expect(try await plaza.unread(me) == 0)
        }
    }

    @Test func whoIsBlockedIsNeitherToldNorNamed() async throws {
        try await withNotifications { plaza in
            let (author, post) = (plaza.person(), plaza.ids.next(Post.self))
            let (ann, eve) = (plaza.person(), plaza.person())
            plaza.town.know { $0.barred.insert(Encounter(account: author, actor: eve)) }
            try await plaza.like(post, of: author, by: [eve])
            try await plaza.follow()
            #expect(try await plaza.list(of: author).isEmpty)
            try await plaza.like(post, of: author, by: [ann, eve])
            try await plaza.follow()
            #expect(try await plaza.list(of: author).first?["actor_count"] == 1)
            // Blocked since: counted still, named no more.
            plaza.town.know { $0.barred.insert(Encounter(account: author, actor: ann)) }
            let item = try #require(try await plaza.list(of: author).first)
            #expect(item["actors"]?.array?.isEmpty == true)
            _ = plaza.pushes.take()
            try await plaza.like(post, of: author, by: [plaza.person()])
            try await plaza.follow()
            let pushed = plaza.pushes.take().first { $0.type == "notification.changed" }
            #expect(pushed?.data["notification"]?["actors"]?.array?.count == 1)
        }
    }

    @Test func theSameEventsAgainChangeNothing() async throws {
        try await withNotifications { plaza in
            let (author, post) = (plaza.person(), plaza.ids.next(Post.self))
            try await plaza.like(post, of: author, by: [plaza.person(), plaza.person()])
            try await plaza.tell("account.followed", "\(author)", ["follower": .string("\(plaza.person())")])
            try await plaza.follow()
            let (list, events) = (try await plaza.list(of: author), try await plaza.log())
            #expect(events.count == 3)
            for isRead in [false, true] {
                if isRead { _ = try await plaza.notifications.read(upTo: .time(plaza.clock.now), by: author) }
                let unread = try await plaza.unread(author)
                _ = plaza.pushes.take()
                try await plaza.database.write { tx in try plaza.notifications.tell(events, in: tx) }
                #expect(try await plaza.list(of: author).map { $0["id"] } == list.map { $0["id"] })
                #expect(try await plaza.unread(author) == unread)
                #expect(plaza.pushes.take().isEmpty)
            }
        }
    }

    /// Whatever statement a batch dies at, it is as if it had not begun.
    @Test func aBatchThatDiesLeavesNothing() async throws {
        try await withNotifications { plaza in
            let (author, post) = (plaza.person(), plaza.ids.next(Post.self))
            try await plaza.like(post, of: author, by: [plaza.person()])
            try await plaza.follow()
            plaza.clock.advance(seconds: NotificationLimits.groupSeconds)
            try await plaza.like(post, of: author, by: [plaza.person()])
            try await plaza.tell("account.followed", "\(author)", ["follower": .string("\(plaza.person())")])
            let events = Array(try await plaza.log().dropFirst())
            _ = plaza.pushes.take()
            try await plaza.statements.killingEverywhere {
                do {
                    try await plaza.statements.write { tx in try plaza.notifications.tell(events, in: tx) }
                } catch {
                    #expect(try await plaza.list(of: author).count == 1)
                    #expect(plaza.pushes.take().isEmpty)
                    throw error
                }
            }
            #expect(try await plaza.list(of: author).count == 3)
            #expect(try await plaza.unread(author) == 3)
        }
    }

    @Test func eventsThatLackWhatTheyNeedAreNoNews() async throws {
        try await withNotifications { plaza in
            let me = plaza.person()
            for (type, subject, data) in [
                ("post.liked", "pst_0000000000001", [:]), ("post.liked", "pst_0000000000001", ["author": "x"]),
                ("account.followed", "nobody", ["follower": .string("\(me)")]),
                ("message.sent", "cnv_0000000000001", ["sender": .string("\(me)")]),
                ("waiting.offered", "var_0000000000001", ["accounts": ["x", 1]]), ("order.placed", "x", [:]),
                ("order.shipped", "x", [:]), ("order.shipped", "ord_0000000000001", ["by": "seller"]),
            ] as [(String, String, JSON)] {
                try await plaza.tell(type, subject, data)
            }
            try await plaza.like(plaza.ids.next(), of: me, by: [plaza.person()])
            try await plaza.follow()
            #expect(try await plaza.list(of: me).count == 1)
            let failures = try await plaza.database.read { db in try EventLog.failures(limit: 10, in: db) }
            #expect(failures.isEmpty)
        }
    }

    @Test func whatIsPushedIsWhatIsListed() async throws {
        try await withNotifications { plaza in
            let (author, post) = (plaza.person(), plaza.ids.next(Post.self))
            try await plaza.like(post, of: author, by: [plaza.person(), plaza.person()])
            try await plaza.follow()
            let pushes = plaza.pushes.take()
            #expect(pushes.map(\.type) == ["notification.changed", "notifications.unread"])
            #expect(pushes.map(\.delivery) == [.ordered, .newest])
            #expect(pushes.allSatisfy { $0.channel.description == "account:\(author)" })
            let listed = try await plaza.list(of: author)
            #expect(pushes[0].data["notification"] == listed[0])
            #expect(pushes[1].data["count"] == 1)
        }
    }

    @Test func buyersHearAtOnceWhatBecomesOfTheirOrders() async throws {
        try await withNotifications { plaza in
            let (buyer, order) = (plaza.person(), plaza.ids.next(Order.self))
            plaza.town.know { $0.buyers[order] = buyer }
            let types = ["order.paid", "order.shipped", "order.delivered", "order.refunded", "order.cancelled"]
            for type in types {
                try await plaza.tell(type, "\(order)", ["shops": ["shp_0000000000001"], "by": "seller"])
            }
            try await plaza.follow()
            let urgent = plaza.pushes.take().filter { $0.delivery == .urgent }
            #expect(urgent.map(\.type) == types)
            #expect(urgent.allSatisfy { $0.channel.description == "account:\(buyer)" && $0.key != nil })
            #expect(urgent.allSatisfy { $0.data["order"] == .string("\(order)") })
        }
    }

    @Test func onlyItsPersonHearsAnAccountsChannel() async throws {
        let channels = AccountChannels(carrying: [])
        let (ann, ben) = (ID<Account>(rawValue: 1), ID<Account>(rawValue: 2))
        let principal = Principal(account: ann, session: ID(rawValue: 1), role: .administrator)
        _ = try await channels.admit(principal, to: ChannelName(namespace: "account", key: ann))
        for key in ["\(ben)", "acc_000000000000l", "x"] {
            let channel = ChannelName(namespace: "account", key: key)
            await #expect(throws: ChannelRefusal.notPermitted("Only its own person hears an account's channel.")) {
                _ = try await channels.admit(principal, to: channel)
            }
        }
    }
}
