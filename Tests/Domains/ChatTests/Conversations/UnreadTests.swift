import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Chat

@Suite struct UnreadTests {
    @Test func unreadIsWhatOthersSaidAfterTheMarker() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            for _ in 0..<3 { try await plaza.say(in: pair, by: ann) }
            #expect(try await plaza.listed(ben).first?.unreadCount == 3)
            #expect(try await plaza.listed(ann).first?.unreadCount == 0)
            #expect(try await plaza.chat.read(upTo: 2, in: pair, by: ben) == 2)
            #expect(try await plaza.listed(ben).first?.unreadCount == 1)
            #expect(try await plaza.unread(ben) == 1)
            // Whoever answers has read.
            try await plaza.say(in: pair, by: ben)
            #expect(try await plaza.listed(ben).first?.unreadCount == 0)
            #expect(try await plaza.unread(ben) == 0)
            #expect(try await plaza.unread(ann) == 1)
        }
    }

    @Test func markersNeverGoBackNorBeyondWhatWasSaid() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let pair = try await plaza.pair(ann, ben)
            for _ in 0..<3 { try await plaza.say(in: pair, by: ann) }
            _ = plaza.hub.take(.conversation(pair))
            var markers: [Int64] = []
            for sequence in [2, 1, 0, 2, Int64.max, 1] {
                markers.append(try await plaza.chat.read(upTo: sequence, in: pair, by: ben))
            }
            #expect(markers == [2, 2, 2, 2, 3, 3])
            let pushed = plaza.hub.take(.conversation(pair)).map { $0.data["sequence"]?.integer }
            #expect(pushed == [2, 3])
            try await plaza.say(in: pair, by: ann)
            #expect(try await plaza.listed(ben).first?.unreadCount == 1)
        }
    }

    @Test func theInboxIsToldToThoseForWhomItChanges() async throws {
        try await withChat { plaza in
            let (ann, ben, cleo, dan) = (
                plaza.person("ann"), plaza.person("ben"), plaza.person("cleo"), plaza.person("dan")
            )
            plaza.hub.goOffline(dan)
            let group = try await plaza.group(ann, [ben, cleo, dan])
            let pair = try await plaza.pair(ann, ben)
            for account in [ann, ben, cleo, dan] { _ = plaza.hub.take(.account(account)) }
            try await plaza.say(in: group, by: ann)
            try await plaza.say(in: group, by: ann)
            try await plaza.say(in: pair, by: ann)
            _ = try await plaza.chat.read(upTo: 2, in: group, by: ben)
            func counts(_ account: ID<Account>) -> [Int64?] {
                plaza.hub.take(.account(account)).map { push in
                    #expect(push.delivery == .newest && push.data["type"]?.string == "conversations.unread")
                    return push.data["count"]?.integer
                }
            }
            #expect(counts(ben) == [1, 2, 1])
            #expect(counts(cleo) == [1])
            #expect(counts(ann) == [])
            #expect(counts(dan) == [])
            #expect(try await plaza.unread(dan) == 1)
        }
    }

    @Test func whoIsTakenOutOfAGroupHasNothingWaitingThere() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let group = try await plaza.group(ann, [ben])
            try await plaza.say(in: group, by: ann)
            #expect(try await plaza.unread(ben) == 1)
            try await plaza.chat.remove(ben, from: group, by: ann)
            #expect(try await plaza.contradictions() == [])
            #expect(try await plaza.number("SELECT unread_count FROM inbox WHERE account_id = \(ben)") == 0)
            // What was said while they were away is not unread when they come back.
            _ = try await plaza.chat.add([ben], to: group, by: ann)
            #expect(try await plaza.listed(ben).first?.unreadCount == 0)
            #expect(try await plaza.history(group, for: ben).count == 1)
        }
    }

    /// People do anything at random, in groups that are small and large; what the tables say of it agrees all the time.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func whateverHappensTheCountsAgree(seed: UInt64) async throws {
        try await withChat(limits: { $0.listedMembersMax = 3 }) { plaza in
            var random = SplitMix64(seed: seed)
            let people = plaza.people(6)
            var conversations = [
                try await plaza.pair(people[0], people[1]), try await plaza.pair(people[1], people[2]),
            ]
            conversations.append(try await plaza.group(people[0], [people[1], people[2]]))
            conversations.append(try await plaza.group(people[3], Array(people[1...2] + people[4...5])))
            let chat = plaza.chat
            for step in 0..<250 {
                let (actor, other) = (people.randomElement(using: &random), people.randomElement(using: &random))
                guard let actor, let other, let place = conversations.randomElement(using: &random) else { return }
                do {
                    switch Int.random(in: 0..<12, using: &random) {
                    case 0..<5: try await plaza.say("\(step)", in: place, by: actor)
                    case 5..<7:
                        _ = try await chat.read(
                            upTo: Int64.random(in: 0...Int64(step), using: &random), in: place, by: actor)
                    case 7: _ = try await chat.add([other], to: place, by: actor)
                    case 8: try await chat.remove(other, from: place, by: actor)
                    case 9: try await chat.change(other, of: place, role: .owner, isMuted: nil, by: actor)
                    case 10: try await chat.change(other, of: place, role: nil, isMuted: true, by: actor)
                    default: try await chat.delete(1, of: place, by: actor)
                    }
                } catch is ChatError {}
                if step % 50 == 49 { #expect(try await plaza.contradictions() == [], "seed \(seed), step \(step)") }
            }
            try await plaza.runJobs()
            #expect(try await plaza.contradictions() == [], "seed \(seed)")
            for person in people {
                let listed = try await plaza.listed(person)
                #expect(listed.map(\.activity) == listed.map(\.activity).sorted(by: >), "seed \(seed)")
                #expect(Int64(listed.count { $0.unreadCount > 0 }) == (try await plaza.unread(person)), "seed \(seed)")
            }
        }
    }
}
