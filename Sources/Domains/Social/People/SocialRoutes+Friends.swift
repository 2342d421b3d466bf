import Core
import HTTP
import HTTPTypes

extension SocialService {
    var friendRoutes: [Route] {
        [
            Route(
                .post, "/v1/friend-requests", "Ask somebody to be friends", tag: "friends", access: .session,
                body: .init(
                    .object([.required("account", .id(of: Account.self), "Whom to ask.")]),
                    example: ["account": "acc_0D3PZ7XGQW4K1"]),
                answers: [
                    .init(
                        .ok, "requested, or accepted when they had asked already",
                        .object([
                            .required("outcome", .choice(["requested", "accepted"])),
                            .required("id", .nullable(.id(of: FriendRequest.self))),
                        ]), example: ["outcome": "requested", "id": "frq_0D3PZ7XGQW4K1"]),
                    .problem(.notFound, "account_not_found"), .problem(.conflict, "already_friends"),
                    .problem(.unprocessableContent, "yourself"),
                ],
                statementsMax: 27
            ) { request in
                guard let other = request.body["account"]?.string.flatMap({ ID<Account>($0) }) else {
                    throw SocialError.accountNotFound
                }
                let outcome = try await requestFriendship(with: other, by: try request.caller().account)
                return .object { json in
                    switch outcome {
                    case .requested(let id):
                        json.member("outcome", "requested")
                        json.member("id", id)
                    case .accepted:
                        json.member("outcome", "accepted")
                        json.name("id")
                        json.null()
                    }
                }
            },
            Route(
                .get, "/v1/friend-requests", "Friend requests that wait, newest first", tag: "friends",
                access: .session,
                query: [.init("direction", .choice(["incoming", "outgoing"]), "incoming unless told.")]
                    + Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of requests", .page(of: SocialShapes.friendRequest),
                        example: SocialShapes.page(of: SocialShapes.friendRequestExample)),
                    .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 1
            ) { request in
                let page = try await friendRequests(
                    RequestDirection(rawValue: request.queryValue("direction") ?? "") ?? .incoming,
                    of: try request.caller().account, cursor: request.cursor, limit: request.limit)
                return .page(page.items, next: page.next) { json, item in
                    json.object { json in
                        json.member("id", item.id)
                        json.name("person")
                        item.person.write(to: &json)
                        json.member("created_at", item.id.createdAt)
                    }
                }
            },
            Route(
                .post, "/v1/friend-requests/{request}/accept", "Accept a request; friends follow each other",
                tag: "friends", access: .session,
                answers: [
                    .init(.noContent, "Friends"), .problem(.notFound, "friend_request_not_found"),
                    .problem(.notFound, "account_not_found"),
                ],
                statementsMax: 25
            ) { request in
                try await acceptFriendRequest(try friendRequest(in: request), by: try request.caller().account)
                return .noContent
            },
            Route(
                .delete, "/v1/friend-requests/{request}", "Decline a request, or take one's own back", tag: "friends",
                access: .session,
                answers: [.init(.noContent, "Gone"), .problem(.notFound, "friend_request_not_found")], statementsMax: 2
            ) { request in
                try await removeFriendRequest(try friendRequest(in: request), by: try request.caller().account)
                return .noContent
            },
            Route(
                .get, "/v1/friends", "One's friends, newest accounts first", tag: "friends", access: .session,
                query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of people", .page(of: SocialShapes.person),
                        example: SocialShapes.page(of: SocialShapes.personExample)),
                    .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 1
            ) { request in
                .people(
                    try await friends(of: try request.caller().account, cursor: request.cursor, limit: request.limit))
            },
            Route(
                .delete, "/v1/friends/{account}", "End a friendship", tag: "friends", access: .session,
                answers: [.init(.noContent, "Not friends"), .problem(.notFound, "account_not_found")], statementsMax: 2
            ) { request in
                try await unfriend(try request.id("account"), by: try request.caller().account)
                return .noContent
            },
        ]
    }

    private func friendRequest(in request: RouteRequest) throws -> ID<FriendRequest> {
        guard let id = ID<FriendRequest>(request.parameter("request")) else { throw SocialError.friendRequestNotFound }
        return id
    }
}
