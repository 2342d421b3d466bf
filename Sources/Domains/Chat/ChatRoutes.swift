import Core
package import HTTP
import HTTPTypes
import Realtime

extension ChatService {
    /// Every route of the slice.
    package var routes: [Route] {
        conversationRoutes + memberRoutes + messageRoutes + liveRoutes + liveChatRoutes + liveModerationRoutes
    }
}

extension Route.Answer {
    static let conversationNotFound = problem(.notFound, "conversation_not_found")
    static let liveNotFound = problem(.notFound, "live_not_found")
    static let invalidCursor = problem(.badRequest, "invalid_cursor")
}

extension Reply {
    static func conversation(_ view: ConversationView, status: HTTPResponse.Status = .ok) -> Reply {
        var json = JSONWriter(capacity: 1_024)
        view.conversation.write(to: &json, people: view.people, position: view.position)
        return .json(json.finish(), status: status)
    }

    static func live(_ view: LiveView, status: HTTPResponse.Status = .ok) -> Reply {
        var json = JSONWriter(capacity: 512)
        view.write(to: &json)
        return .json(json.finish(), status: status)
    }

    static func value(_ value: JSON, status: HTTPResponse.Status = .ok) -> Reply {
        var json = JSONWriter(capacity: 512)
        json.value(value)
        return .json(json.finish(), status: status)
    }

    /// A page that says where the channel stood that changes it.
    static func history<Item>(
        _ page: Page<Item>, of channel: ChannelName, from position: ChannelPosition,
        _ item: (inout JSONWriter, Item) -> Void
    ) -> Reply {
        var json = JSONWriter(capacity: 256 + page.items.count * 512)
        json.object { json in
            json.name("items")
            json.array(page.items, item)
            json.member("next", page.next)
            json.realtime(channel, position)
        }
        return .json(json.finish())
    }
}
