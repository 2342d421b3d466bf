import App
import Core
import HTTP
import HTTPTypes
import PlazaTesting
import Testing

/// What HTTP itself asks of every route.
@Suite struct HTTPRulesTests {
    @Test func aMethodThatIsNotTakenIsToldWhichAre() async throws {
        try await withPlaza { plaza in
            for (method, path, allowed) in [
                (.post, "/v1/me", "GET, HEAD, PATCH, DELETE"), (.delete, "/v1/posts", "POST"),
                (.head, "/v1/posts", "POST"),
                (.put, "/livez", "GET, HEAD"), (.options, "/livez", "GET, HEAD"), (.trace, "/v1/feed", "GET, HEAD"),
            ] as [(HTTPRequest.Method, String, String)] {
                let answer = try await plaza.send(method, path)
                #expect(answer.status == .methodNotAllowed)
                let given = Set(answer.headers[.allow]?.split(separator: ", ") ?? [])
                #expect(given == Set(allowed.split(separator: ", ")), "\(method) \(path)")
            }
        }
    }

    @Test(arguments: ["/v1", "/v1/nothing", "/v2/me", "/v1/posts/a/b/c", "/.env", "/v1/me/../me", "/%2e", "/V1/me"])
    func whatIsNotThereIsNotFound(_ path: String) async throws {
        try await withPlaza { plaza in
            let answer = try await plaza.send(.get, path)
            #expect(answer.status == .notFound)
            #expect(answer.code == "route_not_found")
        }
    }

    @Test(arguments: ["/livez", "/v1/feed", "/openapi.json", "/v1/me", "/v1/nothing"])
    func headSaysWhatGetWould(_ path: String) async throws {
        try await withPlaza { plaza in
            let get = try await plaza.send(.get, path)
            let head = try await plaza.send(.head, path)
            #expect(head.status == get.status)
            #expect(head.bytes.isEmpty)
            #expect(head.headers[.contentLength] == String(get.bytes.count))
            #expect(head.headers[.contentType] == get.headers[.contentType])
            #expect(head.headers[.eTag] == get.headers[.eTag])
        }
    }

    @Test func aTagThatMatchesIsNotSentAgain() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let post = try await plaza.publish(by: ann)
            let path = "/v1/posts/\(post)"
            let first = try await plaza.send(.get, path, as: ben)
            let tag = try #require(first.headers[.eTag])
            for condition in [tag, "*", "\"other\", \(tag)"] {
                let same = try await plaza.send(.get, path, as: ben, headers: [.ifNoneMatch: condition])
                #expect(same.status == .notModified)
                #expect(same.headers[.eTag] == tag)
            }
            #expect(try await plaza.send(.get, path, as: ben, headers: [.ifNoneMatch: "\"other\""]).status == .ok)
            _ = try await plaza.send(.put, "\(path)/like", as: ben)
            let changed = try await plaza.send(.get, path, as: ben, headers: [.ifNoneMatch: tag])
            #expect(changed.status == .ok)
            #expect(changed.headers[.eTag] != tag)
        }
    }

    @Test(arguments: [("gzip", true), ("br, gzip;q=0.5", true), ("identity", false), ("gzip;q=0", false), ("", false)])
    func aLongAnswerIsCompressedForThoseWhoTakeIt(_ encoding: String, _ isCompressed: Bool) async throws {
        try await withPlaza { plaza in
            let plain = try await plaza.send(.get, "/openapi.json")
            #expect(plain.headers[.vary] == "Accept-Encoding")
            let answer = try await plaza.send(.get, "/openapi.json", headers: [.acceptEncoding: encoding])
            #expect((answer.headers[.contentEncoding] == "gzip") == isCompressed)
            #expect(answer.headers[.eTag] == plain.headers[.eTag])
            #expect((answer.bytes.count < plain.bytes.count) == isCompressed)
        }
    }

    @Test func browsersMayCallFromOriginsThatAreAllowed() async throws {
        try await withPlaza(["PLAZA_ALLOWED_ORIGINS": "https://shop.example"]) { plaza in
            let allowed = try await plaza.preflight(from: "https://shop.example")
            #expect(allowed.status == .noContent)
            #expect(allowed.headers[.accessControlAllowOrigin] == "https://shop.example")
            #expect(allowed.headers[.accessControlAllowMethods]?.contains("PATCH") == true)
            #expect(allowed.headers[.accessControlAllowHeaders]?.contains("Authorization") == true)
            #expect(allowed.headers[.vary] == "Origin")
            let answer = try await plaza.send(.get, "/v1/feed", headers: [.origin: "https://shop.example"])
            #expect(answer.headers[.accessControlAllowOrigin] == "https://shop.example")
            #expect(answer.headers[.accessControlAllowCredentials] == nil)
            for origin in ["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"] {
                let refused = try await plaza.preflight(from: origin)
                #expect(refused.status == .forbidden)
                #expect(refused.headers[.accessControlAllowOrigin] == nil)
                let plain = try await plaza.send(.get, "/v1/feed", headers: [.origin: origin])
                #expect(plain.headers[.accessControlAllowOrigin] == nil)
            }
        }
    }

    @Test func whoAsksTooOftenIsToldWhenToComeBack() async throws {
        try await withPlaza(["PLAZA_RATE_READ": "3", "PLAZA_RATE_WRITE": "2"]) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            for _ in 0..<3 { #expect(try await plaza.send(.get, "/v1/feed", as: ann).status == .ok) }
            let limited = try await plaza.send(.get, "/v1/feed", as: ann)
            #expect(limited.status == .tooManyRequests)
            #expect(limited.code == "rate_limited")
            let seconds = try #require(limited.headers[.retryAfter].flatMap { Int($0) })
            #expect((1...20).contains(seconds))
            #expect(limited.headers[.rateLimit] == "\"read\";r=0;t=\(seconds)")
            #expect(limited.headers[.rateLimitPolicy] == "\"read\";q=3;w=60")
            // Others, other kinds of request and probes go on.
            #expect(try await plaza.send(.get, "/v1/feed", as: ben).status == .ok)
            _ = try await plaza.publish(by: ann)
            #expect(try await plaza.send(.get, "/livez").status == .ok)
        }
    }

    @Test func addressesAreLimitedWhereThereIsNoSession() async throws {
        try await withPlaza(["PLAZA_RATE_READ": "1"]) { plaza in
            for (address, isLimited) in [
                ("192.0.2.1", false), ("192.0.2.1", true), ("192.0.2.2", false), ("evil, 192.0.2.2", true),
                ("2001:db8::1", false), ("2001:db8::2", true), ("2001:db8:0:1::1", false),
            ] {
                let answer = try await plaza.send(.get, "/v1/feed", headers: [.forwardedFor: address])
                #expect((answer.status == .tooManyRequests) == isLimited, "\(address)")
            }
        }
    }

    @Test func whatTheServerIsMadeOfIsNotTold() async throws {
        try await withPlaza { plaza in
            let answer = try await plaza.send(.get, "/livez")
            #expect(answer.headers[.server] == nil)
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(
                try await plaza.send(.get, "/").headers[.contentSecurityPolicy]?.contains("default-src 'self'") == true)
        }
    }
}

extension PlazaFixture {
    fileprivate func preflight(from origin: String) async throws -> Answer {
        try await send(
            .options, "/v1/posts", headers: [.origin: origin, .accessControlRequestMethod: "POST"])
    }
}
