import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Chat

@Suite struct ErasureTests {
    private func erase(_ account: ID<Account>, in plaza: ChatFixture) async throws {
        plaza.town.leave(account)
        try await plaza.database.write { tx in try plaza.chat.erase(account, in: tx) }
    }

    @Test func nothingOfWhatSomebodySaidIsLeft() async throws {
        try await withChat(limits: { $0.batch = 2 }) { plaza in
            let (ann, ben, cleo) = (plaza.person("ann"), plaza.person("ben"), plaza.person("cleo"))
            let (pair, group) = (try await plaza.pair(ann, ben), try await plaza.group(ann, [ben, cleo]))
            for line in 0..<5 {
                for (place, writer) in [(pair, ann), (pair, ben), (group, ann), (group, cleo)] {
                    let draft = MessageDraft("secret \(writer)", clientID: "secret \(line)")
                    _ = try await plaza.chat.send(draft, to: place, by: writer)
                }
            }
            let room = try await plaza.chat.openLive("secret of Ann", shop: nil, by: ann).room.id
            _ = try await plaza.chat.chat("secret \(ann)", in: room, by: ann)
            _ = try await plaza.chat.chat("Hello", in: room, by: ben)
            try await erase(ann, in: plaza)
            // Names are gone at once, and the room is closed.
            let said = try await plaza.chat.history(of: pair, cursor: nil, limit: 100, for: ben)
            #expect(said.page.items.contains { $0.sender == ann } && said.people[ann] == nil)
            #expect(plaza.hub.types(.live(room)).last == "live.closed")
            _ = plaza.hub.take(.conversation(group))
            try await plaza.runJobs()
            #expect(try await plaza.contradictions() == [])
            let rows = try await plaza.number(
                """
                SELECT (SELECT COUNT(*) FROM message WHERE sender_id = \(ann))
                    + (SELECT COUNT(*) FROM message
                        WHERE sender_id IS NULL AND (text <> '' OR client_id IS NOT NULL OR is_deleted = 0))
                    + (SELECT COUNT(*) FROM live_message WHERE sender_id = \(ann))
                    + (SELECT COUNT(*) FROM conversation_member WHERE account_id = \(ann))
                    + (SELECT COUNT(*) FROM inbox WHERE account_id = \(ann))
                    + (SELECT COUNT(*) FROM live_room WHERE title <> '') /* scan: a test's table */
                """)
            #expect(rows == 0)
            let left = try await plaza.history(pair, for: ben)
            #expect(left.map(\.sequence) == Array((1...10).reversed()))
            #expect(left.count { $0.text == "secret \(ben)" } == 5)
            #expect(plaza.hub.types(.conversation(group)).count { $0 == "message.deleted" } == 5)
            // The group goes on under somebody else, and nobody writes to who has left.
            #expect(try await plaza.chat.conversation(group, for: ben).conversation.role == .owner)
            await #expect(throws: ChatError.notReachable) { try await plaza.say(in: pair, by: ben) }
            #expect(try await plaza.listed(ben).contains { $0.id == pair })
        }
    }

    @Test func anErasureThatIsCutOffGoesOn() async throws {
        try await withChat(limits: { $0.batch = 1 }) { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            for _ in 0..<2 {
                let group = try await plaza.group(ann, [ben])
                for _ in 0..<2 { try await plaza.say(in: group, by: ann) }
            }
            plaza.town.leave(ann)
            try await plaza.statements.killingEverywhere { try await plaza.chat.eraseVoice(of: ann) }
            #expect(try await plaza.contradictions() == [])
            let text = "SELECT COUNT(*) FROM message WHERE text <> '' OR sender_id IS NOT NULL" as SQL
            #expect(try await plaza.number("\(text) /* scan: a test's table */") == 0)
        }
    }

    @Test func whatTwoErasedPeopleSaidToEachOtherIsGoneAltogether() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            try await plaza.say(in: pair, by: ann)
            for account in [ann, ben] {
                try await erase(account, in: plaza)
                try await plaza.runJobs()
                #expect(try await plaza.contradictions() == [])
            }
            let rows = "SELECT (SELECT COUNT(*) FROM message) + (SELECT COUNT(*) FROM conversation)" as SQL
            #expect(try await plaza.number("\(rows) /* scan: a test's table */") == 0)
        }
    }

    @Test func anExportHasOnesOwnWordsAndNobodyElses() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            try await plaza.say("mine", in: pair, by: ann)
            try await plaza.say("his", in: pair, by: ben)
            try await plaza.say("gone", in: pair, by: ann)
            try await plaza.chat.delete(3, of: pair, by: ann)
            let room = try await plaza.chat.openLive("The kiln", shop: nil, by: ben).room.id
            _ = try await plaza.chat.chat("live mine", in: room, by: ann)
            let bytes = try await plaza.database.read { db in
                var json = JSONWriter()
                try json.object { (json) throws(any Error) in
                    try plaza.chat.exportData(of: ann, in: db, to: &json)
                }
                return json.finish()
            }
            let export = try JSONParser.parse(bytes)
            #expect(export["conversations"]?.array?.compactMap { $0["id"]?.string } == ["\(pair)"])
            #expect(export["messages"]?.array?.map { $0["text"]?.string } == ["mine"])
            #expect(export["live_messages"]?.array?.map { $0["text"]?.string } == ["live mine"])
            #expect(export["live_rooms"] == [])
        }
    }
}
