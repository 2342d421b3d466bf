import Core
import HTTP
import HTTPTypes

@testable import Social

/// People and posts that every route finds something among.
struct RouteWorld: Sendable {
    let plaza: SocialFixture
    /// Who calls.
    let bob: ID<Account>
    /// Publishes.
    let ann: ID<Account>
    /// Has asked Bob to be friends.
    let cleo: ID<Account>
    /// A friend of Bob's.
    let dan: ID<Account>
    /// Nothing ties her to Bob.
    let eve: ID<Account>
    let gus: ID<Account>
    let post: ID<Post>
    let bobsPost: ID<Post>
    /// Bob's, on Ann's post, with a reply of Ann's.
    let comment: ID<Comment>
    let request: ID<FriendRequest>
    /// Cleo's, to follow Bob.
    let followRequest: ID<FollowRequest>

    init(_ plaza: SocialFixture) async throws {
        self.plaza = plaza
        bob = try await plaza.person("bob")
        ann = try await plaza.person("ann")
        cleo = try await plaza.person("cleo")
        dan = try await plaza.person("dan")
        eve = try await plaza.person("eve")
        try await plaza.social.follow(ann, by: bob)
        try await plaza.social.follow(bob, by: ann)
        let media: JSON = [["kind": "image", "url": "https://cdn.example/bowl.jpg", "width": 1_080, "alt": "A bowl"]]
        let draft = PostDraft(caption: "Blue \"glaze\"\nbowls", media: media, products: [ID(rawValue: 5)])
        post = try await plaza.social.publish(draft, by: ann).card.id
        bobsPost = try await plaza.publish("Red glaze", by: bob)
        comment = try await plaza.social.comment("Lovely", on: post, parent: nil, by: bob).id
        _ = try await plaza.social.comment("Thanks", on: post, parent: comment, by: ann)
        _ = try await plaza.social.editComment(comment, text: "Lovely", by: bob)
        guard case .requested(let id) = try await plaza.social.requestFriendship(with: bob, by: cleo) else {
            throw SocialError.alreadyFriends
        }
        request = id
        // Gus approves his followers, and Bob waits; so does Cleo for Bob.
        gus = try await plaza.person("gus")
        try await plaza.social.setApprovesFollowers(true, gus)
        try await plaza.social.follow(gus, by: bob)
        try await plaza.social.setApprovesFollowers(true, bob)
        try await plaza.social.follow(bob, by: cleo)
        followRequest = try await plaza.social.followRequests(.incoming, of: bob, cursor: nil, limit: 1).items[0].id
        _ = try await plaza.social.requestFriendship(with: bob, by: dan)
        _ = try await plaza.social.requestFriendship(with: dan, by: bob)
        _ = try await plaza.social.requestFriendship(with: try await plaza.person("fay"), by: bob)
        try await plaza.social.block(try await plaza.person("foe"), by: bob)
        try await plaza.runJobs()
        try await plaza.index()
    }
}

/// A call that a route answers with success.
struct RouteCall: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let status: HTTPResponse.Status
    let query: [(name: String, value: String)]
    let parameter: @Sendable (RouteWorld) -> String
    let body: @Sendable (RouteWorld) -> JSON

    static let all: [RouteCall] = feeds + posts + comments + changes + people + followRequests + friends

    private static let changes: [RouteCall] = [
        RouteCall(
            .get, "/v1/posts/{post}/comments/changes", query: [("after_revision", "0")],
            parameter: { "\($0.post)" })
    ]

    private static let feeds: [RouteCall] = [
        RouteCall(.get, "/v1/feed", query: [("kind", "home")]),
        RouteCall(.get, "/v1/feed", query: [("limit", "1")]),
        RouteCall(.get, "/v1/accounts/{account}/posts", parameter: { "\($0.ann)" }),
        RouteCall(.get, "/v1/accounts/{account}/posts", parameter: { _ in "ANN" }),
        RouteCall(.get, "/v1/products/{product}/posts", parameter: { _ in "prd_0000000000005" }),
        RouteCall(
            .post, "/v1/engagements", .accepted,
            body: { world in
                let events = ["view", "like", "share", "watch", "view"].map { kind -> JSON in
                    ["post": .string("\(world.post)"), "type": .string(kind), "watched_ms": 1_000]
                }
                return ["events": .array(events)]
            }),
        RouteCall(.get, "/v1/search/posts", query: [("query", "glaze")]),
        RouteCall(.get, "/v1/search/posts", query: [("query", "glzae")]),
        RouteCall(.get, "/v1/search/accounts", query: [("query", "ann")]),
        RouteCall(.get, "/v1/search/accounts", query: [("query", "palza")]),
    ]

    private static let posts: [RouteCall] = [
        RouteCall(.post, "/v1/posts", .created, body: { _ in ["caption": "New", "visibility": "followers"] }),
        RouteCall(
            .post, "/v1/posts", .created,
            body: { _ in
                ["products": .array((1...15 as ClosedRange<Int64>).map { .string("\(ID<Product>(rawValue: $0))") })]
            }),
        RouteCall(.get, "/v1/posts/{post}", parameter: { "\($0.post)" }),
        RouteCall(
            .patch, "/v1/posts/{post}", parameter: { "\($0.bobsPost)" },
            body: { _ in ["caption": "Old", "media": [], "products": ["prd_0000000000007"], "visibility": "public"] }),
        RouteCall(.delete, "/v1/posts/{post}", .noContent, parameter: { "\($0.bobsPost)" }),
        RouteCall(.put, "/v1/posts/{post}/like", .noContent, parameter: { "\($0.post)" }),
        RouteCall(.delete, "/v1/posts/{post}/like", .noContent, parameter: { "\($0.post)" }),
    ]

    private static let comments: [RouteCall] = [
        RouteCall(.get, "/v1/posts/{post}/comments", parameter: { "\($0.post)" }),
        RouteCall(
            .post, "/v1/posts/{post}/comments", .created, parameter: { "\($0.post)" },
            body: { ["text": "Hm", "parent": .string("\($0.comment)")] }),
        RouteCall(
            .post, "/v1/posts/{post}/comments", .created, parameter: { "\($0.post)" },
            body: { _ in ["text": "Hm", "parent": nil] }),
        RouteCall(.get, "/v1/comments/{comment}/replies", parameter: { "\($0.comment)" }),
        RouteCall(
            .patch, "/v1/comments/{comment}", parameter: { "\($0.comment)" }, body: { _ in ["text": "Lovelier"] }),
        RouteCall(.delete, "/v1/comments/{comment}", .noContent, parameter: { "\($0.comment)" }),
    ]

    private static let people: [RouteCall] = [
        RouteCall(.get, "/v1/accounts/{account}", parameter: { "\($0.ann)" }),
        RouteCall(.get, "/v1/accounts/{account}", parameter: { _ in "bob" }),
        RouteCall(.put, "/v1/accounts/{account}/follow", .noContent, parameter: { "\($0.eve)" }),
        RouteCall(.delete, "/v1/accounts/{account}/follow", .noContent, parameter: { "\($0.ann)" }),
        RouteCall(.get, "/v1/accounts/{account}/followers", parameter: { "\($0.bob)" }),
        RouteCall(.get, "/v1/accounts/{account}/following", parameter: { "\($0.bob)" }),
        RouteCall(.put, "/v1/accounts/{account}/block", .noContent, parameter: { "\($0.dan)" }),
        RouteCall(.delete, "/v1/accounts/{account}/block", .noContent, parameter: { "\($0.dan)" }),
        RouteCall(.get, "/v1/blocks"),
    ]

    private static let followRequests: [RouteCall] = [
        RouteCall(.put, "/v1/accounts/{account}/follow", .accepted, parameter: { "\($0.gus)" }),
        RouteCall(.get, "/v1/follow-requests"),
        RouteCall(.get, "/v1/follow-requests", query: [("direction", "outgoing")]),
        RouteCall(.post, "/v1/follow-requests/{request}/approve", .noContent, parameter: { "\($0.followRequest)" }),
        RouteCall(.delete, "/v1/follow-requests/{request}", .noContent, parameter: { "\($0.followRequest)" }),
        RouteCall(.get, "/v1/follow-requests/settings"),
        RouteCall(.put, "/v1/follow-requests/settings", body: { _ in ["approves_followers": true] }),
    ]

    private static let friends: [RouteCall] = [
        RouteCall(.post, "/v1/friend-requests", body: { ["account": .string("\($0.eve)")] }),
        RouteCall(.post, "/v1/friend-requests", body: { ["account": .string("\($0.cleo)")] }),
        RouteCall(.get, "/v1/friend-requests"),
        RouteCall(.get, "/v1/friend-requests", query: [("direction", "outgoing")]),
        RouteCall(.post, "/v1/friend-requests/{request}/accept", .noContent, parameter: { "\($0.request)" }),
        RouteCall(.delete, "/v1/friend-requests/{request}", .noContent, parameter: { "\($0.request)" }),
        RouteCall(.get, "/v1/friends"),
        RouteCall(.delete, "/v1/friends/{account}", .noContent, parameter: { "\($0.dan)" }),
    ]

    init(
        _ method: HTTPRequest.Method, _ path: String, _ status: HTTPResponse.Status = .ok,
        query: [(name: String, value: String)] = [],
        parameter: @escaping @Sendable (RouteWorld) -> String = { _ in "" },
        body: @escaping @Sendable (RouteWorld) -> JSON = { _ in .null }
    ) {
        self.method = method
        self.path = path
        self.status = status
        self.query = query
        self.parameter = parameter
        self.body = body
    }

    var name: String { "\(method) \(path)" }

    /// As the server would ask after its checks.
    func request(in world: RouteWorld, as principal: Principal?) -> RouteRequest {
        let parameters = path.split(separator: "/").filter { $0.first == "{" }.map { segment in
            (name: String(segment.dropFirst().dropLast()), value: parameter(world))
        }
        return RouteRequest(
            id: "req", method: method, path: path, headers: [:], address: "192.0.2.1", principal: principal,
            parameters: parameters, query: query, body: body(world))
    }
}
