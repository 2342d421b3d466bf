import Core
import Events
import Storage

/// What Chat tells the rest of the house. Names are stable; data only grows.
package enum ChatEvent {
    package static let conversationCreated = "conversation.created"
    package static let messageSent = "message.sent"
    /// What was deleted in a conversation of two was all that its reader had not read.
    package static let messagesRetracted = "messages.retracted"
    package static let liveOpened = "live.opened"
    package static let liveClosed = "live.closed"
}

extension ChatService {
    func tell<Entity>(_ type: String, about subject: ID<Entity>, _ data: JSON, in tx: WriteTransaction) throws {
        try events.append(type, subject: subject.description, data: data, in: tx)
    }
}

extension JSON {
    /// An id in an event's data or a push.
    static func id<Entity>(_ id: ID<Entity>) -> JSON { .string(id.description) }
}
