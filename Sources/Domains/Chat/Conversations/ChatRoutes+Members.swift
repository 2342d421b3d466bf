import Core
import HTTP
import HTTPTypes

extension ChatService {
    var memberRoutes: [Route] {
        [
            Route(
                .get, "/v1/conversations/{conversation}/members", "Who is in a conversation", tag: "conversations",
                access: .session, query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of members", .page(of: ChatShapes.member),
                        example: ChatShapes.page(of: ChatShapes.memberExample)),
                    .conversationNotFound, .invalidCursor,
                ],
                statementsMax: 3
            ) { request in
                let page = try await members(
                    of: try request.id("conversation"), for: try request.caller().account, cursor: request.cursor,
                    limit: request.limit)
                return .page(page.items, next: page.next) { json, member in json.value(member) }
            },
            Route(
                .post, "/v1/conversations/{conversation}/members", "Add people to a group: its owner and admins",
                tag: "conversations", access: .session,
                body: .init(
                    .object([.required("members", .array(.id(of: Account.self), count: 1...100))]),
                    example: ["members": ["acc_0D3PZ7XGQW4K1"]]),
                answers: [
                    .init(
                        .ok, "Those who are new in it",
                        .object([.required("added", .array(.id(of: Account.self), count: 0...100))]),
                        example: ["added": ["acc_0D3PZ7XGQW4K1"]]),
                    .conversationNotFound, .problem(.forbidden, "not_permitted"), .problem(.conflict, "not_a_group"),
                    .problem(.conflict, "too_many_members"),
                ],
                statementsMax: 12
            ) { request in
                let added = try await add(
                    (request.body["members"]?.array ?? []).accounts, to: try request.id("conversation"),
                    by: try request.caller().account)
                return .value(["added": .array(added.map { .id($0) })])
            },
            Route(
                .patch, "/v1/conversations/{conversation}/members/{account}",
                "Give a member of a group a role, as its owner, or mute them, as who is above them",
                tag: "conversations", access: .session,
                body: .init(
                    .object([
                        .optional("role", ChatShapes.roleNames, "An owner who names another becomes an admin."),
                        .optional("is_muted", .boolean, "Who is muted reads and does not write."),
                    ]), example: ["role": "admin"]),
                answers: [
                    .init(.noContent, "Changed"), .conversationNotFound, .problem(.notFound, "account_not_found"),
                    .problem(.notFound, "member_not_found"), .problem(.forbidden, "not_permitted"),
                    .problem(.conflict, "not_a_group"), .problem(.unprocessableContent, "yourself"),
                ],
                statementsMax: 4
            ) { request in
                try await change(
                    try request.id("account"), of: try request.id("conversation"),
                    role: request.body["role"]?.string.flatMap { MemberRole(name: $0) },
                    isMuted: request.body["is_muted"]?.bool, by: try request.caller().account)
                return .noContent
            },
            Route(
                .delete, "/v1/conversations/{conversation}/members/{account}",
                "Leave a group, or remove somebody who is below oneself", tag: "conversations", access: .session,
                answers: [
                    .init(.noContent, "Gone"), .conversationNotFound, .problem(.notFound, "account_not_found"),
                    .problem(.notFound, "member_not_found"), .problem(.forbidden, "not_permitted"),
                    .problem(.conflict, "not_a_group"),
                ],
                statementsMax: 7
            ) { request in
                try await remove(
                    try request.id("account"), from: try request.id("conversation"), by: try request.caller().account)
                return .noContent
            },
        ]
    }
}
