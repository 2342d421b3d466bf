import Chat
import Core
import Market
import Social

extension DemoShop {
    /// Friends, and somebody who would like to be one.
    func befriend(_ person: ID<Account>, _ others: [ID<Account>]) async throws {
        for (index, other) in others.prefix(4).enumerated() {
            _ = try await social.requestFriendship(with: person, by: other)
            if index < 3 { _ = try await social.requestFriendship(with: other, by: person) }
        }
    }

    /// Somebody's conversations. Of every second one they have read all.
    func talk(
        _ person: ID<Account>, _ others: [ID<Account>], _ report: inout DemoShopReport
    ) async throws {
        for (index, (other, lines)) in zip(others, DemoTalk.pairs).enumerated() {
            let pair = try await chat.openPair(of: other, with: person).view.conversation.id
            try await say(lines, by: [other, person], to: pair, &report)
            if index.isMultiple(of: 2) { _ = try await chat.read(upTo: Int64(lines.count), in: pair, by: person) }
        }
        let members = Array(others.prefix(5))
        let group = try await chat.makeGroup(DemoTalk.group.title, members: members, by: person)
        try await say(DemoTalk.group.lines, by: [person] + members, to: group.conversation.id, &report)
    }

    private func say(
        _ lines: [String], by people: [ID<Account>], to conversation: ID<Conversation>,
        _ report: inout DemoShopReport
    ) async throws {
        for (index, text) in lines.enumerated() {
            _ = try await chat.send(MessageDraft(text), to: conversation, by: people[index % people.count])
        }
        report.messages += lines.count
    }

    /// Rooms of every second shop, each with what it shows and what is said.
    func goLive(
        _ shops: [(id: ID<Shop>, listings: [Listing], seller: ID<Account>)], _ others: [ID<Account>],
        _ report: inout DemoShopReport
    ) async throws {
        let hosts = stride(from: 0, to: shops.count, by: 2).map { shops[$0] }
        for (host, words) in zip(hosts, DemoTalk.lives) {
            let room = try await chat.openLive(words.title, shop: host.id, by: host.seller).room.id
            try await chat.pin(host.listings[1].product, in: room, by: host.seller)
            let voices = [host.seller] + others.prefix(6)
            for (index, text) in words.lines.enumerated() {
                _ = try await chat.chat(text, in: room, by: voices[index % voices.count])
            }
            report.liveRooms += 1
            report.messages += words.lines.count
        }
    }
}
