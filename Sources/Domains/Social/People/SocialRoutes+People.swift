import Core
import HTTP
import HTTPTypes

extension SocialService {
    var personRoutes: [Route] {
        [
            Route(
                .get, "/v1/accounts/{account}", "A person, by id or handle", tag: "people", access: .visitor,
                answers: [
                    .init(.ok, "The person", SocialShapes.person, example: SocialShapes.personExample),
                    .init(.notModified, "It is still what If-None-Match names"),
                    .problem(.notFound, "account_not_found"),
                ],
                statementsMax: 1, hasETag: true
            ) { request in
                var json = JSONWriter()
                try await person(request.personName(), viewer: request.viewer).write(to: &json)
                return .json(json.finish())
            },
            Route(
                .put, "/v1/accounts/{account}/follow",
                "Follow a person, or ask to, where they approve their followers; again is the same", tag: "people",
                access: .session,
                answers: [
                    .init(.noContent, "Followed"), .init(.accepted, "Asked: it waits for their approval"),
                    .problem(.notFound, "account_not_found"),
                    .problem(.unprocessableContent, "yourself"),
                ],
                statementsMax: 8
            ) { request in
                switch try await follow(try request.id("account"), by: try request.caller().account) {
                case .followed: return .noContent
                case .requested: return Reply(.accepted)
                }
            },
            Route(
                .delete, "/v1/accounts/{account}/follow", "Stop following, or take the request back", tag: "people",
                access: .session,
                answers: [
                    .init(.noContent, "Not followed"), .problem(.notFound, "account_not_found"),
                    .problem(.unprocessableContent, "yourself"),
                ],
                statementsMax: 7
            ) { request in
                try await unfollow(try request.id("account"), by: try request.caller().account)
                return .noContent
            },
            followList(.followers, "Who follows a person, newest accounts first"),
            followList(.following, "Whom a person follows, newest accounts first"),
            Route(
                .put, "/v1/accounts/{account}/block", "Block a person: neither sees or reaches the other",
                tag: "people", access: .session,
                answers: [
                    .init(.noContent, "Blocked"), .problem(.notFound, "account_not_found"),
                    .problem(.unprocessableContent, "yourself"),
                ],
                statementsMax: 20
            ) { request in
                try await block(try request.id("account"), by: try request.caller().account)
                return .noContent
            },
            Route(
                .delete, "/v1/accounts/{account}/block", "Lift one's block", tag: "people", access: .session,
                answers: [.init(.noContent, "Not blocked"), .problem(.notFound, "account_not_found")], statementsMax: 5
            ) { request in
                try await unblock(try request.id("account"), by: try request.caller().account)
                return .noContent
            },
            Route(
                .get, "/v1/blocks", "Whom one has blocked", tag: "people", access: .session,
                query: Route.Parameter.page,
                answers: [peoplePage, .problem(.badRequest, "invalid_cursor")], statementsMax: 1
            ) { request in
                .people(
                    try await blocked(by: try request.caller().account, cursor: request.cursor, limit: request.limit))
            },
        ]
    }

    private var peoplePage: Route.Answer {
        .init(
            .ok, "A page of people", .page(of: SocialShapes.person),
            example: SocialShapes.page(of: SocialShapes.personExample))
    }

    private func followList(_ side: FollowSide, _ summary: String) -> Route {
        Route(
            .get, "/v1/accounts/{account}/\(side.rawValue)", summary, tag: "people", access: .visitor,
            query: Route.Parameter.page,
            answers: [peoplePage, .problem(.notFound, "account_not_found"), .problem(.badRequest, "invalid_cursor")],
            statementsMax: 2
        ) { request in
            .people(
                try await people(
                    side, of: try request.id("account"), cursor: request.cursor, limit: request.limit,
                    viewer: request.viewer))
        }
    }

    var searchRoutes: [Route] {
        let query: [Route.Parameter] =
            [
                .init(
                    "query", .text(1...200), "Words; the last may be unfinished, and small slips are forgiven.",
                    example: "blue bowl")
            ]
            + Route.Parameter.page
        return [
            Route(
                .get, "/v1/search/posts", "Public posts that have all of the words, newest first", tag: "search",
                access: .visitor, query: query,
                answers: [
                    .init(
                        .ok, "A page of posts", .page(of: SocialShapes.post),
                        example: SocialShapes.page(of: SocialShapes.postExample)),
                    .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 8, rateClass: .search
            ) { request in
                .posts(
                    try await searchPosts(
                        try request.searchQuery(), cursor: request.cursor, limit: request.limit, viewer: request.viewer)
                )
            },
            Route(
                .get, "/v1/search/accounts", "People whose handle or name has all of the words", tag: "search",
                access: .visitor, query: query, answers: [peoplePage, .problem(.badRequest, "invalid_cursor")],
                statementsMax: 4, rateClass: .search
            ) { request in
                .people(
                    try await searchPeople(
                        try request.searchQuery(), cursor: request.cursor, limit: request.limit, viewer: request.viewer)
                )
            },
        ]
    }
}

extension RouteRequest {
    fileprivate func searchQuery() throws -> String {
        guard let query = queryValue("query") else { throw Problem.invalidField("query", "missing", "is required") }
        return query
    }
}
