import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Chat

@Suite struct ChannelTests {
    @Test func onlyMembersHearAConversation() async throws {
        try await withChat { plaza in
            let (ann, ben, eve) = (plaza.person("ann"), plaza.person("ben"), plaza.person("eve"))
            let pair = try await plaza.pair(ann, ben)
            let owner = ConversationChannels(chat: plaza.chat)
            for account in [ann, ben] { _ = try await owner.admit(.of(account), to: .conversation(pair)) }
            await #expect(throws: ChannelRefusal.self) {
                _ = try await owner.admit(.of(eve, role: .administrator), to: .conversation(pair))
            }
            for name in ["conversation:cnv_0000000000005", "conversation:x", "conversation:\(ann)"] {
                let channel = try #require(ChannelName(name))
                await #expect(throws: ChannelRefusal.self) { _ = try await owner.admit(.of(ann), to: channel) }
            }
        }
    }

    @Test func typingIsToldOnceInThreeSecondsAndKeptNowhere() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            let owner = ConversationChannels(chat: plaza.chat)
            let rows = try await plaza.number("SELECT COUNT(*) FROM event /* scan: a test's table */")
            var told: [Int] = []
            for _ in 0..<5 {
                _ = try await owner.take(["type": "typing"], for: .conversation(pair), from: .of(ann))
                _ = try await owner.take(["type": "typing"], for: .conversation(pair), from: .of(ben))
                let pushes = plaza.hub.take(.conversation(pair))
                #expect(pushes.allSatisfy { $0.delivery == .fleeting })
                told.append(pushes.count)
                plaza.clock.advance(seconds: 1)
            }
            #expect(told == [2, 0, 0, 2, 0])
            #expect(try await plaza.number("SELECT COUNT(*) FROM event /* scan: a test's table */") == rows)
        }
    }

    @Test func nobodyTypesWhereTheyMayNotWrite() async throws {
        try await withChat { plaza in
            let (ann, ben, eve) = (plaza.person("ann"), plaza.person("ben"), plaza.person("eve"))
            let (pair, group) = (try await plaza.pair(ann, ben), try await plaza.group(ann, [ben]))
            let owner = ConversationChannels(chat: plaza.chat)
            plaza.town.block(ann, ben)
            try await plaza.chat.change(ben, of: group, role: nil, isMuted: true, by: ann)
            for (place, account) in [(pair, ben), (group, ben), (pair, eve)] {
                _ = plaza.hub.take(.conversation(place))
                await #expect(throws: ChannelRefusal.self) {
                    _ = try await owner.take(["type": "typing"], for: .conversation(place), from: .of(account))
                }
                #expect(plaza.hub.take(.conversation(place)).isEmpty)
            }
        }
    }

    @Test(
        arguments: [
            ["type": "message", "text": "Hello"], ["type": "typing", "account": "acc_1"], [:], "typing", nil, [],
            ["type": 5],
        ] as [JSON])
    func aConversationTakesTypingAlone(_ data: JSON) async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            let error = await #expect(throws: ChannelRefusal.self) {
                _ = try await ConversationChannels(chat: plaza.chat)
                    .take(data, for: .conversation(pair), from: .of(ann))
            }
            #expect(error?.code == "invalid_data")
        }
    }

    @Test func membersSeeWhoOfThemIsOnline() async throws {
        try await withChat { plaza in
            let (ann, ben, cleo) = (plaza.person("ann"), plaza.person("ben"), plaza.person("cleo"))
            let group = try await plaza.group(ann, [ben, cleo])
            plaza.hub.goOffline(ben)
            let owner = ConversationChannels(chat: plaza.chat)
            let online = try await owner.online(in: .conversation(group), for: .of(cleo))
            #expect(Set(online) == [ann, cleo])
            await #expect(throws: ChannelRefusal.self) {
                _ = try await owner.online(in: .conversation(group), for: .of(plaza.person("eve")))
            }
        }
    }
}
