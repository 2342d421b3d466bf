import Core
import HTTP
import HTTPTypes
import Realtime

extension ChatService {
    private static let creation = Schema.object([
        .optional("with", .id(of: Account.self), "The other one of two; without title and members."),
        .optional("title", ChatShapes.title, "Of a group."),
        .optional("members", .array(.id(of: Account.self), count: 1...255), "Of a group, beside the caller."),
    ])

    var conversationRoutes: [Route] {
        [
            Route(
                .post, "/v1/conversations", "Talk with somebody, or make a group", tag: "conversations",
                access: .session,
                body: .init(Self.creation, example: ["with": "acc_0D3PZ7XGQW4K1"]),
                answers: [
                    .init(
                        .created, "A new conversation", ChatShapes.conversation,
                        example: ChatShapes.conversationExample),
                    .init(
                        .ok, "The conversation that the two have already", ChatShapes.conversation,
                        example: ChatShapes.conversationExample),
                    .problem(.notFound, "account_not_found"), .problem(.unprocessableContent, "yourself"),
                ],
                // A group's members are written by powers of two.
                statementsMax: 20
            ) { request in
                let (account, body) = (try request.caller().account, request.body)
                if let other = body["with"]?.string.flatMap({ ID<Account>($0) }), body["title"] == nil,
                    body["members"] == nil
                {
                    let (view, isNew) = try await openPair(of: account, with: other)
                    return .conversation(view, status: isNew ? .created : .ok)
                }
                guard let title = body["title"]?.string, let members = body["members"]?.array, body["with"] == nil
                else { throw ChatError.neitherPairNorGroup }
                return .conversation(
                    try await makeGroup(title, members: members.accounts, by: account), status: .created)
            },
            Route(
                .get, "/v1/conversations", "One's conversations, newest activity first", tag: "conversations",
                access: .session, query: Route.Parameter.page,
                answers: [
                    .init(.ok, "A page of conversations", ChatShapes.inbox, example: ChatShapes.inboxExample),
                    .invalidCursor,
                ],
                statementsMax: 2
            ) { request in
                let account = try request.caller().account
                let inbox = try await conversations(of: account, cursor: request.cursor, limit: request.limit)
                return .inbox(inbox, of: account)
            },
            Route(
                .get, "/v1/conversations/{conversation}", "A conversation", tag: "conversations", access: .session,
                answers: [
                    .init(.ok, "It", ChatShapes.conversation, example: ChatShapes.conversationExample),
                    .conversationNotFound,
                ],
                statementsMax: 2
            ) { request in
                .conversation(
                    try await conversation(try request.id("conversation"), for: try request.caller().account))
            },
            Route(
                .patch, "/v1/conversations/{conversation}", "Give a group another title: its owner and admins",
                tag: "conversations", access: .session,
                body: .init(.object([.required("title", ChatShapes.title)]), example: ["title": "Kiln people"]),
                answers: [
                    .init(.ok, "It", ChatShapes.conversation, example: ChatShapes.conversationExample),
                    .conversationNotFound, .problem(.forbidden, "not_permitted"), .problem(.conflict, "not_a_group"),
                ],
                statementsMax: 4
            ) { request in
                .conversation(
                    try await retitle(
                        try request.id("conversation"), request.body["title"]?.string ?? "",
                        by: try request.caller().account))
            },
            Route(
                .put, "/v1/conversations/{conversation}/read",
                "Mark what one has read, up to a sequence; the marker never goes back", tag: "conversations",
                access: .session,
                body: .init(
                    .object([.required("sequence", .integer(0...(.max)))]), example: ["sequence": 42]),
                answers: [
                    .init(
                        .ok, "Where the marker is",
                        .object([.required("read_sequence", .integer(0...(.max)))]), example: ["read_sequence": 42]),
                    .conversationNotFound,
                ],
                statementsMax: 3
            ) { request in
                let marker = try await read(
                    upTo: request.body["sequence"]?.integer ?? 0, in: try request.id("conversation"),
                    by: try request.caller().account)
                return .value(["read_sequence": .integer(marker)])
            },
        ]
    }
}

extension [JSON] {
    /// Ids that the schema has found valid.
    var accounts: [ID<Account>] { compactMap { $0.string.flatMap { ID<Account>($0) } } }
}

extension Reply {
    fileprivate static func inbox(_ inbox: Inbox, of account: ID<Account>) -> Reply {
        var json = JSONWriter(capacity: 256 + inbox.page.items.count * 1_024)
        json.object { json in
            json.name("items")
            json.array(inbox.page.items) { json, conversation in
                conversation.write(to: &json, people: inbox.people)
            }
            json.member("next", inbox.page.next)
            json.member("unread_count", inbox.unreadCount.map(JSON.integer) ?? .null)
            json.realtime(.account(account), inbox.position)
        }
        return .json(json.finish())
    }
}
