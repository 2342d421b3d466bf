import Core
import HTTP
import HTTPTypes
import Realtime

extension ChatService {
    private static let after = Route.Parameter(
        "after_sequence", .integer(0...(.max)), "What came after this message, oldest first.", example: "42")

    private static let afterRevision = Route.Parameter(
        "after_revision", .integer(0...(.max)), "That of what the client holds; 0 unless told.", example: "3")

    private static let message = Schema.object([
        .optional("text", ChatShapes.text, "May be left out where something is attached."),
        .optional("attachments", ChatShapes.attachments),
        .optional("reply_to", .nullable(.integer(1...(.max))), "Sequence of the message to answer."),
        .optional(
            "client_id", ChatShapes.clientID, "The client's own name for it: sent again, it is the same message."),
    ])

    var messageRoutes: [Route] {
        [
            Route(
                .get, "/v1/conversations/{conversation}/messages",
                "What was said, newest first; after a sequence, oldest first", tag: "conversations", access: .session,
                query: [Self.after] + Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of messages", ChatShapes.messages,
                        example: ChatShapes.historyExample),
                    .conversationNotFound, .invalidCursor,
                ],
                statementsMax: 2
            ) { request in
                let id = try request.id("conversation", of: Conversation.self)
                let history = try await history(
                    of: id, after: request.queryValue("after_sequence").flatMap { Int64($0) }, cursor: request.cursor,
                    limit: request.limit, for: try request.caller().account)
                return .messages(history, of: id)
            },
            Route(
                .get, "/v1/conversations/{conversation}/changes",
                """
                What was edited and deleted after a revision, in that order, each message as it is now; keep the last page's \
                revision for the next time
                """, tag: "conversations", access: .session,
                query: [Self.afterRevision] + Route.Parameter.page,
                answers: [
                    .init(.ok, "A page of messages", ChatShapes.messages, example: ChatShapes.historyExample),
                    .conversationNotFound, .invalidCursor,
                ],
                statementsMax: 2
            ) { request in
                let id = try request.id("conversation", of: Conversation.self)
                return .messages(
                    try await changes(
                        in: id, after: request.queryValue("after_revision").flatMap { Int64($0) } ?? 0,
                        cursor: request.cursor, limit: request.limit, for: try request.caller().account), of: id)
            },
            Route(
                .post, "/v1/conversations/{conversation}/messages", "Say something", tag: "conversations",
                access: .session,
                body: .init(
                    Self.message, example: ["text": "Is the blue bowl still there?", "client_id": "7f2a"],
                    bytesMax: 64 * 1_024),
                answers: [
                    .init(.created, "The message", ChatShapes.message, example: ChatShapes.messageExample),
                    .init(
                        .ok, "The message as it was sent before", ChatShapes.message,
                        example: ChatShapes.messageExample),
                    .conversationNotFound, .problem(.forbidden, "not_reachable"), .problem(.forbidden, "muted"),
                ],
                statementsMax: 6
            ) { request in
                let (view, isNew) = try await send(
                    try request.messageDraft(), to: try request.id("conversation"), by: try request.caller().account)
                return .value(view.json, status: isNew ? .created : .ok)
            },
            Route(
                .patch, "/v1/conversations/{conversation}/messages/{sequence}", "Rewrite a message of one's own",
                tag: "conversations", access: .session,
                body: .init(
                    .object([.required("text", ChatShapes.text)]), example: ["text": "Is the blue one still there?"]),
                answers: [
                    .init(.ok, "The message", ChatShapes.message, example: ChatShapes.messageExample),
                    .conversationNotFound, .problem(.notFound, "message_not_found"),
                    .problem(.forbidden, "not_yours"), .problem(.forbidden, "not_reachable"),
                    .problem(.forbidden, "muted"),
                ],
                statementsMax: 5
            ) { request in
                let view = try await edit(
                    try request.sequence(), of: try request.id("conversation"),
                    text: request.body["text"]?.string ?? "", by: try request.caller().account)
                return .value(view.json)
            },
            Route(
                .delete, "/v1/conversations/{conversation}/messages/{sequence}",
                "Delete a message: one's own, or in a group as its owner or admin", tag: "conversations",
                access: .session,
                answers: [
                    .init(.noContent, "Deleted"), .conversationNotFound, .problem(.notFound, "message_not_found"),
                    .problem(.forbidden, "not_yours"),
                ],
                statementsMax: 7
            ) { request in
                try await delete(
                    try request.sequence(), of: try request.id("conversation"), by: try request.caller().account)
                return .noContent
            },
        ]
    }
}

extension Reply {
    fileprivate static func messages(_ history: History, of id: ID<Conversation>) -> Reply {
        .object { json in
            json.name("items")
            json.array(history.page.items) { json, message in json.value(message.json(history.people)) }
            json.member("next", history.page.next)
            json.member("revision", history.revision)
            json.realtime(.conversation(id), history.position)
        }
    }
}

extension RouteRequest {
    fileprivate func sequence() throws -> Int64 {
        guard let sequence = Int64(parameter("sequence")), sequence > 0 else { throw ChatError.messageNotFound }
        return sequence
    }

    fileprivate func messageDraft() throws -> MessageDraft {
        var draft = MessageDraft(
            body["text"]?.string ?? "", replyTo: body["reply_to"]?.integer, clientID: body["client_id"]?.string)
        draft.attachments = try (body["attachments"]?.array ?? []).enumerated().map { index, json in
            guard let attachment = Attachment(json) else { throw ChatError.badAttachment(at: index) }
            return attachment
        }
        return draft
    }
}
