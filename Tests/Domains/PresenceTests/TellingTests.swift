import Core
import PlazaTesting
import Realtime
import Synchronization
import Testing

@testable import Presence

@Suite struct TellingTests {
    private let ann = account(1)
    private let ben = account(2)
    private let eve = account(3)

    @Test func friendsWhoAreOnlineHearOfIt() async throws {
        try await withPresence { plaza in
            plaza.friends.befriend(ann, [ben, eve])
            plaza.pushes.set(online: [ben])
            plaza.come([ann])
            try await plaza.presence.turn()
            #expect(plaza.told() == [.init(ben, ann, true)])
            try await plaza.presence.turn()
            #expect(plaza.told() == [])
        }
    }

    @Test func goingIsToldOnceTheGraceHasPassed() async throws {
        try await withPresence { plaza in
            plaza.friends.befriend(ann, [ben])
            plaza.pushes.set(online: [ben])
            plaza.come([ann])
            try await plaza.presence.turn()
            _ = plaza.told()
            let left = plaza.clock.now
            plaza.leave([ann])
            plaza.clock.advance(seconds: PresenceLimits.graceSeconds - 1)
            try await plaza.presence.turn()
            #expect(plaza.told() == [])
            #expect(try await plaza.seen(ann, by: ben)?.isOnline == true)
            plaza.clock.advance(seconds: 1)
            try await plaza.presence.turn()
            let push = try #require(plaza.pushes.take().first)
            #expect(push.delivery == .fleeting && push.type == "presence.changed")
            #expect(push.data["accounts"]?.array?.first?["is_online"] == false)
            #expect(push.data["accounts"]?.array?.first?["last_seen"] == .string("\(left)"))
        }
    }

    @Test func aFlappingPhoneIsSilent() async throws {
        try await withPresence { plaza in
            plaza.friends.befriend(ann, [ben])
            plaza.pushes.set(online: [ben])
            plaza.come([ann])
            try await plaza.presence.turn()
            _ = plaza.told()
            for _ in 0..<100 {
                plaza.leave([ann])
                plaza.clock.advance(seconds: PresenceLimits.graceSeconds - 1)
                try await plaza.presence.turn()
                plaza.come([ann])
                try await plaza.presence.turn()
            }
            #expect(plaza.told() == [])
        }
    }

    /// Their changes are gathered: a receiver gets one push a turn, and whoever is back in time is no news.
    @Test func aThousandFlappingPhonesAreFewPushes() async throws {
        try await withPresence { plaza in
            let phones = (10..<1_010).map(account)
            let friends = (1...5).map(account)
            for phone in phones { plaza.friends.befriend(phone, friends) }
            plaza.pushes.set(online: Set(friends))
            var pushes = 0
            for second in 0..<60 {
                // Away for 12 seconds, there for 3.
                if second % 15 == 0 { plaza.come(phones) }
                if second % 15 == 3 { plaza.leave(phones) }
                try await plaza.presence.turn()
                pushes += plaza.pushes.take().count
                plaza.clock.advance(seconds: 1)
            }
            // Four times they came, four times they went, and each time it took two turns to tell.
            #expect(pushes == 8 * phones.count / PresenceLimits.accountsMax * friends.count)
        }
    }

    @Test func noTurnTellsMoreThanItsBound() async throws {
        try await withPresence { plaza in
            let stars = (1...30).map(account)
            let fans = (1_000..<2_000).map(account)
            for star in stars { plaza.friends.befriend(star, fans) }
            plaza.pushes.set(online: Set(fans))
            plaza.come(stars)
            var (turns, told): (Int, Set<String>) = (0, [])
            while !plaza.presence.state.board.withLock({ $0.takesNothing(at: plaza.clock.now) }), turns < 10 {
                try await plaza.presence.turn()
                let items = plaza.told()
                #expect(items.count <= PresenceLimits.edgesMax)
                let new = Set(items.map(\.account))
                #expect(told.isDisjoint(with: new), "told twice")
                told.formUnion(new)
                turns += 1
            }
            #expect(told == Set(stars.map(\.description)))
            #expect(turns > 1)
        }
    }

    @Test func whoAloneIsTooMuchIsToldToTheFirst() async throws {
        try await withPresence { plaza in
            let fans = (1_000..<1_000 + PresenceLimits.edgesMax + 5).map(account)
            plaza.friends.befriend(ann, fans)
            plaza.pushes.set(online: Set(fans))
            plaza.come([ann])
            try await plaza.presence.turn()
            #expect(plaza.told().count == PresenceLimits.edgesMax)
            try await plaza.presence.turn()
            #expect(plaza.told() == [])
        }
    }

    @Test func whatHappensWhileATurnReadsIsToldInTheNext() async throws {
        try await withPresence { plaza in
            plaza.friends.befriend(ann, [ben])
            plaza.pushes.set(online: [ben])
            plaza.come([ann])
            try await plaza.presence.turn()
            plaza.leave([ann])
            plaza.clock.advance(seconds: PresenceLimits.graceSeconds)
            _ = plaza.told()
            // Ann is back between the reading of who is her friend and the telling that she has gone.
            plaza.statements.interrupt(read: 1) { plaza.come([ann]) }
            try await plaza.presence.turn()
            #expect(plaza.statements.endInterruption())
            try await plaza.presence.turn()
            #expect(plaza.told() == [.init(ben, ann, false), .init(ben, ann, true)])
        }
    }

    @Test func aTurnThatFailsIsMadeUpFor() async throws {
        try await withPresence { plaza in
            plaza.friends.befriend(ann, [ben])
            plaza.pushes.set(online: [ben])
            plaza.come([ann])
            try await plaza.statements.killingEverywhere { try await plaza.presence.turn() }
            #expect(plaza.told() == [.init(ben, ann, true)])
            #expect(try await plaza.lastSeen(ann) == plaza.clock.now)
        }
    }

    @Test func theServiceTurnsByItself() async throws {
        try await withPresence { plaza in
            plaza.friends.befriend(ann, [ben])
            plaza.pushes.set(online: [ben])
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await plaza.presence.run() }
                let seen = plaza.pushes.published.generation
                plaza.come([ann])
                await plaza.pushes.published.wait(past: seen)
                #expect(plaza.told() == [.init(ben, ann, true)])
                group.cancelAll()
            }
        }
    }
}

extension PresenceBoard {
    /// Nothing is left to be told.
    func takesNothing(at now: Timestamp) -> Bool {
        var copy = self
        return copy.takeChanges(at: now, limit: 1).isEmpty
    }
}
