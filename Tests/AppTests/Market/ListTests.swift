import App
import Core
import HTTP
import HTTPTypes
import Market
import PlazaTesting
import Testing

/// Pages, cursors, query parameters and ids in paths.
@Suite struct ListTests {
    @Test func pagesFollowEachOtherWithoutGapOrRepeat() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            var posts: [String] = []
            for index in 0..<7 {
                posts.append(try await plaza.publish("Bowl \(index)", by: ann))
                plaza.clock.advance(seconds: 1)
            }
            for path in ["/v1/accounts/ann/posts", "/v1/feed?kind=explore", "/v1/feed?kind=home"] {
                var (seen, cursor): ([String], String?) = ([], nil)
                repeat {
                    let separator = path.contains("?") ? "&" : "?"
                    let rest = cursor.map { "&cursor=\($0)" } ?? ""
                    let page = try await plaza.send(.get, "\(path)\(separator)limit=3\(rest)", as: ann)
                    seen += page.items.compactMap { $0["id"]?.string }
                    cursor = page.next
                    // What is new meanwhile belongs before the first page.
                    if seen.count == 3 { _ = try await plaza.publish("New", by: ann) }
                } while cursor != nil
                let known = seen.filter { posts.contains($0) }
                #expect(known == posts.reversed(), "\(path)")
                #expect(Set(seen).count == seen.count, "\(path)")
            }
        }
    }

    @Test func aCursorIsTakenByItsOwnListAlone() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            for person in [ann, ben] {
                for index in 0..<2 { _ = try await plaza.publish("Post \(index)", by: person) }
            }
            let cursor = try #require(try await plaza.send(.get, "/v1/accounts/ann/posts?limit=1", as: ann).next)
            let tampered = String(cursor.dropFirst()) + "A"
            var bad = ["x", "AAAA", "%20", "%00", String(repeating: "A", count: 512), tampered, cursor + "A"]
            bad += [String(cursor.dropLast()), cursor.uppercased()]
            for text in bad {
                let answer = try await plaza.send(.get, "/v1/accounts/ann/posts?limit=1&cursor=\(text)", as: ann)
                let isRefused = ["invalid_cursor", "invalid_fields"].contains(answer.code)
                #expect(isRefused, "\(text): \(answer.json.text)")
            }
            let lists = plaza.plaza.routes.filter { route in
                route.query.contains { $0.name == "cursor" } && !route.path.contains("/admin/")
            }
            #expect(lists.count >= 10)
            let shop = try await plaza.shop("kiln", by: ann)
            let product = try await plaza.goods(in: shop).product
            for list in lists where list.path != "/v1/accounts/{account}/posts" {
                // Lists whose rows must exist are asked about those that do not: a cursor is no way around that.
                let path = list.path.replacing("{account}", with: ben.id)
                    .replacing("{post}", with: "pst_0000000000001").replacing("{comment}", with: "cmt_0000000000001")
                    .replacing("{shop}", with: "\(shop.id)").replacing("{variant}", with: "var_0000000000001")
                    .replacing("{import}", with: "imp_0000000000001").replacing("{product}", with: product)
                    .replacing("{conversation}", with: "cnv_0000000000001")
                    .replacing("{live}", with: "liv_0000000000001")
                let query = path.hasPrefix("/v1/search") ? "query=post&" : ""
                let answer = try await plaza.send(.get, "\(path)?\(query)cursor=\(cursor)", as: ann)
                let expected =
                    list.path.contains("{post}")
                    ? "post_not_found"
                    : list.path.contains("{comment}") ? "comment_not_found" : "invalid_cursor"
                let isRefused = answer.code == expected || answer.code == "invalid_cursor"
                #expect(isRefused, "\(path): \(answer.json.text.prefix(200))")
            }
            let others = try await plaza.send(.get, "/v1/accounts/ben/posts?cursor=\(cursor)", as: ann)
            #expect(others.code == "invalid_cursor")
        }
    }

    @Test func aStaleCursorStillWorks() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            var posts: [String] = []
            for index in 0..<3 { posts.append(try await plaza.publish("Bowl \(index)", by: ann)) }
            let cursor = try #require(try await plaza.send(.get, "/v1/accounts/ann/posts?limit=1").next)
            _ = try await plaza.send(.delete, "/v1/posts/\(posts[2])", as: ann)
            plaza.clock.advance(seconds: 90 * 86_400)
            let rest = try await plaza.send(.get, "/v1/accounts/ann/posts?limit=5&cursor=\(cursor)")
            let ids = rest.items.compactMap { $0["id"]?.string }
            #expect(ids == [posts[1], posts[0]])
        }
    }

    @Test(arguments: [
        ("limit=0", "limit too_small"), ("limit=101", "limit too_large"), ("limit=-1", "limit too_small"),
        ("limit=ten", "limit wrong_type"), ("limit=", "limit wrong_type"), ("limit", "limit wrong_type"),
        ("limit=1.5", "limit wrong_type"), ("limit=99999999999999999999", "limit too_large"),
        ("limit=1&limit=2", "limit repeated_parameter"), ("page=2", "page unknown_parameter"),
        ("Limit=1", "Limit unknown_parameter"), ("limit=%FF", "limit wrong_type"), ("cursor=", "cursor too_short"),
        ("kind=everything", "kind not_a_choice"), ("cursor=%0A", "cursor too_short"),
        ("cursor=a%00b", "cursor control_character"), ("%6Cimit=0", "%6Cimit unknown_parameter"),
    ])
    func aParameterThatIsNotTakenIsSaid(_ query: String, _ fault: String) async throws {
        try await withPlaza { plaza in
            let answer = try await plaza.send(.get, "/v1/feed?\(query)")
            #expect(answer.status == .unprocessableContent)
            #expect(answer.faults == [fault])
        }
    }

    @Test(arguments: ["", "?", "?&", "?limit=5&", "?limit=%35"])
    func aQueryThatSaysNothingIsNoProblem(_ query: String) async throws {
        try await withPlaza { plaza in
            let answer = try await plaza.send(.get, "/v1/feed\(query)")
            #expect(answer.status == .ok)
        }
    }

    @Test(arguments: [
        "acc_0D3PZ7XGQW4K1", "pst_0D3PZ7XGQW4K", "pst_UUUUUUUUUUUUU", "pst_ZZZZZZZZZZZZZ", "PST_0000000000001",
        "pst_0000000000001", "0", "-1", "..", "%2e%2e", "%00", "a%2Fb", "💥", "' OR 1=1 --",
    ])
    func aPathWithoutSuchAPostIsNotFound(_ text: String) async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let name = text.replacing(" ", with: "%20")
            #expect(try await plaza.send(.get, "/v1/posts/\(name)").code == "post_not_found")
            #expect(try await plaza.send(.put, "/v1/posts/\(name)/like", as: ann).code == "post_not_found")
            let comments = try await plaza.send(.post, "/v1/posts/\(name)/comments", as: ann, body: ["text": "a"])
            #expect(comments.code == "post_not_found")
        }
    }

    @Test func everyIdOfTheWrongKindIsNotFound() async throws {
        try await withPlaza { plaza in
            let admin = try await plaza.administrator()
            for route in plaza.plaza.routes where route.path.contains("{") {
                let path = route.path.replacing(/\{[a-z_]+\}/, with: "xyz_0000000000001")
                var headers = HTTPFields()
                if route.needsIdempotencyKey { headers[.idempotencyKey] = "one" }
                headers[.contentType] = route.upload?.contentType
                let answer = try await plaza.send(
                    route.method, path, as: admin, headers: headers, body: route.body?.example,
                    bytes: route.upload.map { _ in [] })
                #expect(answer.status == .notFound, "\(route.method) \(path): \(answer.json.text)")
            }
        }
    }

    @Test(arguments: ["%00", "a", "!!!", "%20%20", "%22", "*", "a%20OR%20b", "💥", "(", "NEAR(a)", "-", "x%27--"])
    func anythingCanBeSearchedFor(_ query: String) async throws {
        try await withPlaza(isWorking: true) { plaza in
            let ann = try await plaza.signUp("ann")
            _ = try await plaza.publish("Nothing of that kind", by: ann)
            try await plaza.settle()
            for kind in ["posts", "accounts"] {
                let answer = try await plaza.send(.get, "/v1/search/\(kind)?query=\(query)")
                let isClear = answer.status == .ok || answer.status == .unprocessableContent
                #expect(isClear, "\(kind) \(query): \(answer.json.text)")
            }
        }
    }
}
