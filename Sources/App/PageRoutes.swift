import Flows
import HTTP
import HTTPTypes

/// The page at `/`: files that are part of the binary, and the pictures of the demonstration.
enum PageRoutes {
    static let all: [Route] = [
        file("/", "text/html; charset=utf-8", PackageResources.index_html),
        file("/page/style.css", "text/css; charset=utf-8", PackageResources.style_css),
        script("api", PackageResources.api_js), script("app", PackageResources.app_js),
        script("elements", PackageResources.elements_js), script("posts", PackageResources.posts_js),
        script("shop", PackageResources.shop_js),
        picture,
    ]

    private static let picture = Route(
        .get, "/demo/pictures/{name}", "A picture of the demonstration", tag: "page", access: .anyone,
        answers: [.init(.ok, "SVG", contentType: "image/svg+xml"), .problem(.notFound, "picture_not_found")],
        statementsMax: 0
    ) { request in
        guard let picture = DemoPicture(name: request.parameter("name")) else {
            throw Problem.notFound("picture_not_found", "Nothing of that name can be drawn.")
        }
        var reply = Reply(.ok, headers: [.contentType: "image/svg+xml"], body: Array(picture.svg.utf8))
        reply.headers[.cacheControl] = "public, max-age=31536000, immutable"
        reply.headers[.contentSecurityPolicy] = "default-src 'none'"
        return reply
    }

    /// Scripts and styles from here alone; pictures and videos from wherever people keep them.
    private static let policy =
        "default-src 'self'; img-src 'self' https: http: data:; media-src 'self' https: http:; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    private static func script(_ name: String, _ bytes: [UInt8]) -> Route {
        file("/page/\(name).js", "text/javascript; charset=utf-8", bytes)
    }

    private static func file(_ path: String, _ type: String, _ bytes: [UInt8]) -> Route {
        Route(
            .get, path, "The page", tag: "page", access: .anyone,
            answers: [.init(.ok, "A file", contentType: type)], statementsMax: 0, hasETag: true
        ) { _ in
            var reply = Reply(.ok, headers: [.contentType: type], body: bytes)
            reply.headers[.contentSecurityPolicy] = policy
            return reply
        }
    }
}
