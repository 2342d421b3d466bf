package import Core
import RateLimit
package import Realtime
import Storage

/// Answers for `conversation:cnv_…`: its members hear it, and tell each other that they type.
package struct ConversationChannels: ChannelOwner {
    let chat: ChatService

    package var namespace: String { "conversation" }
    package var shape: ChannelShape { ChatChannelShapes.conversation }

    package func admit(_ principal: Principal, to channel: ChannelName) async throws -> ChannelTerms {
        _ = try await place(of: principal.account, in: channel)
        return ChannelTerms()
    }

    /// `{"type":"typing"}`. What comes sooner than it is worth telling is taken, and told to nobody.
    package func take(_ data: JSON, for channel: ChannelName, from principal: Principal) async throws -> JSON {
        guard case .object(let members) = data, members.count == 1, data["type"]?.string == "typing" else {
            throw ChannelRefusal.invalidData("A conversation takes {\"type\":\"typing\"}; messages are sent by HTTP.")
        }
        let account = principal.account
        let place = try await place(of: account, in: channel)
        guard !place.isMuted else { throw ChannelRefusal.notPermitted("You have been muted here.") }
        let allowance = Allowance(count: 1, perSeconds: chat.limits.typingSeconds)
        let key = RateKey(place.conversation.rawValue, account.rawValue)
        if case .limited = chat.limiter.check(key, allowance, at: chat.limiterTime) { return [:] }
        if let other = place.other {
            let people = try await chat.database.read { db in
                try chat.people.people([other], seenBy: account, in: db)
            }
            guard people.canReach(other) else { throw ChannelRefusal.notPermitted("They cannot be written to.") }
        }
        chat.publisher.publish(Push(channel, ["type": "typing", "account": .id(account)], .fleeting))
        return [:]
    }

    package func online(in channel: ChannelName, for principal: Principal) async throws -> [ID<Account>] {
        let place = try await place(of: principal.account, in: channel)
        let members = try await chat.database.read { db in
            try db.rows(
                "SELECT account_id FROM conversation_member WHERE conversation_id = \(place.conversation)"
            ) { $0.id(0, Account.self) }
        }
        return members.filter(chat.online.isOnline)
    }

    private func place(of account: ID<Account>, in channel: ChannelName) async throws -> Place {
        let refusal = ChannelRefusal.notPermitted("There is no such conversation, or you are not in it.")
        guard let id = ID<Conversation>(channel.key) else { throw refusal }
        do {
            return try await chat.database.read { db in try chat.place(of: account, in: id, db) }
        } catch ChatError.conversationNotFound {
            throw refusal
        }
    }
}
