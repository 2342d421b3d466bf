import Core
import HTTP
import HTTPTypes

extension SocialService {
    var postRoutes: [Route] {
        [
            Route(
                .post, "/v1/posts", "Publish a post", tag: "posts", access: .session,
                body: .init(
                    .object([
                        .optional("caption", SocialShapes.caption),
                        .optional("media", SocialShapes.mediaList),
                        .optional("products", SocialShapes.productList),
                        .optional("visibility", SocialShapes.visibility, "public unless told."),
                    ]),
                    example: [
                        "caption": "New bowls, fresh from the kiln", "products": ["prd_0D3PZ7XGQW4K1"],
                        "visibility": "public",
                    ], bytesMax: 64 * 1_024
                ),
                answers: [.init(.created, "The post", SocialShapes.post, example: SocialShapes.postExample)],
                // Six without products. Those are looked up in one and tagged in up to four: batches are powers of two.
                statementsMax: 11
            ) { request in
                let post = try await publish(Self.draft(request.body), by: try request.caller().account)
                return .post(post, status: .created)
            },
            Route(
                .get, "/v1/posts/{post}", "One post with its first comments", tag: "posts", access: .visitor,
                answers: [
                    .init(
                        .ok, "The post", SocialShapes.postWithComments, example: SocialShapes.postWithCommentsExample),
                    .init(.notModified, "It is still what If-None-Match names"),
                    .problem(.notFound, "post_not_found"),
                ],
                statementsMax: 7, hasETag: true
            ) { request in
                let id = try request.id("post", of: Post.self)
                let position = PostPosition(of: id, publisher)
                let (view, comments) = try await post(id, viewer: request.viewer)
                return .json(view.json(with: comments, position))
            },
            Route(
                .patch, "/v1/posts/{post}", "Change a post of one's own", tag: "posts", access: .session,
                body: .init(
                    .object([
                        .optional("caption", SocialShapes.caption),
                        .optional("media", SocialShapes.mediaList),
                        .optional("products", SocialShapes.productList),
                        .optional("visibility", SocialShapes.visibility),
                    ]), example: ["caption": "Bowls, the last three"], bytesMax: 64 * 1_024),
                answers: [
                    .init(.ok, "The post", SocialShapes.post, example: SocialShapes.postExample),
                    .problem(.notFound, "post_not_found"), .problem(.forbidden, "not_yours"),
                ],
                // Six without products; one looks those up, one unties the old and four the new ones.
                statementsMax: 12
            ) { request in
                .post(
                    try await edit(try request.id("post"), Self.change(request.body), by: try request.caller().account))
            },
            Route(
                .delete, "/v1/posts/{post}", "Delete a post of one's own, or as a moderator", tag: "posts",
                access: .session,
                answers: [
                    .init(.noContent, "Deleted"), .problem(.notFound, "post_not_found"),
                    .problem(.forbidden, "not_yours"),
                ],
                statementsMax: 6
            ) { request in
                try await delete(
                    try request.id("post"), by: try request.caller().account, isModerator: request.isModerator)
                return .noContent
            },
            Route(
                .put, "/v1/posts/{post}/like", "Like a post; again is the same", tag: "posts", access: .session,
                answers: [.init(.noContent, "Liked"), .problem(.notFound, "post_not_found")], statementsMax: 4
            ) { request in
                try await like(try request.id("post"), by: try request.caller().account)
                return .noContent
            },
            Route(
                .delete, "/v1/posts/{post}/like", "Take a like back", tag: "posts", access: .session,
                answers: [.init(.noContent, "Not liked"), .problem(.notFound, "post_not_found")], statementsMax: 3
            ) { request in
                try await unlike(try request.id("post"), by: try request.caller().account)
                return .noContent
            },
        ]
    }

    private static func draft(_ body: JSON) -> PostDraft {
        PostDraft(
            caption: body["caption"]?.string ?? "",
            media: body["media"] ?? [],
            products: products(body["products"]),
            visibility: body["visibility"]?.string.flatMap { Post.Visibility(name: $0) } ?? .everyone)
    }

    private static func change(_ body: JSON) -> PostChange {
        var change = PostChange()
        change.caption = body["caption"]?.string
        change.media = body["media"]
        change.products = body["products"].map(products)
        change.visibility = body["visibility"]?.string.flatMap { Post.Visibility(name: $0) }
        return change
    }

    private static func products(_ list: JSON?) -> [ID<Product>] {
        list?.array?.compactMap { $0.string.flatMap { ID($0) } } ?? []
    }
}

extension Reply {
    fileprivate static func post(_ post: PostView, status: HTTPResponse.Status = .ok) -> Reply {
        var json = JSONWriter(capacity: 1_024)
        post.write(to: &json)
        return .json(json.finish(), status: status)
    }
}

extension PostView {
    /// The post as one object that ends with its first comments and where its channel stood.
    fileprivate func json(with comments: CommentPage, _ position: PostPosition) -> [UInt8] {
        var json = JSONWriter(capacity: capacity + 144 + comments.page.capacity)
        json.object(continuing: card.json) { json in
            writeMembers(to: &json)
            json.name("comments")
            comments.page.write(to: &json)
            json.member("comment_revision", comments.revision)
            position.write(to: &json)
        }
        return json.finish()
    }
}
