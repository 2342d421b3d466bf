import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Chat

@Suite struct PairTests {
    @Test func twoPeopleHaveOneConversationWhoeverOpensIt() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let first = try await plaza.chat.openPair(of: ann, with: ben)
            let again = try await plaza.chat.openPair(of: ann, with: ben)
            let back = try await plaza.chat.openPair(of: ben, with: ann)
            #expect(first.isNew && !again.isNew && !back.isNew)
            #expect(Set([first, again, back].map(\.view.conversation.id)).count == 1)
            #expect(back.view.conversation.other == ann)
            #expect(try await plaza.number("SELECT COUNT(*) FROM conversation /* scan: a test's table */") == 1)
            #expect(try await plaza.logged().map(\.type) == ["conversation.created"])
        }
    }

    @Test func whoOpensAtOnceOpensTheSame() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let ids = try await withThrowingTaskGroup(of: ID<Conversation>.self) { group in
                for index in 0..<20 {
                    group.addTask { try await index % 2 == 0 ? plaza.pair(ann, ben) : plaza.pair(ben, ann) }
                }
                return try await group.reduce(into: Set<ID<Conversation>>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(try await plaza.contradictions() == [])
        }
    }

    @Test func nobodyTalksWithThemselvesOrWithNobody() async throws {
        try await withChat { plaza in
            let ann = plaza.person("ann")
            await #expect(throws: ChatError.yourself) { _ = try await plaza.pair(ann, ann) }
            await #expect(throws: ChatError.accountNotFound) { _ = try await plaza.pair(ann, ID(rawValue: 5)) }
        }
    }

    @Test func aBlockKeepsBothFromOpeningAndFromWriting() async throws {
        try await withChat { plaza in
            let (ann, ben, eve) = (plaza.person("ann"), plaza.person("ben"), plaza.person("eve"))
            let pair = try await plaza.pair(ann, ben)
            try await plaza.say(in: pair, by: ann)
            plaza.town.block(ann, ben)
            plaza.town.block(ann, eve)
            for account in [ann, ben] {
                await #expect(throws: ChatError.notReachable) { try await plaza.say(in: pair, by: account) }
                #expect(try await plaza.history(pair, for: account).count == 1)
            }
            await #expect(throws: ChatError.notReachable) {
                _ = try await plaza.chat.edit(1, of: pair, text: "Worse", by: ann)
            }
            await #expect(throws: ChatError.accountNotFound) { _ = try await plaza.pair(eve, ann) }
            #expect(try await plaza.logged().count == 2)
            #expect(try await plaza.contradictions() == [])
        }
    }

    @Test func othersKnowNothingOfIt() async throws {
        try await withChat { plaza in
            let (ann, ben, eve) = (plaza.person("ann"), plaza.person("ben"), plaza.person("eve"))
            let pair = try await plaza.pair(ann, ben)
            try await plaza.say(in: pair, by: ann)
            let chat = plaza.chat
            let attempts: [@Sendable () async throws -> Void] = [
                { _ = try await chat.conversation(pair, for: eve) },
                { _ = try await chat.history(of: pair, cursor: nil, limit: 10, for: eve) },
                { _ = try await chat.history(of: pair, after: 0, cursor: nil, limit: 10, for: eve) },
                { _ = try await chat.send(MessageDraft("I"), to: pair, by: eve) },
                { _ = try await chat.edit(1, of: pair, text: "I", by: eve) },
                { try await chat.delete(1, of: pair, by: eve) },
                { _ = try await chat.read(upTo: 1, in: pair, by: eve) },
                { _ = try await chat.members(of: pair, for: eve, cursor: nil, limit: 10) },
                { _ = try await chat.add([eve], to: pair, by: eve) },
                { try await chat.remove(ben, from: pair, by: eve) },
                { try await chat.change(ben, of: pair, role: nil, isMuted: true, by: eve) },
                { _ = try await chat.retitle(pair, "Mine", by: eve) },
            ]
            _ = plaza.hub.take(.conversation(pair))
            for attempt in attempts { await #expect(throws: ChatError.conversationNotFound) { try await attempt() } }
            #expect(plaza.hub.take(.conversation(pair)).isEmpty)
            #expect(try await plaza.listed(eve).isEmpty)
        }
    }

    @Test func aConversationOfTwoStaysOne() async throws {
        try await withChat { plaza in
            let (ann, ben, eve) = (plaza.person("ann"), plaza.person("ben"), plaza.person("eve"))
            let pair = try await plaza.pair(ann, ben)
            let chat = plaza.chat
            let attempts: [@Sendable () async throws -> Void] = [
                { _ = try await chat.add([eve], to: pair, by: ann) },
                { try await chat.remove(ben, from: pair, by: ann) },
                { try await chat.remove(ann, from: pair, by: ann) },
                { try await chat.change(ben, of: pair, role: .admin, isMuted: nil, by: ann) },
                { _ = try await chat.retitle(pair, "Mine", by: ann) },
            ]
            for attempt in attempts { await #expect(throws: ChatError.notAGroup) { try await attempt() } }
        }
    }

    @Test func whatIsOpenedAndSilentIsInTheListOfItsOpenerAlone() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            #expect(try await plaza.listed(ann).map(\.id) == [pair])
            #expect(try await plaza.listed(ben).isEmpty)
            #expect(try await plaza.contradictions() == [])
            _ = try await plaza.pair(ben, ann)
            #expect(try await plaza.listed(ben).map(\.id) == [pair])
            #expect(try await plaza.contradictions() == [])
        }
    }
}
