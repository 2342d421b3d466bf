import Core
import HTTP
import HTTPTypes

extension ChatService {
    var liveRoutes: [Route] {
        [
            Route(
                .post, "/v1/live", "Go live", tag: "live", access: .session,
                body: .init(
                    .object([
                        .required("title", ChatShapes.liveTitle),
                        .optional("shop", .nullable(.id(of: Shop.self)), "One that the caller works for."),
                    ]), example: ["title": "Opening the kiln"]),
                answers: [
                    .init(.created, "The room", ChatShapes.live, example: ChatShapes.liveExample),
                    .problem(.notFound, "shop_not_found"), .problem(.conflict, "already_live"),
                ],
                statementsMax: 7
            ) { request in
                .live(
                    try await openLive(
                        request.body["title"]?.string ?? "", shop: request.body["shop"]?.string.flatMap { ID($0) },
                        by: try request.caller().account), status: .created)
            },
            Route(
                .get, "/v1/live", "Open live rooms, newest first", tag: "live", access: .session,
                query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of rooms", .page(of: ChatShapes.liveListed),
                        example: ChatShapes.page(of: ChatShapes.liveListedExample)),
                    .invalidCursor,
                ],
                statementsMax: 2
            ) { request in
                let page = try await openLives(
                    for: try request.caller().account, cursor: request.cursor, limit: request.limit)
                return .page(page.items, next: page.next) { json, view in view.write(to: &json) }
            },
            Route(
                .get, "/v1/live/{live}", "A live room", tag: "live", access: .session,
                answers: [.init(.ok, "It", ChatShapes.live, example: ChatShapes.liveExample), .liveNotFound],
                statementsMax: 2
            ) { request in
                .live(try await live(try request.id("live"), for: try request.caller().account))
            },
            Route(
                .post, "/v1/live/{live}/close", "Close a live room, for good", tag: "live", access: .session,
                answers: [
                    .init(.ok, "It", ChatShapes.live, example: ChatShapes.liveExample), .liveNotFound,
                    .problem(.forbidden, "not_host"),
                ],
                statementsMax: 7
            ) { request in
                let caller = try request.caller()
                return .live(
                    try await closeLive(
                        try request.id("live"), by: caller.account, isModerator: caller.role >= .moderator))
            },
        ]
    }

    var liveChatRoutes: [Route] {
        [
            Route(
                .get, "/v1/live/{live}/messages", "What was said in a live room, newest first", tag: "live",
                access: .session, query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of lines", ChatShapes.history(of: ChatShapes.liveMessage),
                        example: ChatShapes.liveHistoryExample),
                    .liveNotFound, .problem(.forbidden, "muted"), .invalidCursor,
                ],
                statementsMax: 3
            ) { request in
                let id = try request.id("live", of: LiveRoom.self)
                let history = try await liveHistory(
                    of: id, cursor: request.cursor, limit: request.limit, for: try request.caller().account)
                return .history(history.page, of: .live(id), from: history.position) { json, message in
                    json.value(message.json(history.people))
                }
            },
            Route(
                .post, "/v1/live/{live}/messages", "Say something in a live room", tag: "live", access: .session,
                body: .init(.object([.required("text", ChatShapes.liveText)]), example: ["text": "Lovely glaze!"]),
                answers: [
                    .init(.created, "The line", ChatShapes.liveMessage, example: ChatShapes.liveMessageExample),
                    .liveNotFound, .problem(.forbidden, "muted"), .problem(.conflict, "live_closed"),
                    .problem(.tooManyRequests, "slow_mode"),
                ],
                statementsMax: 3
            ) { request in
                .value(
                    try await chat(
                        request.body["text"]?.string ?? "", in: try request.id("live"),
                        by: try request.caller().account), status: .created)
            },
        ]
    }
}
