import Core
import HTTP
import HTTPTypes

extension SocialService {
    var commentRoutes: [Route] {
        [
            Route(
                .get, "/v1/posts/{post}/comments", "Comments on a post, oldest first", tag: "comments",
                access: .visitor, query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of comments", SocialShapes.postComments, example: SocialShapes.postCommentsExample),
                    .problem(.notFound, "post_not_found"), .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 6
            ) { request in
                let post = try request.id("post", of: Post.self)
                let position = PostPosition(of: post, publisher)
                return .comments(
                    try await comments(
                        of: post, cursor: request.cursor, limit: request.limit, viewer: request.viewer), position)
            },
            Route(
                .get, "/v1/posts/{post}/comments/changes",
                """
                Comments and replies that were edited or deleted after a revision, in that order, each as it is now; keep the \
                last page's revision for the next time
                """, tag: "comments", access: .visitor,
                query: [
                    .init(
                        "after_revision", .integer(0...(.max)), "That of what the client holds; 0 unless told.",
                        example: "3")
                ] + Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of changes", SocialShapes.commentChanges,
                        example: SocialShapes.commentChangesExample),
                    .problem(.notFound, "post_not_found"), .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 6
            ) { request in
                let post = try request.id("post", of: Post.self)
                let position = PostPosition(of: post, publisher)
                let changes = try await commentChanges(
                    of: post, after: request.queryValue("after_revision").flatMap { Int64($0) } ?? 0,
                    cursor: request.cursor, limit: request.limit, viewer: request.viewer)
                return .object { json in
                    json.name("items")
                    json.array(changes.page.items) { json, change in
                        json.object { json in
                            json.member("id", change.id)
                            json.name("comment")
                            if let comment = change.comment { json.raw(comment.json) } else { json.null() }
                        }
                    }
                    json.member("next", changes.page.next)
                    json.member("revision", changes.revision)
                    position.write(to: &json)
                }
            },
            Route(
                .post, "/v1/posts/{post}/comments", "Comment on a post, or reply to a comment", tag: "comments",
                access: .session,
                body: .init(
                    .object([
                        .required("text", SocialShapes.commentText),
                        .optional("parent", .nullable(.id(of: Comment.self)), "The comment to reply to."),
                    ]), example: ["text": "Lovely glaze!"]),
                answers: [
                    .init(.created, "The comment", SocialShapes.comment, example: SocialShapes.commentExample),
                    .problem(.notFound, "post_not_found"), .problem(.notFound, "comment_not_found"),
                ],
                statementsMax: 7
            ) { request in
                let comment = try await comment(
                    request.body["text"]?.string ?? "", on: try request.id("post"),
                    parent: request.body["parent"]?.string.flatMap { ID($0) }, by: try request.caller().account)
                return .comment(comment, status: .created)
            },
            Route(
                .get, "/v1/comments/{comment}/replies", "Replies to a comment, oldest first", tag: "comments",
                access: .visitor, query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of comments", .page(of: SocialShapes.comment),
                        example: SocialShapes.page(of: SocialShapes.commentExample)),
                    .problem(.notFound, "comment_not_found"), .problem(.badRequest, "invalid_cursor"),
                ],
                statementsMax: 5
            ) { request in
                .comments(
                    try await replies(
                        to: try request.id("comment"), cursor: request.cursor, limit: request.limit,
                        viewer: request.viewer))
            },
            Route(
                .patch, "/v1/comments/{comment}", "Rewrite a comment of one's own", tag: "comments", access: .session,
                body: .init(
                    .object([.required("text", SocialShapes.commentText)]), example: ["text": "Lovely glazes!"]),
                answers: [
                    .init(.ok, "The comment", SocialShapes.comment, example: SocialShapes.commentExample),
                    .problem(.notFound, "comment_not_found"), .problem(.forbidden, "not_yours"),
                ],
                statementsMax: 5
            ) { request in
                .comment(
                    try await editComment(
                        try request.id("comment"), text: request.body["text"]?.string ?? "",
                        by: try request.caller().account))
            },
            Route(
                .delete, "/v1/comments/{comment}",
                "Delete a comment with its replies: one's own, on one's own post, or as a moderator", tag: "comments",
                access: .session,
                answers: [
                    .init(.noContent, "Deleted"), .problem(.notFound, "comment_not_found"),
                    .problem(.forbidden, "not_yours"),
                ],
                statementsMax: 8
            ) { request in
                try await deleteComment(
                    try request.id("comment"), by: try request.caller().account, isModerator: request.isModerator)
                return .noContent
            },
        ]
    }
}

extension Reply {
    fileprivate static func comment(_ comment: Comment, status: HTTPResponse.Status = .ok) -> Reply {
        .json(comment.json, status: status)
    }
}
