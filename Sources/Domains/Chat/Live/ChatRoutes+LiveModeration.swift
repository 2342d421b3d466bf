import Core
import HTTP
import HTTPTypes

extension ChatService {
    private static let moderated: [Route.Answer] = [
        .init(.noContent, "Done"), .liveNotFound, .problem(.forbidden, "not_moderator"),
        .problem(.conflict, "live_closed"),
    ]

    var liveModerationRoutes: [Route] { pinningRoutes + mutingRoutes + moderatorRoutes }

    private var pinningRoutes: [Route] {
        [
            Route(
                .put, "/v1/live/{live}/pinned-product", "Show a product to everybody in the room", tag: "live",
                access: .session,
                body: .init(
                    .object([.required("product", .id(of: Product.self))]), example: ["product": "prd_0D3PZ7XGQW4K1"]),
                answers: Self.moderated + [.problem(.notFound, "product_not_found")], statementsMax: 4
            ) { request in
                let id = try request.id("live", of: LiveRoom.self)
                guard let product = request.body["product"]?.string.flatMap({ ID<Product>($0) }) else {
                    throw ChatError.productNotFound
                }
                try await pin(product, in: id, by: try request.caller().account)
                return .noContent
            },
            Route(
                .delete, "/v1/live/{live}/pinned-product", "Stop showing a product", tag: "live", access: .session,
                answers: Self.moderated, statementsMax: 3
            ) { request in
                try await pin(nil, in: try request.id("live"), by: try request.caller().account)
                return .noContent
            },
            Route(
                .put, "/v1/live/{live}/slow-mode", "Let everybody say one thing in so many seconds; 0 ends it",
                tag: "live", access: .session,
                body: .init(
                    .object([.required("seconds", .integer(0...LiveRoom.slowModeSecondsMax))]),
                    example: ["seconds": 5]),
                answers: Self.moderated, statementsMax: 3
            ) { request in
                try await slowDown(
                    try request.id("live"), to: request.body["seconds"]?.integer ?? 0,
                    by: try request.caller().account)
                return .noContent
            },
        ]
    }

    private var mutingRoutes: [Route] {
        [
            Route(
                .put, "/v1/live/{live}/muted/{account}", "Shut somebody out of a live room", tag: "live",
                access: .session,
                answers: Self.moderated + [
                    .problem(.forbidden, "not_host"), .problem(.notFound, "account_not_found"),
                    .problem(.unprocessableContent, "yourself"),
                ],
                statementsMax: 4
            ) { request in
                try await mute(try request.id("account"), in: try request.id("live"), by: try request.caller().account)
                return .noContent
            },
            Route(
                .delete, "/v1/live/{live}/muted/{account}", "Let somebody in again", tag: "live", access: .session,
                answers: Self.moderated + [.problem(.notFound, "account_not_found")], statementsMax: 2
            ) { request in
                try await unmute(
                    try request.id("account"), in: try request.id("live"), by: try request.caller().account)
                return .noContent
            },
        ]
    }

    private var moderatorRoutes: [Route] {
        [
            Route(
                .put, "/v1/live/{live}/moderators/{account}", "Make somebody a moderator, as the host", tag: "live",
                access: .session,
                answers: Self.moderated + [
                    .problem(.forbidden, "not_host"), .problem(.notFound, "account_not_found"),
                    .problem(.unprocessableContent, "yourself"), .problem(.conflict, "too_many_moderators"),
                ],
                statementsMax: 4
            ) { request in
                try await appoint(
                    try request.id("account"), in: try request.id("live"), by: try request.caller().account)
                return .noContent
            },
            Route(
                .delete, "/v1/live/{live}/moderators/{account}", "Dismiss a moderator, as the host", tag: "live",
                access: .session,
                answers: Self.moderated + [
                    .problem(.forbidden, "not_host"), .problem(.notFound, "account_not_found"),
                ],
                statementsMax: 2
            ) { request in
                try await dismiss(
                    try request.id("account"), in: try request.id("live"), by: try request.caller().account)
                return .noContent
            },
        ]
    }
}
