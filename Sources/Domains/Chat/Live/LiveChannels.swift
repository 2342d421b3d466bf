package import Core
import HTTP
import HTTPTypes
package import Realtime
import Storage

/// Answers for `live:liv_…`: everybody hears it and chats in it whom neither a block nor a mute keeps away.
package struct LiveChannels: ChannelOwner {
    let chat: ChatService

    package var namespace: String { "live" }
    package var shape: ChannelShape { ChatChannelShapes.live }

    package func admit(_ principal: Principal, to channel: ChannelName) async throws -> ChannelTerms {
        let id = try room(channel)
        do {
            try await chat.database.read { db in
                let (room, standing) = try chat.standing(of: principal.account, in: id, db)
                guard room.isOpen else { throw ChatError.liveClosed }
                guard standing != .muted else { throw ChatError.muted }
                let people = try chat.people.people([room.host], seenBy: principal.account, in: db)
                guard people.canReach(room.host) else { throw ChatError.liveNotFound }
            }
        } catch let error as ChatError {
            throw error.refusal
        }
        var terms = ChannelTerms()
        terms.countsSubscribers = true
        return terms
    }

    /// `{"type":"chat","text":"…"}`.
    package func take(_ data: JSON, for channel: ChannelName, from principal: Principal) async throws -> JSON {
        let id = try room(channel)
        guard data["type"]?.string == "chat", ChatShapes.liveCommand.problems(in: data).isEmpty,
            let text = data["text"]?.string
        else {
            throw ChannelRefusal.invalidData(
                "A live room takes {\"type\":\"chat\",\"text\":…} with \(LiveMessage.textLengthMax) characters at most."
            )
        }
        do {
            return ["message": try await chat.chat(text, in: id, by: principal.account)]
        } catch let error as ChatError {
            throw error.refusal
        }
    }

    private func room(_ channel: ChannelName) throws -> ID<LiveRoom> {
        guard let id = ID<LiveRoom>(channel.key) else { throw ChatError.liveNotFound.refusal }
        return id
    }
}

extension ChatError {
    /// The same on a socket.
    var refusal: ChannelRefusal {
        let problem = problem
        if case .slowMode(_, let seconds) = self {
            return .rateLimited(problem.detail, retryAfterMilliseconds: seconds * 1_000)
        }
        return problem.status.code == 422 ? .invalidData(problem.detail) : .notPermitted(problem.detail)
    }
}
