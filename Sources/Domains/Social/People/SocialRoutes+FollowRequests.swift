import Core
import HTTP
import HTTPTypes

extension SocialService {
    private static let settings = Schema.object([
        .required("approves_followers", .boolean, "Whoever wants to follow asks, and waits for approval.")
    ])
    private static let settingsExample: JSON = ["approves_followers": true]

    var followRequestRoutes: [Route] {
        [
            Route(
                .get, "/v1/follow-requests", "Follow requests that wait, newest first", tag: "people",
                access: .session,
                query: [.init("direction", .choice(["incoming", "outgoing"]), "incoming unless told.")]
                    + Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of requests", .page(of: SocialShapes.followRequest),
                        example: SocialShapes.page(of: SocialShapes.followRequestExample)),
                    .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 1
            ) { request in
                let page = try await followRequests(
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
                .post, "/v1/follow-requests/{request}/approve", "Let a follower in", tag: "people", access: .session,
                answers: [
                    .init(.noContent, "They follow"), .problem(.notFound, "follow_request_not_found"),
                    .problem(.notFound, "account_not_found"),
                ],
                statementsMax: 11
            ) { request in
                try await approveFollowRequest(try followRequest(in: request), by: try request.caller().account)
                return .noContent
            },
            Route(
                .delete, "/v1/follow-requests/{request}",
                "Decline a request, or take one's own back; nobody is told", tag: "people", access: .session,
                answers: [.init(.noContent, "Gone"), .problem(.notFound, "follow_request_not_found")], statementsMax: 2
            ) { request in
                try await removeFollowRequest(try followRequest(in: request), by: try request.caller().account)
                return .noContent
            },
            Route(
                .get, "/v1/follow-requests/settings", "Whether one approves one's followers", tag: "people",
                access: .session,
                answers: [.init(.ok, "The setting", Self.settings, example: Self.settingsExample)], statementsMax: 1
            ) { request in
                .approving(try await approvesFollowers(try request.caller().account))
            },
            Route(
                .put, "/v1/follow-requests/settings",
                "Say whether one approves one's followers; those that one has stay", tag: "people", access: .session,
                body: .init(Self.settings, example: Self.settingsExample),
                answers: [.init(.ok, "The setting", Self.settings, example: Self.settingsExample)], statementsMax: 1
            ) { request in
                let approves = request.body["approves_followers"]?.bool ?? false
                try await setApprovesFollowers(approves, try request.caller().account)
                return .approving(approves)
            },
        ]
    }

    private func followRequest(in request: RouteRequest) throws -> ID<FollowRequest> {
        guard let id = ID<FollowRequest>(request.parameter("request")) else { throw SocialError.followRequestNotFound }
        return id
    }
}

extension Reply {
    fileprivate static func approving(_ approves: Bool) -> Reply {
        .object { json in json.member("approves_followers", approves) }
    }
}
