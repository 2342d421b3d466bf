import Core
import HTTP
import HTTPTypes
import Testing

/// What a body can be that it must not be. Nothing of it is ever half done.
@Suite struct BadBodyTests {
    struct Malformed: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]

        init(_ name: String, _ text: String) {
            self.init(name, Array(text.utf8))
        }

        init(_ name: String, _ bytes: [UInt8]) {
            (testDescription, self.bytes) = (name, bytes)
        }
    }

    static let malformed = [
        Malformed("nothing", ""), Malformed("spaces", "   "), Malformed("torn", #"{"caption":"a"#),
        Malformed("two documents", #"{"caption":"a"}{"caption":"b"}"#),
        Malformed("trailing comma", #"{"caption":"a",}"#),
        Malformed("single quotes", "{'caption':'a'}"), Malformed("bare word", "caption"),
        Malformed("deep arrays", String(repeating: "[", count: 10_000)),
        Malformed("deep objects", String(repeating: #"{"a":"#, count: 2_000)),
        Malformed("repeated name", #"{"caption":"a","caption":"b"}"#),
        Malformed("lone surrogate", #"{"caption":"\uD800"}"#), Malformed("bad escape", #"{"caption":"\x41"}"#),
        Malformed("raw line break", "{\"caption\":\"a\nb\"}"), Malformed("leading zero", #"{"caption":01}"#),
        Malformed("infinite number", #"{"caption":1e999}"#), Malformed("not a number", #"{"caption":NaN}"#),
        Malformed("byte order mark", [0xEF, 0xBB, 0xBF] + Array(#"{"caption":"a"}"#.utf8)),
        Malformed("Latin-1", Array(#"{"caption":""#.utf8) + [0xE9] + Array(#""}"#.utf8)),
        Malformed("overlong UTF-8", Array(#"{"caption":""#.utf8) + [0xC0, 0x80] + Array(#""}"#.utf8)),
        Malformed("UTF-16", [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]),
    ]

    @Test(arguments: malformed) func whatIsNotJSONIsRefused(_ sample: Malformed) async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let answer = try await plaza.send(
                .post, "/v1/posts", as: ann, headers: [.contentType: "application/json"], bytes: sample.bytes)
            #expect(answer.code == "malformed_json")
            #expect(answer.status == .badRequest)
            #expect(try await plaza.send(.get, "/v1/accounts/ann/posts").items.isEmpty)
        }
    }

    struct Misfit: Sendable, CustomTestStringConvertible {
        let method: HTTPRequest.Method
        let path: String
        let body: JSON
        let faults: [String]

        init(_ method: HTTPRequest.Method, _ path: String, _ body: JSON, _ faults: String...) {
            (self.method, self.path, self.body, self.faults) = (method, path, body, faults)
        }

        var testDescription: String { "\(method) \(path) \(body.text.prefix(80))" }
    }

    private static let image: JSON = ["kind": "image", "url": "https://cdn.example/a.jpg"]

    static let misfits = [
        Misfit(.post, "/v1/posts", [], " wrong_type"),
        Misfit(.post, "/v1/posts", "caption", " wrong_type"),
        Misfit(.post, "/v1/posts", nil, " wrong_type"),
        Misfit(.post, "/v1/posts", [:], "/caption too_short"),
        Misfit(.post, "/v1/posts", ["caption": ""], "/caption too_short"),
        Misfit(.post, "/v1/posts", ["caption": 7], "/caption wrong_type"),
        Misfit(.post, "/v1/posts", ["caption": nil], "/caption wrong_type"),
        Misfit(.post, "/v1/posts", ["caption": ["a"]], "/caption wrong_type"),
        Misfit(.post, "/v1/posts", ["captain": "a"], "/captain unknown_field"),
        Misfit(.post, "/v1/posts", ["caption": "a", "a/b~c": 1], "/a~1b~0c unknown_field"),
        Misfit(.post, "/v1/posts", ["caption": "a", "visibility": "friends"], "/visibility not_a_choice"),
        Misfit(.post, "/v1/posts", ["caption": "a\u{0}b"], "/caption control_character"),
        Misfit(.post, "/v1/posts", ["caption": "a\u{1B}[31m"], "/caption control_character"),
        Misfit(.post, "/v1/posts", ["caption": "a\u{7F}"], "/caption control_character"),
        Misfit(.post, "/v1/posts", ["caption": "a\u{202E}b"], "/caption control_character"),
        Misfit(.post, "/v1/posts", ["caption": .string(String(repeating: "é", count: 2_001))], "/caption too_long"),
        Misfit(.post, "/v1/posts", ["media": .array(Array(repeating: image, count: 11))], "/media too_many"),
        Misfit(
            .post, "/v1/posts", ["media": [["kind": "sound", "url": "ftp://a.example/b"]]],
            "/media/0/kind not_a_choice", "/media/0/url invalid_format"),
        Misfit(
            .post, "/v1/posts", ["media": [["kind": "image", "url": "https://a.example/b", "width": 0]]],
            "/media/0/width too_small"),
        Misfit(
            .post, "/v1/posts", ["media": [["kind": "image", "url": "https://a.example/b", "width": .number(1.5)]]],
            "/media/0/width wrong_type"),
        Misfit(
            .post, "/v1/posts", ["media": [["kind": "image", "url": "https://a.example/b", "height": 9_999_999]]],
            "/media/0/height too_large"),
        Misfit(.post, "/v1/posts", ["products": ["pst_0D3PZ7XGQW4K1"]], "/products/0 invalid_id"),
        Misfit(.post, "/v1/posts", ["products": ["prd_ZZZZZZZZZZZZZ"]], "/products/0 invalid_id"),
        Misfit(.post, "/v1/engagements", [:], "/events missing"),
        Misfit(.post, "/v1/engagements", ["events": []], "/events too_few"),
        Misfit(
            .post, "/v1/engagements", ["events": .array(Array(repeating: 1, count: 501))], "/events too_many"),
        Misfit(
            .post, "/v1/engagements", ["events": [["post": "pst_0D3PZ7XGQW4K1", "type": "watch", "watched_ms": -1]]],
            "/events/0/watched_ms too_small"),
        Misfit(
            .post, "/v1/engagements",
            ["events": [["post": "pst_0D3PZ7XGQW4K1", "type": "watch", "watched_ms": .number(1e300)]]],
            "/events/0/watched_ms wrong_type"),
        Misfit(.post, "/v1/friend-requests", ["account": "ann"], "/account invalid_id"),
        Misfit(.post, "/v1/friend-requests", ["account": "acc_UUUUUUUUUUUUU"], "/account invalid_id"),
        Misfit(.patch, "/v1/me", ["display_name": "   "], "/display_name too_short"),
        Misfit(.patch, "/v1/me", ["display_name": "a\nb"], "/display_name control_character"),
        Misfit(.patch, "/v1/me", ["email": "nobody"], "/email invalid_format"),
        Misfit(.patch, "/v1/me", ["avatar_url": "javascript:alert(1)"], "/avatar_url invalid_format"),
        Misfit(.patch, "/v1/me", ["role": "administrator"], "/role unknown_field"),
        Misfit(
            .post, "/v1/accounts", ["handle": "x"], "/handle too_short", "/password missing", "/display_name missing"),
        Misfit(
            .post, "/v1/accounts", ["handle": "a b", "password": "password", "display_name": "A"],
            "/handle invalid_handle", "/password password_guessable"),
        Misfit(
            .post, "/v1/accounts", ["handle": "admin", "password": "of the evening", "display_name": "A"],
            "/handle reserved_handle"),
        Misfit(
            .put, "/v1/me/password", ["current_password": "", "new_password": "short"],
            "/current_password too_short", "/new_password too_short"),
        Misfit(.post, "/v1/sessions", ["login": "ann", "password": true], "/password wrong_type"),
    ]

    @Test(arguments: misfits) func whatDoesNotFitIsSaidFieldByField(_ sample: Misfit) async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let before = try await plaza.send(.get, "/v1/me/export", as: ann).json
            let answer = try await plaza.send(sample.method, sample.path, as: ann, body: sample.body)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.code == "invalid_fields")
            #expect(answer.faults == sample.faults)
            #expect(try await plaza.send(.get, "/v1/me/export", as: ann).json == before)
        }
    }

    @Test(arguments: [
        nil, "text/plain", "application/jsonp", "application/x-www-form-urlencoded", "multipart/form-data",
    ])
    func aBodyThatDoesNotSayItIsJSONIsRefused(_ type: String?) async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            var headers = HTTPFields()
            headers[.contentType] = type
            let bytes = Array(#"{"caption":"a"}"#.utf8)
            let answer = try await plaza.send(.post, "/v1/posts", as: ann, headers: headers, bytes: bytes)
            #expect(answer.status == .unsupportedMediaType)
            #expect(answer.code == "unsupported_media_type")
        }
    }

    @Test(arguments: ["application/json", "application/json; charset=utf-8", "Application/JSON ;charset=UTF-8"])
    func aBodyThatSaysItIsJSONIsTaken(_ type: String) async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let answer = try await plaza.send(
                .post, "/v1/posts", as: ann, headers: [.contentType: type], body: ["caption": "a"])
            #expect(answer.status == .created)
        }
    }

    @Test func aCompressedBodyIsNotMistakenForText() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let headers: HTTPFields = [.contentType: "application/json", .contentEncoding: "gzip"]
            let answer = try await plaza.send(.post, "/v1/posts", as: ann, headers: headers, bytes: [0x1F, 0x8B, 8, 0])
            #expect(answer.code == "unsupported_media_type")
        }
    }

    @Test func aBodyOverTheLimitIsRefused() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let text = JSON.string(String(repeating: "a", count: 70_000))
            let answer = try await plaza.send(.post, "/v1/posts", as: ann, body: ["caption": text])
            #expect(answer.status == .contentTooLarge)
            #expect(answer.code == "body_too_large")
            #expect(try await plaza.send(.get, "/v1/accounts/ann/posts").items.isEmpty)
        }
    }

    @Test func whatIsWrongIsSaidTwentyTimesAtMost() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let events = JSON.array(Array(repeating: [:], count: 500))
            let answer = try await plaza.send(.post, "/v1/engagements", as: ann, body: ["events": events])
            #expect(answer.faults.count == 20)
        }
    }

    /// Text is kept as it came: no normalisation, no trimming, no escape that is undone twice.
    @Test(arguments: [
        "<script>alert(1)</script>", "'; DROP TABLE post; --", "\\u0041 \\n", "a\u{301} \u{200F} 👩‍👩‍👧 ﷺ",
        "\"\\/\t\n",
        "%00 %s {0} ${x}", " leading and trailing ", "\u{FEFF}\u{FFFD}\u{10FFFF}",
    ])
    func textComesBackAsItWent(_ text: String) async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let post = try await plaza.publish(text, by: ann)
            let answer = try await plaza.send(.get, "/v1/posts/\(post)")
            let returned = answer.json["caption"]?.string
            #expect(returned?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
        }
    }
}
