import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Chat

@Suite struct MessageTests {
    @Test func messagesAreNumberedWithoutGapsWhoeverWritesAtOnce() async throws {
        try await withChat { plaza in
            let people = plaza.people(5)
            let group = try await plaza.group(people[0], Array(people[1...]))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (index, person) in people.enumerated() {
                    for line in 0..<20 {
                        tasks.addTask {
                            let draft = MessageDraft("\(index) \(line)", clientID: "\(line)")
                            // Some are sent twice, at once.
                            async let first = plaza.chat.send(draft, to: group, by: person)
                            async let second = plaza.chat.send(draft, to: group, by: person)
                            let (one, other) = try await (first, second)
                            #expect(one.view.message.sequence == other.view.message.sequence)
                            #expect(one.isNew != other.isNew)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            let said = try await plaza.chat.history(of: group, after: 0, cursor: nil, limit: 100, for: people[0])
            #expect(said.page.items.map(\.sequence) == Array(1...100))
            let pushed = plaza.hub.take(.conversation(group)).compactMap { $0.data["message"]?["sequence"]?.integer }
            #expect(pushed == Array(1...100))
            #expect(try await plaza.logged().count { $0.type == "message.sent" } == 100)
            #expect(try await plaza.contradictions() == [])
        }
    }

    @Test func aClientsNameIsItsOwnInThatConversation() async throws {
        try await withChat { plaza in
            let (ann, ben, eve) = (plaza.person("ann"), plaza.person("ben"), plaza.person("eve"))
            let (pair, other) = (try await plaza.pair(ann, ben), try await plaza.pair(ann, eve))
            let draft = MessageDraft("Hello", clientID: "one")
            let sent = try await plaza.chat.send(draft, to: pair, by: ann)
            let elsewhere = try await plaza.chat.send(draft, to: other, by: ann)
            let others = try await plaza.chat.send(draft, to: pair, by: ben)
            #expect(sent.isNew && elsewhere.isNew && others.isNew)
            let again = try await plaza.chat.send(MessageDraft("Changed", clientID: "one"), to: pair, by: ann)
            #expect(!again.isNew && again.view.message.text == "Hello" && again.view.message.sequence == 1)
            #expect(again.view.json == sent.view.json)
        }
    }

    /// Wherever the server dies, the retry says it once.
    @Test func aMessageThatIsSentUntilItIsAnsweredIsThereOnce() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            try await plaza.say(in: pair, by: ben)
            _ = plaza.hub.take(.conversation(pair))
            try await plaza.statements.killingEverywhere {
                _ = try await plaza.chat.send(MessageDraft("Hello", clientID: "one"), to: pair, by: ann)
            }
            #expect(try await plaza.history(pair, for: ben).map(\.sequence) == [2, 1])
            #expect(plaza.hub.types(.conversation(pair)) == ["message.sent"])
            #expect(try await plaza.unread(ann) == 0)
            #expect(try await plaza.unread(ben) == 1)
            #expect(try await plaza.contradictions() == [])
        }
    }

    @Test func aMessageTellsOnceItIsStored() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            let before = try await plaza.chat.conversation(pair, for: ben).position
            let message = try await plaza.say("Hello", in: pair, by: ann)
            let push = try #require(plaza.hub.take(.conversation(pair)).first)
            #expect(push.delivery == .ordered && before.offset == 0)
            #expect(push.data["message"]?["id"]?.string == "\(message.id)")
            #expect(push.data["message"]?["sender"]?["handle"]?.string == "ann")
            let event = try #require(try await plaza.logged().last)
            #expect(event.type == "message.sent" && event.subject == "\(pair)")
            #expect(event.data["sender"]?.string == "\(ann)" && event.data["recipient"]?.string == "\(ben)")
            #expect(event.data["message"]?.string == "\(message.id)")
        }
    }

    @Test func onlyTheWriterRewritesAndOnlyWhereTheyMayWrite() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let group = try await plaza.group(ann, [ben])
            try await plaza.say("Bowls", in: group, by: ben)
            await #expect(throws: ChatError.notYours) {
                _ = try await plaza.chat.edit(1, of: group, text: "Cups", by: ann)
            }
            let edited = try await plaza.chat.edit(1, of: group, text: "Cups", by: ben).message
            #expect(edited.text == "Cups" && edited.editedAt == plaza.clock.now)
            await #expect(throws: ChatError.emptyMessage) {
                _ = try await plaza.chat.edit(1, of: group, text: " \n", by: ben)
            }
            try await plaza.chat.change(ben, of: group, role: nil, isMuted: true, by: ann)
            await #expect(throws: ChatError.muted) {
                _ = try await plaza.chat.edit(1, of: group, text: "Jugs", by: ben)
            }
            await #expect(throws: ChatError.muted) { try await plaza.say(in: group, by: ben) }
            #expect(try await plaza.history(group, for: ann).first?.text == "Cups")
            await #expect(throws: ChatError.messageNotFound) {
                _ = try await plaza.chat.edit(2, of: group, text: "Jugs", by: ann)
            }
        }
    }

    @Test func aDeletedMessageKeepsItsPlaceWithoutItsWords() async throws {
        try await withChat { plaza in
            let (ann, ben, cleo) = (plaza.person("ann"), plaza.person("ben"), plaza.person("cleo"))
            let group = try await plaza.group(ann, [ben, cleo])
            for line in 1...3 { try await plaza.say("Line \(line)", in: group, by: ben) }
            await #expect(throws: ChatError.notYours) { try await plaza.chat.delete(2, of: group, by: cleo) }
            try await plaza.chat.delete(2, of: group, by: ann)
            try await plaza.chat.delete(3, of: group, by: ben)
            let said = try await plaza.history(group, for: cleo)
            #expect(said.map(\.sequence) == [3, 2, 1])
            #expect(said.map(\.text) == ["", "", "Line 1"])
            #expect(said.map(\.isDeleted) == [true, true, false])
            await #expect(throws: ChatError.messageNotFound) { try await plaza.chat.delete(3, of: group, by: ben) }
            await #expect(throws: ChatError.messageNotFound) {
                _ = try await plaza.chat.edit(3, of: group, text: "Back", by: ben)
            }
            #expect(try await plaza.listed(cleo).first?.lastMessage?.isDeleted == true)
            #expect(try await plaza.listed(cleo).first?.unreadCount == 1)
        }
    }

    @Test func nobodyDeletesForTheOtherOfTwo() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            try await plaza.say(in: pair, by: ann)
            await #expect(throws: ChatError.notYours) { try await plaza.chat.delete(1, of: pair, by: ben) }
            plaza.town.block(ann, ben)
            try await plaza.chat.delete(1, of: pair, by: ann)
        }
    }

    @Test func whatIsAnsweredIsThere() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            try await plaza.say(in: pair, by: ann)
            for sequence in [2, 3, Int64.max] {
                await #expect(throws: ChatError.replyNotFound) {
                    _ = try await plaza.chat.send(MessageDraft("Yes", replyTo: sequence), to: pair, by: ben)
                }
            }
            let reply = try await plaza.chat.send(MessageDraft("Yes", replyTo: 1), to: pair, by: ben)
            #expect(reply.view.message.sequence == 2 && reply.view.message.replyTo == 1)
        }
    }

    @Test func nothingIsNoMessage() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            for text in ["", " ", "\n\t", "\u{200B}"] {
                await #expect(throws: ChatError.emptyMessage) { try await plaza.say(text, in: pair, by: ann) }
            }
            let bowl = MessageDraft("", attachments: [.product(ID(rawValue: 5)), .picture(url: "https://a.example/b")])
            _ = try await plaza.chat.send(bowl, to: pair, by: ann)
            let said = try await plaza.history(pair, for: ben)
            let attachments = said.first?.attachments.array
            #expect(attachments?.map { $0["kind"]?.string } == ["product", "picture"])
        }
    }

    @Test(
        arguments: [
            ["kind": "product"], ["kind": "product", "post": "pst_0000000000001"], ["kind": "post", "post": "acc_1"],
            ["kind": "picture", "url": "https://a.example/b", "post": "pst_0000000000001"],
            ["kind": "file", "url": "a"],
            "product", ["product": "prd_0000000000001"], [],
        ] as [JSON])
    func anAttachmentNamesWhatItsKindSays(_ json: JSON) {
        #expect(Attachment(json) == nil)
    }

    @Test func historyIsReadFromBothEnds() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            for line in 1...7 { try await plaza.say("\(line)", in: pair, by: ann) }
            for (after, expected) in [(nil, Array((1...7).reversed())), (2, Array(3...7))] as [(Int64?, [Int64])] {
                var (seen, cursor): ([Int64], String?) = ([], nil)
                repeat {
                    let page = try await plaza.chat.history(of: pair, after: after, cursor: cursor, limit: 2, for: ben)
                    seen += page.page.items.map(\.sequence)
                    cursor = page.page.next
                } while cursor != nil
                #expect(seen == expected)
            }
            let down = try await plaza.chat.history(of: pair, cursor: nil, limit: 2, for: ben).page.next
            await #expect(throws: CursorError.self) {
                _ = try await plaza.chat.history(of: pair, after: 0, cursor: down, limit: 2, for: ben)
            }
        }
    }
}
