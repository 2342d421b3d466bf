import Core
import HTTP
import HTTPTypes

extension SocialService {
    var feedRoutes: [Route] {
        [
            Route(
                .get, "/v1/feed", "Posts to scroll: home is whom one follows, explore is everybody by score",
                tag: "feeds", access: .visitor,
                query: [
                    .init(
                        "kind", .choice(["home", "explore"]), "explore unless told; home needs a session.",
                        example: "home")
                ] + Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of posts", .page(of: SocialShapes.post),
                        example: SocialShapes.page(of: SocialShapes.postExample)),
                    .problem(.badRequest, "invalid_cursor"), .problem(.unauthorized, "unauthenticated"),
                ],
                // Warm none, cold three: the page, its cards, and the viewer's relations; a fourth where posts tag
                // products. One more where a block changes explore, and one for viewers with more relations than are
                // kept.
                statementsMax: 6
            ) { request in
                if request.queryValue("kind") == "home" {
                    let caller = try request.caller()
                    return .posts(try await homeFeed(of: caller.account, cursor: request.cursor, limit: request.limit))
                }
                return .posts(try await exploreFeed(for: request.viewer, cursor: request.cursor, limit: request.limit))
            },
            Route(
                .get, "/v1/accounts/{account}/posts", "An author's posts, newest first",
                tag: "posts", access: .visitor, query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of posts", .page(of: SocialShapes.post),
                        example: SocialShapes.page(of: SocialShapes.postExample)),
                    .problem(.notFound, "account_not_found"), .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 6
            ) { request in
                .posts(
                    try await posts(
                        by: request.personName(), cursor: request.cursor, limit: request.limit, viewer: request.viewer))
            },
            Route(
                .get, "/v1/products/{product}/posts", "Public posts that tag a product, newest first",
                tag: "products", access: .visitor, query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of posts; it may come short", .page(of: SocialShapes.post),
                        example: SocialShapes.page(of: SocialShapes.postExample)),
                    .problem(.notFound, "product_not_found"), .problem(.badRequest, "invalid_cursor"),
                ],
                // Warm none. Cold: the product, the page, its cards, the viewer's relations twice, what the posts tag.
                statementsMax: 6
            ) { request in
                .posts(
                    try await posts(
                        tagging: try request.id("product"), cursor: request.cursor, limit: request.limit,
                        viewer: request.viewer))
            },
            Route(
                .post, "/v1/engagements", "Report views, likes, shares and watches in a batch",
                tag: "posts", access: .session,
                body: .init(
                    engagementBody,
                    example: ["events": [["post": "pst_0D3PZ7XGQW4K1", "type": "watch", "watched_ms": 5_400]]],
                    bytesMax: 64 * 1_024),
                answers: [
                    .init(
                        .accepted, "A verdict for each event, in order",
                        .object([
                            .required(
                                "verdicts",
                                .array(.choice(["accepted", "duplicate", "post_not_found"]), count: 0...500),
                                "duplicate: the same within half an hour.")
                        ]),
                        example: ["verdicts": ["accepted"]])
                ],
                // A like takes four; everything else one an event and four for the batch.
                statementsMax: 2_004
            ) { request in
                let verdicts = try await record(
                    try Self.engagementEvents(request.body), by: try request.caller().account)
                return .object(status: .accepted) { json in
                    json.name("verdicts")
                    json.array(verdicts) { json, verdict in json.value(verdict.rawValue) }
                }
            },
        ]
    }

    private var engagementBody: Schema {
        .object([
            .required(
                "events",
                .array(
                    .object([
                        .required("post", .id(of: Post.self)),
                        .required("type", .choice(EngagementEvent.Kind.allCases.map(\.name))),
                        .optional("watched_ms", .integer(0...86_400_000), "How long, for a watch."),
                    ]), count: 1...500))
        ])
    }

    private static func engagementEvents(_ body: JSON) throws -> [EngagementEvent] {
        try (body["events"]?.array ?? []).map { event in
            guard let post = event["post"]?.string.flatMap({ ID<Post>($0) }),
                let kind = event["type"]?.string.flatMap({ EngagementEvent.Kind(name: $0) })
            else { throw Problem.invalidField("/events", "invalid_id", "must name posts") }
            return EngagementEvent(post: post, kind: kind, watchedMilliseconds: event["watched_ms"]?.integer ?? 0)
        }
    }
}
