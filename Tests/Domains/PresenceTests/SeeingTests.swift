import Core
import HTTP
import HTTPTypes
import PlazaTesting
import Storage
import Testing

@testable import Presence

@Suite struct SeeingTests {
    private let ann = account(1)
    private let ben = account(2)
    private let eve = account(3)

    @Test(arguments: PresenceVisibility.choices, [true, false])
    func onlyThoseAllowedSeeIt(visibility: PresenceVisibility, isFriend: Bool) async throws {
        try await withPresence { plaza in
            if isFriend { plaza.friends.befriend(ann, [ben]) }
            try await plaza.presence.show(ann, to: visibility)
            plaza.come([ann])
            let isSeen = visibility == .everybody || visibility == .friends && isFriend
            #expect(try await plaza.seen(ann, by: ben)?.isOnline == (isSeen ? true : nil))
            #expect(try await plaza.seen(ann, by: ann)?.isOnline == true)
            plaza.friends.bar(ann)
            #expect(try await plaza.seen(ann, by: ben) == nil)
        }
    }

    @Test func friendsSeeItUnlessTold() async throws {
        try await withPresence { plaza in
            plaza.friends.befriend(ann, [ben])
            #expect(try await plaza.presence.visibility(of: ann) == .friends)
            #expect(try await plaza.seen(ann, by: eve) == nil)
            let item = try #require(try await plaza.seen(ann, by: ben))
            #expect(!item.isOnline && item.lastSeen == nil)
            let left = plaza.clock.now
            plaza.come([ann])
            plaza.leave([ann])
            plaza.clock.advance(seconds: PresenceLimits.graceSeconds)
            for _ in 0..<2 {
                try await plaza.presence.turn()
                #expect(try await plaza.seen(ann, by: ben)?.lastSeen == left)
                plaza.clock.advance(seconds: PresenceLimits.writeSeconds)
            }
        }
    }

    /// Whoever hides goes offline for their friends, and is back when they show themselves.
    @Test func hidingIsGoing() async throws {
        try await withPresence { plaza in
            plaza.friends.befriend(ann, [ben])
            plaza.pushes.set(online: [ben])
            plaza.come([ann])
            try await plaza.presence.turn()
            try await plaza.presence.show(ann, to: .nobody)
            try await plaza.presence.turn()
            plaza.leave([ann])
            plaza.clock.advance(seconds: PresenceLimits.graceSeconds)
            try await plaza.presence.turn()
            plaza.come([ann])
            try await plaza.presence.turn()
            #expect(plaza.told() == [.init(ben, ann, true), .init(ben, ann, false)])
            try await plaza.presence.show(ann, to: .friends)
            try await plaza.presence.turn()
            #expect(plaza.told() == [.init(ben, ann, true)])
        }
    }

    @Test func aHundredAreOneStatement() async throws {
        try await withPresence { plaza in
            let others = (10..<110).map(account)
            plaza.friends.befriend(ann, others.filter { $0.rawValue.isMultiple(of: 2) })
            _ = plaza.statements.take()
            let seen = try await plaza.presence.presence(of: others.reversed() + others, for: ann)
            #expect(plaza.statements.take().count == 1)
            #expect(seen.map(\.account) == others.reversed().filter { $0.rawValue.isMultiple(of: 2) })
        }
    }

    @Test func manyAreWrittenAtOnceAndEachOnceAMinute() async throws {
        try await withPresence { plaza in
            let people = (1...500).map(account)
            plaza.come(people)
            try await plaza.presence.turn()
            let first = plaza.clock.now
            _ = plaza.statements.take()
            for _ in 0..<5 {
                plaza.leave(people)
                plaza.clock.advance(seconds: 5)
                plaza.come(people)
                plaza.clock.advance(seconds: 5)
                try await plaza.presence.turn()
            }
            #expect(!plaza.statements.take().contains { $0.text.contains("INTO presence") })
            #expect(try await plaza.lastSeen(people[7]) == first)
            plaza.clock.advance(seconds: 10)
            try await plaza.presence.turn()
            #expect(plaza.statements.take().filter { $0.text.contains("INTO presence") }.count <= 8)
            #expect(try await plaza.lastSeen(people[7]) == first.advanced(bySeconds: 45))
        }
    }

    @Test func ofWhoHasLeftNothingIsWritten() async throws {
        try await withPresence { plaza in
            plaza.friends.befriend(ann, [ben])
            plaza.pushes.set(online: [ben])
            plaza.come([ann])
            try await plaza.presence.turn()
            _ = plaza.told()
            try await plaza.database.write { tx in try plaza.presence.erase(ann, in: tx) }
            plaza.leave([ann])
            plaza.come([ann])
            plaza.clock.advance(seconds: PresenceLimits.writeSeconds)
            try await plaza.presence.turn()
            #expect(plaza.told() == [])
            #expect(try await plaza.lastSeen(ann) == nil)
        }
    }

    @Test(arguments: [",", "x", "acc_0000000000001,", "acc_0000000000001,pst_0000000000001", " acc_0000000000001"])
    func whatIsNoListOfAccountsIsRefused(text: String) async throws {
        try await withPresence { plaza in
            let route = try #require(plaza.presence.routes.first { $0.path == "/v1/presence" })
            let principal = Principal(account: ann, session: ID(rawValue: 1), role: .person)
            for accounts in [text, Array(repeating: "acc_0000000000001", count: 101).joined(separator: ",")] {
                let request = RouteRequest(
                    id: "req", method: .get, path: route.path, headers: [:], address: "", principal: principal,
                    parameters: [], query: [(name: "accounts", value: accounts)], body: .null)
                await #expect(throws: Problem.self) { _ = try await route.handler(request) }
            }
        }
    }
}
