import Core
import HTTP
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Notifications

@Suite struct ReadingTests {
    @Test func readingUpToOneLeavesTheNewer() async throws {
        try await withNotifications { plaza in
            let me = plaza.person()
            for _ in 0..<5 {
                try await plaza.like(plaza.ids.next(), of: me, by: [plaza.person()])
                plaza.clock.advance(seconds: 1)
                try await plaza.follow()
            }
            let list = try await plaza.list(of: me)
            let third = try #require(list[2]["id"]?.string.flatMap { ID<Notification>($0) })
            #expect(try await plaza.notifications.read(upTo: .notification(third), by: me) == 2)
            #expect(try await plaza.list(of: me).map { $0["is_read"] } == [false, false, true, true, true])
            let time = try #require(list[1]["updated_at"]?.string.flatMap { ReadMark($0) })
            #expect(try await plaza.notifications.read(upTo: time, by: me) == 1)
            #expect(try await plaza.notifications.read(upTo: time, by: me) == 1)
            let counts = plaza.pushes.take().filter { $0.type == "notifications.unread" }.suffix(2)
            #expect(counts.map { $0.data["count"] } == [2, 1])
        }
    }

    @Test(arguments: ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
    func aTimeOutOfTheWorldIsATime(text: String) async throws {
        try await withNotifications { plaza in
            let me = plaza.person()
            try await plaza.like(plaza.ids.next(), of: me, by: [plaza.person()])
            try await plaza.follow()
            let mark = try #require(ReadMark(text))
            let left = try await plaza.notifications.read(upTo: mark, by: me)
            #expect(left == (text.hasPrefix("9") ? 0 : 1))
        }
    }

    @Test func somebodyElsesIsNotThere() async throws {
        try await withNotifications { plaza in
            let (ann, ben) = (plaza.person(), plaza.person())
            try await plaza.like(plaza.ids.next(), of: ann, by: [ben])
            try await plaza.follow()
            let id = try #require(try await plaza.list(of: ann).first?["id"]?.string.flatMap { ID<Notification>($0) })
            await #expect(throws: NotificationsError.notificationNotFound) {
                _ = try await plaza.notifications.read(id, by: ben)
            }
            await #expect(throws: NotificationsError.notificationNotFound) {
                _ = try await plaza.notifications.read(upTo: .notification(id), by: ben)
            }
            #expect(try await plaza.notifications.read(upTo: .time(plaza.clock.now), by: ben) == 0)
            #expect(try await plaza.unread(ann) == 1)
        }
    }

    @Test func readingWhileLikesComeInLosesNone() async throws {
        try await withNotifications { plaza in
            let (me, post) = (plaza.person(), plaza.ids.next(Post.self))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<20 {
                        try await plaza.like(post, of: me, by: [plaza.person()])
                        try await plaza.follow()
                    }
                }
                group.addTask {
                    for _ in 0..<20 { _ = try await plaza.notifications.read(upTo: .time(plaza.clock.now), by: me) }
                }
                try await group.waitForAll()
            }
            let counts = try await plaza.list(of: me).compactMap { $0["actor_count"]?.integer }
            #expect(counts.reduce(0, +) == 20)
        }
    }

    @Test func whatIsSwitchedOffIsNotTold() async throws {
        try await withNotifications { plaza in
            let me = plaza.person()
            try await plaza.notifications.mute(MutedKinds([.liked]), for: me)
            #expect(try await plaza.notifications.mutedKinds(of: me).kinds == [.liked])
            try await plaza.like(plaza.ids.next(), of: me, by: [plaza.person()])
            try await plaza.tell("account.followed", "\(me)", ["follower": .string("\(plaza.person())")])
            try await plaza.follow()
            #expect(try await plaza.list(of: me).map { $0["kind"] } == ["followed"])
            try await plaza.notifications.mute(MutedKinds([]), for: me)
            try await plaza.like(plaza.ids.next(), of: me, by: [plaza.person()])
            try await plaza.follow()
            #expect(try await plaza.unread(me) == 2)
        }
    }

    @Test func pagesFollowEachOther() async throws {
        try await withNotifications { plaza in
            let me = plaza.person()
            for _ in 0..<7 { try await plaza.like(plaza.ids.next(), of: me, by: [plaza.person()]) }
            try await plaza.follow()
            var (seen, cursor): ([String], String?) = ([], nil)
            repeat {
                _ = plaza.statements.take()
                let page = try await plaza.notifications.notifications(of: me, cursor: cursor, limit: 3)
                // The names are the directory's, in one more.
                #expect(plaza.statements.take().count == 1)
                seen += page.items.compactMap { $0["id"]?.string }
                cursor = page.next
            } while cursor != nil
            #expect(seen == (try await plaza.list(of: me)).compactMap { $0["id"]?.string })
            let page = try await plaza.notifications.notifications(of: me, cursor: nil, limit: 3)
            await #expect(throws: CursorError.invalid) {
                _ = try await plaza.notifications.notifications(of: plaza.person(), cursor: page.next, limit: 3)
            }
        }
    }

    @Test func oldOnesArePrunedAndTheCountStaysTrue() async throws {
        try await withNotifications { plaza in
            let me = plaza.person()
            for _ in 0..<3 { try await plaza.like(plaza.ids.next(), of: me, by: [plaza.person()]) }
            try await plaza.follow()
            let id = try #require(try await plaza.list(of: me).first?["id"]?.string.flatMap { ID<Notification>($0) })
            _ = try await plaza.notifications.read(id, by: me)
            plaza.clock.advance(seconds: NotificationLimits.keptSeconds)
            try await plaza.notifications.prune()
            #expect(try await plaza.list(of: me).count == 3)
            try await plaza.like(plaza.ids.next(), of: me, by: [plaza.person()])
            try await plaza.follow()
            plaza.clock.advance(seconds: NotificationLimits.groupSeconds + 1)
            try await plaza.notifications.prune()
            #expect(try await plaza.list(of: me).count == 1)
            #expect(try await plaza.unread(me) == 1)
        }
    }

    /// Events that are followed after somebody has left make nothing anew.
    @Test func whoHasLeftIsToldNothing() async throws {
        try await withNotifications { plaza in
            let (me, post) = (plaza.person(), plaza.ids.next(Post.self))
            try await plaza.like(post, of: me, by: [plaza.person()])
            try await plaza.follow()
            try await plaza.like(post, of: me, by: [plaza.person()])
            try await plaza.database.write { tx in try plaza.notifications.erase(me, in: tx) }
            try await plaza.follow()
            #expect(try await plaza.list(of: me).isEmpty)
            #expect(try await plaza.unread(me) == 0)
        }
    }

    @Test func whatIsWrongIsFound() async throws {
        try await withNotifications { plaza in
            let me = plaza.person()
            try await plaza.like(plaza.ids.next(), of: me, by: [plaza.person()])
            try await plaza.follow()
            for (breaking, mending, check) in [
                (
                    "UPDATE notification_inbox SET unread_count = 5", "UPDATE notification_inbox SET unread_count = 1",
                    "notification.unread_count"
                ),
                (
                    "UPDATE notification SET actor_count = 5", "UPDATE notification SET actor_count = 1",
                    "notification.actor_count"
                ),
            ] as [(SQL, SQL, String)] {
                try await plaza.database.write { tx in _ = try tx.execute("\(breaking) /* scan: a test's table */") }
                let findings = try await plaza.findings()
                #expect(findings.count == 1 && findings.first?.hasPrefix(check) == true, "\(findings)")
                try await plaza.database.write { tx in _ = try tx.execute("\(mending) /* scan: a test's table */") }
            }
        }
    }
}
