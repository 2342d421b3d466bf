import Core
import PlazaTesting
import Storage
import Testing

@testable import Chat

@Suite struct InboxTests {
    /// Small conversations and large groups in one list, page by page, while some move.
    @Test func theListIsByNewestActivityWhateverTheSize() async throws {
        try await withChat(limits: { $0.listedMembersMax = 3 }) { plaza in
            let people = plaza.people(6)
            let ann = people[0]
            var places: [ID<Conversation>] = []
            for index in 0..<12 {
                let others = Array(people[1...(index % 3 == 0 ? 4 : 2)])
                places.append(try await plaza.group(ann, others))
            }
            var order: [ID<Conversation>] = places.reversed()
            for index in [3, 7, 1, 0, 11, 3] {
                try await plaza.say(in: places[index], by: people[1])
                order.removeAll { $0 == places[index] }
                order.insert(places[index], at: 0)
            }
            var (seen, cursor): ([ID<Conversation>], String?) = ([], nil)
            repeat {
                let inbox = try await plaza.chat.conversations(of: ann, cursor: cursor, limit: 5)
                seen += inbox.page.items.map(\.id)
                cursor = inbox.page.next
                #expect(inbox.unreadCount == 5)
            } while cursor != nil
            #expect(seen == order)
        }
    }

    @Test func theListIsOneStatementAndItsPeople() async throws {
        try await withChat(limits: { $0.listedMembersMax = 2 }) { plaza in
            let people = plaza.people(30)
            for other in people[1...] { try await plaza.say(in: try await plaza.pair(people[0], other), by: other) }
            _ = try await plaza.group(people[0], Array(people[1...5]))
            _ = plaza.statements.take()
            let inbox = try await plaza.chat.conversations(of: people[0], cursor: nil, limit: 20)
            #expect(inbox.page.items.count == 20 && inbox.unreadCount == 29)
            let statements = plaza.statements.take()
            #expect(statements.count == 2)
            let plan = try await plaza.statements.plan(of: statements[0])
            let steps = "\(plan)"
            #expect(
                plan.contains {
                    $0.hasPrefix("SEARCH conversation_member USING INDEX conversation_member_account (account_id=?")
                }, "\(steps)")
            // The page itself, of rows that are cut to the page on the way.
            #expect(plan.filter { $0.contains("TEMP B-TREE") }.count <= 1, "\(steps)")
        }
    }

    @Test func historyIsReadInItsOrderWithoutSorting() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            try await plaza.say(in: pair, by: ann)
            for after in [nil, 0] as [Int64?] {
                _ = plaza.statements.take()
                _ = try await plaza.chat.history(of: pair, after: after, cursor: nil, limit: 20, for: ben)
                let statements = plaza.statements.take()
                #expect(statements.count == 2)
                let plan = try await plaza.statements.plan(of: statements[0])
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
            }
        }
    }

    @Test func anEmptyConversationIsNotAMissingOne() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            #expect(try await plaza.history(pair, for: ben).isEmpty)
            await #expect(throws: ChatError.conversationNotFound) {
                _ = try await plaza.history(pair, for: plaza.person("eve"))
            }
        }
    }
}
