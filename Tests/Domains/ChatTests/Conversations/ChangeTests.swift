import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Chat

/// What has become of messages that a client holds, and of those that nobody had read.
@Suite struct ChangeTests {
    @Test func whoWasAwayAsksForEditsAndDeletions() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            for number in 1...4 { try await plaza.say("\(number)", in: pair, by: ann) }
            let held = try await plaza.chat.history(of: pair, cursor: nil, limit: 100, for: ben)
            #expect(held.revision == 0)
            _ = try await plaza.chat.edit(3, of: pair, text: "three", by: ann)
            _ = try await plaza.chat.edit(1, of: pair, text: "one", by: ann)
            try await plaza.chat.delete(2, of: pair, by: ann)
            _ = try await plaza.chat.edit(3, of: pair, text: "3", by: ann)
            let changes = try await plaza.chat.changes(
                in: pair, after: held.revision, cursor: nil, limit: 100, for: ben)
            #expect(changes.page.items.map(\.sequence) == [1, 2, 3])
            #expect(changes.page.items.map(\.text) == ["one", "", "3"])
            #expect(changes.page.items.map(\.isDeleted) == [false, true, false])
            #expect(changes.revision == 4)
            var (cursor, paged): (String?, [Int64]) = (nil, [])
            repeat {
                let page = try await plaza.chat.changes(in: pair, after: 0, cursor: cursor, limit: 1, for: ben).page
                paged += page.items.map(\.sequence)
                cursor = page.next
            } while cursor != nil
            #expect(paged == [1, 2, 3])
            let later = try await plaza.chat.changes(in: pair, after: 4, cursor: nil, limit: 100, for: ben)
            #expect(later.page.items.isEmpty && later.revision == 4)
            #expect(try await plaza.listed(ben).first?.revision == 4)
            let stranger = plaza.person("eve")
            await #expect(throws: ChatError.conversationNotFound) {
                _ = try await plaza.chat.changes(in: pair, after: 0, cursor: nil, limit: 9, for: stranger)
            }
            let pushed = plaza.hub.take(.conversation(pair)).compactMap { $0.data["revision"]?.integer }
            #expect(pushed == [1, 2, 3, 4])
        }
    }

    @Test func whatIsDeletedUnreadWaitsForNobody() async throws {
        try await withChat { plaza in
            let (ann, ben, cleo) = (plaza.person("ann"), plaza.person("ben"), plaza.person("cleo"))
            let group = try await plaza.group(ann, [ben, cleo])
            for _ in 0..<3 { try await plaza.say(in: group, by: ann) }
            _ = try await plaza.chat.read(upTo: 1, in: group, by: cleo)
            _ = plaza.hub.take(.account(ben))
            _ = plaza.hub.take(.account(cleo))
            try await plaza.chat.delete(1, of: group, by: ann)
            #expect(try await plaza.listed(ben).first?.unreadCount == 2)
            #expect(try await plaza.listed(cleo).first?.unreadCount == 2)
            try await plaza.chat.delete(2, of: group, by: ann)
            #expect(try await plaza.listed(ben).first?.unreadCount == 1)
            #expect(try await plaza.unread(ben) == 1)
            try await plaza.chat.delete(3, of: group, by: ann)
            for reader in [ben, cleo] {
                #expect(try await plaza.listed(reader).first?.unreadCount == 0)
                #expect(try await plaza.unread(reader) == 0)
                // Every device of theirs hears it at once.
                #expect(plaza.hub.take(.account(reader)).map { $0.data["count"]?.integer } == [0])
            }
            #expect(try await plaza.contradictions() == [])
            try await plaza.say(in: group, by: ann)
            #expect(try await plaza.unread(ben) == 1)
            #expect(try await plaza.listed(ben).first?.unreadCount == 1)
            #expect(try await plaza.chat.read(upTo: 2, in: group, by: ben) == 2)
            #expect(try await plaza.listed(ben).first?.unreadCount == 1)
            #expect(try await plaza.chat.read(upTo: 3, in: group, by: ben) == 3)
            #expect(try await plaza.unread(ben) == 1)
            try await plaza.say(in: group, by: cleo)
            #expect(try await plaza.unread(cleo) == 0)
            #expect(try await plaza.chat.read(upTo: 5, in: group, by: ben) == 5)
            #expect(try await plaza.unread(ben) == 0)
            #expect(try await plaza.contradictions() == [])
        }
    }

    /// Anybody says, deletes, reads, joins and leaves in any order: what is counted is what is there.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func unreadIsExactWhateverIsDeleted(seed: UInt64) async throws {
        try await withChat(limits: { $0.listedMembersMax = 3 }) { plaza in
            var random = SplitMix64(seed: seed)
            let people = plaza.people(5)
            let group = try await plaza.group(people[0], Array(people[1...3]))
            for step in 0..<120 {
                let (actor, other) = (
                    people[Int.random(in: 0..<5, using: &random)], people.randomElement(using: &random)
                )
                let sequence = Int64.random(in: 1...30, using: &random)
                do {
                    switch Int.random(in: 0..<9, using: &random) {
                    case 0...2: try await plaza.say(in: group, by: actor)
                    case 3...5: try await plaza.chat.delete(sequence, of: group, by: people[0])
                    case 6: _ = try await plaza.chat.read(upTo: sequence, in: group, by: actor)
                    case 7: _ = try await plaza.chat.add([actor], to: group, by: people[0])
                    default: try await plaza.chat.remove(other ?? actor, from: group, by: people[0])
                    }
                } catch is ChatError {
                    // Not everybody is in it, and not everything is there.
                }
                let found = try await plaza.contradictions()
                try #require(found == [], "seed \(seed), step \(step)")
            }
        }
    }

    @Test func theWordsOfWhoLeftWaitForNobody() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            for _ in 0..<3 { try await plaza.say(in: pair, by: ann) }
            try await plaza.chat.delete(2, of: pair, by: ann)
            try await plaza.database.write { tx in try plaza.chat.erase(ann, in: tx) }
            try await plaza.runJobs()
            #expect(try await plaza.unread(ben) == 0)
            let changes = try await plaza.chat.changes(in: pair, after: 1, cursor: nil, limit: 9, for: ben)
            #expect(changes.page.items.map(\.sequence) == [1, 3])
            #expect(try await plaza.contradictions() == [])
        }
    }
}
