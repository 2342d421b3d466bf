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
                statementsMax: 5
            ) { request in
                let post = try request.id("post", of: Post.self)
                let position = PostPosition(of: post, publisher)
                return .comments(
                    try await comments(
                        of: post, cursor: request.cursor, limit: request.limit, viewer: request.viewer), position)
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
                statementsMax: 4
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
                statementsMax: 6
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
