import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Chat

@Suite struct GroupTests {
    @Test func aGroupIsItsOwnersAndTheMembersHearOfIt() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            // Who makes it is in it already, and nobody is twice.
            let view = try await plaza.chat.makeGroup("Kiln people", members: [ben, ann, ben], by: ann)
            #expect(view.conversation.role == .owner && view.conversation.memberCount == 2)
            #expect(plaza.hub.types(.account(ben)) == ["conversation.joined"])
            #expect(try await plaza.listed(ben).first?.role == .member)
            #expect(try await plaza.contradictions() == [])
        }
    }

    @Test func nobodyIsAddedWhoIsNotThereOrBarred() async throws {
        try await withChat { plaza in
            let (ann, ben, eve) = (plaza.person("ann"), plaza.person("ben"), plaza.person("eve"))
            plaza.town.block(ann, eve)
            for missing in [eve, ID(rawValue: 5)] {
                await #expect(throws: ChatError.accountNotFoundInList(at: 1)) {
                    _ = try await plaza.group(ann, [ben, missing])
                }
            }
            #expect(try await plaza.number("SELECT COUNT(*) FROM conversation /* scan: a test's table */") == 0)
            let group = try await plaza.group(ann, [ben])
            await #expect(throws: ChatError.accountNotFoundInList(at: 0)) {
                _ = try await plaza.chat.add([eve], to: group, by: ann)
            }
            #expect(try await plaza.contradictions() == [])
        }
    }

    /// Who may do what to whom.
    @Test func eachRoleHasAsMuchSayAsItIsGiven() async throws {
        try await withChat { plaza in
            let (ann, ben, cleo, dan) = (
                plaza.person("ann"), plaza.person("ben"), plaza.person("cleo"), plaza.person("dan")
            )
            let group = try await plaza.group(ann, [ben, cleo])
            let chat = plaza.chat
            try await chat.change(ben, of: group, role: .admin, isMuted: nil, by: ann)
            let refused: [(MemberRole, @Sendable () async throws -> Void)] = [
                (.admin, { _ = try await chat.add([dan], to: group, by: cleo) }),
                (.admin, { try await chat.remove(ben, from: group, by: cleo) }),
                (.admin, { _ = try await chat.retitle(group, "Cleo's", by: cleo) }),
                (.owner, { try await chat.remove(ann, from: group, by: ben) }),
                (.owner, { try await chat.change(ann, of: group, role: nil, isMuted: true, by: ben) }),
                (.owner, { try await chat.change(cleo, of: group, role: .admin, isMuted: nil, by: ben) }),
                (.owner, { try await chat.change(cleo, of: group, role: .owner, isMuted: nil, by: ben) }),
            ]
            for (role, attempt) in refused {
                await #expect(throws: ChatError.notPermitted(role)) { try await attempt() }
            }
            await #expect(throws: ChatError.yourself) {
                try await chat.change(ben, of: group, role: .owner, isMuted: nil, by: ben)
            }
            await #expect(throws: ChatError.memberNotFound) { try await chat.remove(dan, from: group, by: ann) }
            _ = try await chat.add([dan], to: group, by: ben)
            try await chat.change(cleo, of: group, role: nil, isMuted: true, by: ben)
            try await chat.remove(dan, from: group, by: ben)
            try await chat.change(ben, of: group, role: .owner, isMuted: nil, by: ann)
            #expect(try await chat.conversation(group, for: ann).conversation.role == .admin)
            #expect(try await chat.conversation(group, for: ben).conversation.role == .owner)
            #expect(try await plaza.contradictions() == [])
        }
    }

    @Test func whoIsRemovedStopsHearingAndReading() async throws {
        try await withChat { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let group = try await plaza.group(ann, [ben])
            _ = plaza.hub.take(.account(ben))
            try await plaza.chat.remove(ben, from: group, by: ann)
            #expect(plaza.hub.expelled == ["\(ben) conversation:\(group)"])
            #expect(plaza.hub.types(.account(ben)) == ["conversation.left"])
            await #expect(throws: ChatError.conversationNotFound) { _ = try await plaza.history(group, for: ben) }
            await #expect(throws: ChannelRefusal.self) {
                _ = try await ConversationChannels(chat: plaza.chat).admit(.of(ben), to: .conversation(group))
            }
            await #expect(throws: ChatError.conversationNotFound) { try await plaza.say(in: group, by: ben) }
        }
    }

    @Test func anOwnerIsFollowedByTheHighestAndThenTheOldest() async throws {
        try await withChat { plaza in
            let (ann, ben, cleo, dan) = (
                plaza.person("ann"), plaza.person("ben"), plaza.person("cleo"), plaza.person("dan")
            )
            let group = try await plaza.group(ann, [dan])
            plaza.clock.advance(seconds: 1)
            _ = try await plaza.chat.add([ben, cleo], to: group, by: ann)
            try await plaza.chat.change(cleo, of: group, role: .admin, isMuted: nil, by: ann)
            try await plaza.chat.change(dan, of: group, role: nil, isMuted: true, by: ann)
            var owners: [ID<Account>] = []
            for leaver in [ann, cleo, dan] {
                try await plaza.chat.remove(leaver, from: group, by: leaver)
                #expect(try await plaza.contradictions() == [])
                let owner = try await plaza.database.read { db in
                    try db.first(
                        "SELECT account_id FROM conversation_member WHERE conversation_id = \(group) AND role = 2"
                    ) { $0.id(0, Account.self) }
                }
                owners.append(try #require(owner))
            }
            #expect(owners == [cleo, dan, ben])
        }
    }

    @Test func aGroupThatEverybodyHasLeftIsGone() async throws {
        try await withChat(limits: { $0.batch = 2 }) { plaza in
            let (ann, ben) = (plaza.person("ann"), plaza.person("ben"))
            let (group, other) = (try await plaza.group(ann, [ben]), try await plaza.group(ann, [ben]))
            for place in [group, other] { for _ in 0..<5 { try await plaza.say(in: place, by: ann) } }
            for leaver in [ann, ben] { try await plaza.chat.remove(leaver, from: group, by: leaver) }
            #expect(try await plaza.contradictions() == [])
            try await plaza.runJobs()
            #expect(try await plaza.number("SELECT COUNT(*) FROM message /* scan: a test's table */") == 5)
            #expect(try await plaza.listed(ben).map(\.id) == [other])
            #expect(try await plaza.contradictions() == [])
        }
    }

    @Test func aGroupHasSoManyMembersAndNoMore() async throws {
        try await withChat { plaza in
            let people = plaza.people(258)
            let group = try await plaza.group(people[0], Array(people[1...250]))
            await #expect(throws: ChatError.tooManyMembers(max: 256)) {
                _ = try await plaza.chat.add(Array(people[251...256]), to: group, by: people[0])
            }
            _ = try await plaza.chat.add(Array(people[251...255]), to: group, by: people[0])
            await #expect(throws: ChatError.tooManyMembers(max: 256)) {
                _ = try await plaza.chat.add([people[257]], to: group, by: people[0])
            }
            // Who is in it already is no one more.
            #expect(try await plaza.chat.add([people[3]], to: group, by: people[0]) == [])
            try await plaza.say(in: group, by: people[7])
            #expect(try await plaza.unread(people[255]) == 1)
            #expect(try await plaza.contradictions() == [])
        }
    }

    @Test func nobodyIsInTooManyLargeGroups() async throws {
        try await withChat(limits: {
            $0.listedMembersMax = 2
            $0.largeGroupsMax = 2
        }) { plaza in
            let people = plaza.people(5)
            for _ in 0..<2 { _ = try await plaza.group(people[0], Array(people[1...2])) }
            await #expect(throws: ChatError.tooManyGroups(at: 1)) {
                _ = try await plaza.group(people[3], [people[4], people[1]])
            }
            _ = try await plaza.group(people[3], [people[1]])
            #expect(try await plaza.contradictions() == [])
        }
    }
}

extension Principal {
    static func of(_ account: ID<Account>, role: Role = .person) -> Principal {
        Principal(account: account, session: ID(rawValue: 1), role: role)
    }
}
