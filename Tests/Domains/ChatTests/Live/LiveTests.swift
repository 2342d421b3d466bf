import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Chat

@Suite struct LiveTests {
    private func open(_ plaza: ChatFixture, by host: ID<Account>) async throws -> ID<LiveRoom> {
        try await plaza.chat.openLive("The kiln", shop: nil, by: host).room.id
    }

    @Test func aHostHasOneOpenRoomAndItClosesOnce() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let room = try await open(plaza, by: ann)
            await #expect(throws: ChatError.alreadyLive) { _ = try await open(plaza, by: ann) }
            await #expect(throws: ChatError.notHost) {
                _ = try await plaza.chat.closeLive(room, by: ben, isModerator: false)
            }
            for _ in 0..<2 { _ = try await plaza.chat.closeLive(room, by: ann, isModerator: false) }
            let pushes = plaza.hub.take(.live(room))
            #expect(pushes.map(\.delivery) == [.urgent])
            #expect(try await plaza.logged().map(\.type) == ["live.opened", "live.closed"])
            let next = try await open(plaza, by: ann)
            _ = try await plaza.chat.closeLive(next, by: ben, isModerator: true)
            #expect(try await plaza.chat.openLives(for: ben, cursor: nil, limit: 10).items.isEmpty)
        }
    }

    @Test func aClosedRoomTakesNothing() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let (chat, room) = (plaza.chat, try await open(plaza, by: ann))
            _ = try await chat.chat("Hello", in: room, by: ben)
            _ = try await chat.closeLive(room, by: ann, isModerator: false)
            _ = plaza.hub.take(.live(room))
            let attempts: [@Sendable () async throws -> Void] = [
                { _ = try await chat.chat("More", in: room, by: ben) },
                { _ = try await chat.chat("More", in: room, by: ann) },
                { try await chat.pin(Town.listed, in: room, by: ann) },
                { try await chat.pin(nil, in: room, by: ann) },
                { try await chat.slowDown(room, to: 5, by: ann) },
                { try await chat.mute(ben, in: room, by: ann) },
                { try await chat.unmute(ben, in: room, by: ann) },
                { try await chat.appoint(ben, in: room, by: ann) },
                { try await chat.dismiss(ben, in: room, by: ann) },
            ]
            for attempt in attempts { await #expect(throws: ChatError.liveClosed) { try await attempt() } }
            await #expect(throws: ChannelRefusal.self) {
                _ = try await LiveChannels(chat: chat).admit(.of(ben), to: .live(room))
            }
            #expect(plaza.hub.take(.live(room)).isEmpty)
            #expect(try await chat.liveHistory(of: room, cursor: nil, limit: 10, for: ben).page.items.count == 1)
        }
    }

    @Test func aRoomIsRememberedWithTheMostThatWatchedIt() async throws {
        try await withChat { plaza in
            let ann = plaza.person("ann")
            let (chat, room) = (plaza.chat, try await open(plaza, by: ann))
            plaza.hub.gather(3, peak: 9)
            let listed = try await chat.openLives(for: ann, cursor: nil, limit: 10).items.first?.viewers
            #expect(listed?.count == 3 && listed?.peak == 9)
            _ = try await chat.closeLive(room, by: ann, isModerator: false)
            // The hub has forgotten the channel meanwhile.
            plaza.hub.gather(0, peak: 0)
            _ = try await chat.closeLive(room, by: ann, isModerator: false)
            let closed = try await chat.live(room, for: ann).viewers
            #expect(closed.count == 0 && closed.peak == 9)
        }
    }

    /// In turns of a few lines, and nobody else's.
    @Test func whatWasSaidIsGoneAMonthAfterClosing() async throws {
        try await withChat(limits: { $0.batch = 2 }) { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let (chat, room) = (plaza.chat, try await open(plaza, by: ann))
            let other = try await open(plaza, by: ben)
            for room in [room, other] { for _ in 0..<5 { _ = try await chat.chat("Hello", in: room, by: ben) } }
            _ = try await chat.closeLive(room, by: ann, isModerator: false)
            let kept = chat.limits.liveChatKeptSeconds
            plaza.clock.advance(seconds: kept - 1)
            try await plaza.runJobs()
            #expect(try await chat.liveHistory(of: room, cursor: nil, limit: 10, for: ann).page.items.count == 5)
            plaza.clock.advance(seconds: 2)
            try await plaza.runJobs()
            #expect(try await chat.liveHistory(of: room, cursor: nil, limit: 10, for: ann).page.items.isEmpty)
            #expect(try await chat.liveHistory(of: other, cursor: nil, limit: 10, for: ann).page.items.count == 5)
        }
    }

    @Test func openRoomsAreListedWithoutThoseThatABlockHides() async throws {
        try await withChat { plaza in
            let hosts = plaza.people(5)
            let ann = plaza.person("ann")
            var rooms: [ID<LiveRoom>] = []
            for host in hosts { rooms.append(try await open(plaza, by: host)) }
            plaza.town.block(ann, hosts[2])
            _ = try await plaza.chat.closeLive(rooms[3], by: hosts[3], isModerator: false)
            var (seen, cursor): ([ID<LiveRoom>], String?) = ([], nil)
            repeat {
                let page = try await plaza.chat.openLives(for: ann, cursor: cursor, limit: 2)
                seen += page.items.map(\.room.id)
                cursor = page.next
            } while cursor != nil
            #expect(seen == [rooms[4], rooms[1], rooms[0]])
            let (chat, hidden) = (plaza.chat, rooms[2])
            let attempts: [@Sendable () async throws -> Void] = [
                { _ = try await chat.live(hidden, for: ann) },
                { _ = try await chat.chat("Hello", in: hidden, by: ann) },
                { _ = try await chat.liveHistory(of: hidden, cursor: nil, limit: 10, for: ann) },
                { _ = try await chat.closeLive(hidden, by: ann, isModerator: false) },
                { try await chat.pin(nil, in: hidden, by: ann) },
            ]
            for attempt in attempts { await #expect(throws: ChatError.liveNotFound) { try await attempt() } }
            await #expect(throws: ChannelRefusal.self) {
                _ = try await LiveChannels(chat: chat).admit(.of(ann), to: .live(hidden))
            }
        }
    }

    @Test func chatThroughTheSocketIsStoredAndSampled() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let room = try await open(plaza, by: ann)
            let owner = LiveChannels(chat: plaza.chat)
            let terms = try await owner.admit(.of(ben), to: .live(room))
            #expect(terms.countsSubscribers)
            for text in ["One", "Two"] {
                let answer = try await owner.take(
                    ["type": "chat", "text": .string(text)], for: .live(room), from: .of(ben))
                #expect(answer["message"]?["text"]?.string == text)
            }
            let pushes = plaza.hub.take(.live(room))
            #expect(pushes.map(\.delivery) == [.sampled, .sampled])
            #expect(pushes.map { $0.data["message"]?["sender"]?["handle"]?.string } == ["ben", "ben"])
            let said = try await plaza.chat.liveHistory(of: room, cursor: nil, limit: 10, for: ann)
            #expect(said.page.items.map(\.text) == ["Two", "One"])
            // The log of the house is not where rooms talk.
            #expect(try await plaza.logged().map(\.type) == ["live.opened"])
        }
    }

    @Test(
        arguments: [
            ["type": "chat"], ["type": "chat", "text": ""], ["type": "chat", "text": 5], ["type": "pin", "text": "a"],
            ["type": "chat", "text": "a", "to": "b"], "chat", [:], ["type": "chat", "text": "a\u{202E}b"],
            ["type": "chat", "text": .string(String(repeating: "a", count: 501))],
        ] as [JSON])
    func whatIsNoChatIsRefused(_ data: JSON) async throws {
        try await withChat { plaza in
            let ann = plaza.person("ann")
            let room = try await open(plaza, by: ann)
            let error = await #expect(throws: ChannelRefusal.self) {
                _ = try await LiveChannels(chat: plaza.chat).take(data, for: .live(room), from: .of(ann))
            }
            #expect(error?.code == "invalid_data")
        }
    }

    @Test func slowModeLetsEachSayOneThingInSoManySeconds() async throws {
        try await withChat { plaza in
            let (ann, ben, cleo, dan) = (
                plaza.person("ann"), plaza.person("ben"), plaza.person("cleo"), plaza.person("dan")
            )
            let (chat, room) = (plaza.chat, try await open(plaza, by: ann))
            try await chat.appoint(dan, in: room, by: ann)
            try await chat.slowDown(room, to: 10, by: dan)
            for account in [ben, cleo] { _ = try await chat.chat("One", in: room, by: account) }
            plaza.clock.advance(seconds: 4)
            await #expect(throws: ChatError.slowMode(seconds: 10, retryAfterSeconds: 6)) {
                _ = try await chat.chat("Two", in: room, by: ben)
            }
            let refusal = await #expect(throws: ChannelRefusal.self) {
                let data: JSON = ["type": "chat", "text": "Two"]
                _ = try await LiveChannels(chat: chat).take(data, for: .live(room), from: .of(ben))
            }
            #expect(refusal?.code == "rate_limited" && refusal?.retryAfterMilliseconds == 6_000)
            for _ in 0..<3 { for account in [ann, dan] { _ = try await chat.chat("I may", in: room, by: account) } }
            plaza.clock.advance(seconds: 6)
            _ = try await chat.chat("Two", in: room, by: ben)
            try await chat.slowDown(room, to: 0, by: ann)
            for _ in 0..<3 { _ = try await chat.chat("Freely", in: room, by: ben) }
        }
    }

    @Test func whoIsMutedNeitherHearsNorSpeaks() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let (chat, room) = (plaza.chat, try await open(plaza, by: ann))
            try await chat.mute(ben, in: room, by: ann)
            #expect(plaza.hub.expelled == ["\(ben) live:\(room)"])
            #expect(plaza.hub.take(.live(room)).map(\.delivery) == [.urgent])
            await #expect(throws: ChatError.muted) { _ = try await chat.chat("Hello", in: room, by: ben) }
            await #expect(throws: ChatError.muted) {
                _ = try await chat.liveHistory(of: room, cursor: nil, limit: 10, for: ben)
            }
            let owner = LiveChannels(chat: chat)
            await #expect(throws: ChannelRefusal.self) { _ = try await owner.admit(.of(ben), to: .live(room)) }
            try await chat.unmute(ben, in: room, by: ann)
            _ = try await owner.admit(.of(ben), to: .live(room))
            _ = try await chat.chat("Hello", in: room, by: ben)
        }
    }

    @Test func aRoomIsItsHostsAndThenItsModerators() async throws {
        try await withChat { plaza in
            let (ann, ben, cleo, dan) = (
                plaza.person("ann"), plaza.person("ben"), plaza.person("cleo"), plaza.person("dan")
            )
            let (chat, room) = (plaza.chat, try await open(plaza, by: ann))
            for account in [ben, cleo] { try await chat.appoint(account, in: room, by: ann) }
            let refused: [(ChatError, @Sendable () async throws -> Void)] = [
                (.notModerator, { try await chat.pin(Town.listed, in: room, by: dan) }),
                (.notModerator, { try await chat.mute(ben, in: room, by: dan) }),
                (.notModerator, { try await chat.slowDown(room, to: 5, by: dan) }),
                (.notModerator, { try await chat.appoint(cleo, in: room, by: dan) }),
                (.notHost, { try await chat.appoint(dan, in: room, by: ben) }),
                (.notHost, { try await chat.dismiss(cleo, in: room, by: ben) }),
                (.notHost, { try await chat.mute(ann, in: room, by: ben) }),
                (.notHost, { try await chat.mute(cleo, in: room, by: ben) }),
                (.yourself, { try await chat.mute(ben, in: room, by: ben) }),
                (.productNotFound, { try await chat.pin(ID(rawValue: 9), in: room, by: ben) }),
                (.accountNotFound, { try await chat.mute(ID(rawValue: 9), in: room, by: ben) }),
            ]
            for (error, attempt) in refused { await #expect(throws: error) { try await attempt() } }
            try await chat.pin(Town.listed, in: room, by: ben)
            #expect(try await chat.live(room, for: dan).room.pinnedProduct == Town.listed)
            try await chat.pin(nil, in: room, by: cleo)
            #expect(plaza.hub.types(.live(room)) == ["product.pinned", "product.unpinned"])
            // Who is muted is no moderator any more.
            try await chat.mute(cleo, in: room, by: ann)
            await #expect(throws: ChatError.notModerator) { try await chat.pin(nil, in: room, by: cleo) }
        }
    }

    @Test func onlyItsStaffGoesLiveForAShop() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            plaza.town.employ(ann)
            await #expect(throws: ChatError.shopNotFound) {
                _ = try await plaza.chat.openLive("The kiln", shop: Town.shop, by: ben)
            }
            #expect(try await plaza.chat.openLive("The kiln", shop: Town.shop, by: ann).room.shop == Town.shop)
            let event = try await plaza.logged().last
            #expect(event?.data["shop"]?.string == "\(Town.shop)")
        }
    }

    @Test func aRoomHasSoManyModerators() async throws {
        try await withChat(limits: { $0.liveModeratorsMax = 2 }) { plaza in
            let people = plaza.people(4)
            let room = try await open(plaza, by: people[0])
            for moderator in [1, 2, 2, 1] { try await plaza.chat.appoint(people[moderator], in: room, by: people[0]) }
            await #expect(throws: ChatError.tooManyModerators(max: 2)) {
                try await plaza.chat.appoint(people[3], in: room, by: people[0])
            }
            try await plaza.chat.dismiss(people[1], in: room, by: people[0])
            try await plaza.chat.appoint(people[3], in: room, by: people[0])
        }
    }
}
