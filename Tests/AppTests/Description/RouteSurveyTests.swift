import App
import Core
import HTTP
import HTTPTypes
import Jobs
import Market
import PlazaTesting
import Storage
import StorageSQLite
import Testing

@Suite struct RouteSurveyTests {
    static let secret = "of many characters, 0123456789 abcdef"

    /// One story that asks everything once. The fixture holds each answer to its declaration.
    @Test func everyRouteAnswersAsItDeclares() async throws {
        let settings = ["PLAZA_PAYMENT_PROVIDER": "test", "PLAZA_SECRET": Self.secret]
        try await withPlaza(settings, isWorking: true) { plaza in
            let ann = try await plaza.signUp("ann")
            let ben = try await plaza.signUp("ben")
            try await tellOfPosts(plaza, ann, ben)
            try await tellOfPeople(plaza, ann, ben)
            try await tellOfNotifications(plaza, ann, ben)
            try await tellOfPresence(plaza, ann, ben)
            try await tellOfFriends(plaza, ann, ben)
            try await tellOfConversations(plaza, ann, ben)
            try await tellOfLiveRooms(plaza, ann, ben)
            try await tellOfMoney(plaza, ann, ben)
            try await tellOfShops(plaza, ann, ben)
            try await tellOfOperations(plaza)
            try await tellOfAdministration(plaza, ben)
            try await tellOfSessions(plaza, ann)
            try await tellOfOrders(plaza)
            #expect(plaza.contract.untried == [])
        }
    }

    private func tellOfPosts(_ plaza: PlazaFixture, _ ann: Person, _ ben: Person) async throws {
        let eve = try await plaza.signUp("eve")
        let bowl = try await plaza.goods(in: try await plaza.shop("attic", by: eve)).product
        let published = try await plaza.send(
            .post, "/v1/posts", as: ann,
            body: [
                "caption": "Blue bowls\nfrom the kiln 🏺", "products": [.string(bowl)],
                "media": [["kind": "image", "url": "https://cdn.example/bowl.jpg", "width": 1080, "alt": "A bowl"]],
            ])
        #expect(published.status == .created)
        let post = try #require(published.json["id"]?.string)
        _ = try await plaza.send(.patch, "/v1/posts/\(post)", as: ann, body: ["caption": "Blue bowls, the last"])
        _ = try await plaza.send(.put, "/v1/posts/\(post)/like", as: ben)
        let comment = try await plaza.send(.post, "/v1/posts/\(post)/comments", as: ben, body: ["text": "Lovely!"])
        let id = try #require(comment.json["id"]?.string)
        let reply: JSON = ["text": "Thanks", "parent": .string(id)]
        _ = try await plaza.send(.post, "/v1/posts/\(post)/comments", as: ann, body: reply)
        _ = try await plaza.send(.patch, "/v1/comments/\(id)", as: ben, body: ["text": "Lovely glaze!"])
        let events: JSON = [
            ["post": .string(post), "type": "view"], ["post": .string(post), "type": "watch", "watched_ms": 900],
            ["post": "pst_0000000000001", "type": "share"],
        ]
        let verdicts = try await plaza.send(.post, "/v1/engagements", as: ben, body: ["events": events])
        #expect(verdicts.json["verdicts"] == ["accepted", "accepted", "post_not_found"])
        try await plaza.settle()
        for path in [
            "/v1/posts/\(post)", "/v1/posts/\(post)/comments", "/v1/posts/\(post)/comments/changes",
            "/v1/comments/\(id)/replies", "/v1/feed?kind=explore",
            "/v1/feed?kind=home", "/v1/accounts/ann/posts", "/v1/search/posts?query=bowl",
            "/v1/search/accounts?query=ann", "/v1/products/\(bowl)/posts",
        ] {
            let answer = try await plaza.send(.get, path, as: ann)
            #expect(answer.status == .ok, "\(path)")
            let items = answer.json["items"]?.array ?? answer.json["comments"]?["items"]?.array
            #expect(items?.count == 1, "\(path): \(answer.json.text)")
        }
        #expect(try await plaza.send(.delete, "/v1/posts/\(post)/like", as: ben).status == .noContent)
        #expect(try await plaza.send(.delete, "/v1/comments/\(id)", as: ben).status == .noContent)
        #expect(try await plaza.send(.delete, "/v1/posts/\(post)", as: ann).status == .noContent)
        // Shops are told of later, without it.
        let archived: JSON = ["status": "archived"]
        #expect(try await plaza.send(.patch, "/v1/products/\(bowl)", as: eve, body: archived).status == .ok)
    }

    private func tellOfPeople(_ plaza: PlazaFixture, _ ann: Person, _ ben: Person) async throws {
        #expect(try await plaza.send(.put, "/v1/accounts/\(ann.id)/follow", as: ben).status == .noContent)
        for path in [
            "/v1/accounts/ann", "/v1/accounts/\(ann.id)", "/v1/accounts/\(ann.id)/followers",
            "/v1/accounts/\(ben.id)/following",
        ] {
            #expect(try await plaza.send(.get, path, as: ben).status == .ok, "\(path)")
            #expect(try await plaza.send(.get, path).status == .ok, "\(path)")
        }
        #expect(try await plaza.send(.delete, "/v1/accounts/\(ann.id)/follow", as: ben).status == .noContent)
        try await tellOfFollowRequests(plaza, ann, ben)
        #expect(try await plaza.send(.put, "/v1/accounts/\(ann.id)/block", as: ben).status == .noContent)
        #expect(try await plaza.send(.get, "/v1/blocks", as: ben).items.first?["handle"]?.string == "ann")
        #expect(try await plaza.send(.delete, "/v1/accounts/\(ann.id)/block", as: ben).status == .noContent)
    }

    private func tellOfFollowRequests(_ plaza: PlazaFixture, _ ann: Person, _ ben: Person) async throws {
        let (settings, follow) = ("/v1/follow-requests/settings", "/v1/accounts/\(ann.id)/follow")
        #expect(try await plaza.send(.get, settings, as: ann).json["approves_followers"] == false)
        for action in ["", "/approve"] {
            _ = try await plaza.send(.put, settings, as: ann, body: ["approves_followers": true])
            #expect(try await plaza.send(.put, follow, as: ben).status == .accepted)
            let waiting = try await plaza.send(.get, "/v1/follow-requests", as: ann).items
            let request = try #require(waiting.first?["id"]?.string)
            let answer = try await plaza.send(
                action == "" ? .delete : .post, "/v1/follow-requests/\(request)\(action)", as: ann)
            #expect(answer.status == .noContent)
        }
        _ = try await plaza.send(.put, settings, as: ann, body: ["approves_followers": false])
    }

    /// Ann was followed by Ben before, and what he liked of hers is gone.
    private func tellOfNotifications(_ plaza: PlazaFixture, _ ann: Person, _ ben: Person) async throws {
        let post = try await plaza.publish(by: ann)
        _ = try await plaza.send(.put, "/v1/posts/\(post)/like", as: ben)
        _ = try await plaza.send(.post, "/v1/posts/\(post)/comments", as: ben, body: ["text": "Lovely!"])
        try await plaza.settle()
        let list = try await plaza.send(.get, "/v1/notifications", as: ann)
        let kinds = list.items.compactMap { $0["kind"]?.string }
        #expect(kinds == ["commented", "liked", "followed"])
        #expect(list.items.allSatisfy { $0["actors"]?.array?.first?["handle"] == "ben" })
        #expect(list.json["realtime"]?["channel"] == .string("account:\(ann.id)"))
        #expect(try await plaza.send(.get, "/v1/notifications/unread", as: ann).json["count"] == 3)
        let (newest, oldest) = (list.items[0]["id"]?.string ?? "", list.items[2]["id"]?.string ?? "")
        let one = try await plaza.send(.put, "/v1/notifications/\(newest)/read", as: ann)
        #expect(one.json["count"] == 2)
        let upTo: JSON = ["up_to": .string(oldest)]
        #expect(try await plaza.send(.put, "/v1/notifications/read", as: ann, body: upTo).json["count"] == 1)
        #expect(try await plaza.send(.put, "/v1/notifications/read", as: ben, body: upTo).status == .notFound)
        let settings = try await plaza.send(
            .put, "/v1/notifications/settings", as: ann, body: ["off": ["liked", "messaged"]])
        #expect(settings.json["off"] == ["liked", "messaged"])
        #expect(try await plaza.send(.get, "/v1/notifications/settings", as: ann).json == settings.json)
    }

    private func tellOfPresence(_ plaza: PlazaFixture, _ ann: Person, _ ben: Person) async throws {
        let path = "/v1/presence?accounts=\(ann.id),\(ben.id)"
        let own = try await plaza.send(.get, path, as: ann)
        #expect(own.items.map { $0["account"] } == [.string(ann.id)])
        let shown: JSON = ["visible_to": "everybody"]
        #expect(try await plaza.send(.put, "/v1/presence/settings", as: ben, body: shown).status == .ok)
        #expect(try await plaza.send(.get, "/v1/presence/settings", as: ben).json == shown)
        #expect(try await plaza.send(.get, path, as: ann).items.count == 2)
    }

    private func tellOfFriends(_ plaza: PlazaFixture, _ ann: Person, _ ben: Person) async throws {
        let ask: JSON = ["account": .string(ben.id)]
        let declined = try await plaza.send(.post, "/v1/friend-requests", as: ann, body: ask)
        let id = try #require(declined.json["id"]?.string)
        #expect(try await plaza.send(.get, "/v1/friend-requests", as: ben).items.count == 1)
        #expect(try await plaza.send(.get, "/v1/friend-requests?direction=outgoing", as: ann).items.count == 1)
        #expect(try await plaza.send(.delete, "/v1/friend-requests/\(id)", as: ben).status == .noContent)
        let again = try await plaza.send(.post, "/v1/friend-requests", as: ann, body: ask)
        let second = try #require(again.json["id"]?.string)
        #expect(try await plaza.send(.post, "/v1/friend-requests/\(second)/accept", as: ben).status == .noContent)
        #expect(try await plaza.send(.get, "/v1/friends", as: ben).items.first?["handle"]?.string == "ann")
        #expect(try await plaza.send(.delete, "/v1/friends/\(ann.id)", as: ben).status == .noContent)
    }

    private func tellOfShops(_ plaza: PlazaFixture, _ ann: Person, _ ben: Person) async throws {
        let opened = try await plaza.send(
            .post, "/v1/shops", as: ann, body: ["handle": "Kiln", "name": "The Kiln", "currency": "EUR"])
        #expect(opened.status == .created)
        #expect(try await plaza.send(.get, "/v1/shops", as: ann).items.count == 1)
        #expect(try await plaza.send(.patch, "/v1/shops/kiln", as: ann, body: ["name": "Kiln"]).status == .ok)
        #expect(try await plaza.send(.get, "/v1/shops/kiln").json["name"]?.string == "Kiln")
        let seat = "/v1/shops/kiln/staff/\(ben.id)"
        #expect(try await plaza.send(.put, seat, as: ann, body: ["role": "clerk"]).status == .noContent)
        #expect(try await plaza.send(.get, "/v1/shops/kiln/staff", as: ben).items.count == 2)
        #expect(try await plaza.send(.delete, seat, as: ben).status == .noContent)
        let product = try await tellOfProducts(plaza, ann)
        let collected = try await plaza.send(
            .post, "/v1/shops/kiln/collections", as: ann, body: ["title": "Winter"])
        let collection = "/v1/collections/\(try #require(collected.json["id"]?.string))"
        #expect(try await plaza.send(.put, "\(collection)/products/\(product)", as: ann).status == .noContent)
        #expect(try await plaza.send(.get, "/v1/shops/kiln/collections").items.count == 1)
        #expect(try await plaza.send(.delete, "\(collection)/products/\(product)", as: ann).status == .noContent)
        #expect(try await plaza.send(.delete, collection, as: ann).status == .noContent)
        try await tellOfImports(plaza, ann)
    }

    private func tellOfProducts(_ plaza: PlazaFixture, _ ann: Person) async throws -> String {
        let draft: JSON = [
            "title": "Blue bowl", "type": "Bowls", "status": "active", "tags": ["blue"], "options": ["Size"],
            "pictures": [["url": "https://cdn.example/bowl.jpg"]], "opens_at": "2026-01-01T00:00:00Z",
            "variants": [["price": 1_999, "on_hand": 12, "options": ["S"], "compare_at": 2_500]],
        ]
        let made = try await plaza.send(.post, "/v1/shops/kiln/products", as: ann, body: draft)
        #expect(made.status == .created)
        let product = "/v1/products/\(try #require(made.json["id"]?.string))"
        let changed = try await plaza.send(.patch, product, as: ann, body: ["per_person_max": 2, "opens_at": nil])
        #expect(changed.json["per_person_max"]?.integer == 2 && changed.json["opens_at"] == .null)
        let large = try await plaza.send(
            .post, "\(product)/variants", as: ann, body: ["price": 2_999, "options": ["L"]])
        let variants = try #require(large.json["variants"]?.array).compactMap { $0["id"]?.string }
        #expect(variants.count == 2)
        let first = "/v1/variants/\(variants[0])"
        #expect(try await plaza.send(.patch, first, as: ann, body: ["price": 1_500]).status == .ok)
        let received: JSON = ["reason": "received", "change": 3]
        for _ in 0..<2 {
            let stock = try await plaza.send(
                .post, "\(first)/stock", as: ann, headers: [.idempotencyKey: "r1"], body: received)
            #expect(stock.json["on_hand"]?.integer == 15)
        }
        let journal = try await plaza.send(.get, "\(first)/stock", as: ann)
        #expect(journal.json["movements"]?["items"]?.array?.count == 2)
        try await tellOfWaiting(plaza, ann, for: variants[1], of: product)
        #expect(try await plaza.send(.delete, "/v1/variants/\(variants[1])", as: ann).status == .ok)
        let id = try #require(made.json["id"]?.string)
        let passer = try await plaza.signUp("passer")
        let views = try await plaza.send(.post, "/v1/product-views", as: passer, body: ["products": [.string(id)]])
        #expect(views.json["counted"]?.integer == 1)
        try await plaza.settle()
        for query in [
            "", "?sort=newest", "?sort=price&shop=kiln", "?query=bowl", "?type=bowls&tag=Blue&facets=true",
            "?price_max=1500&currency=EUR",
        ] {
            let list = try await plaza.send(.get, "/v1/products\(query)")
            #expect(list.items.compactMap { $0["price"]?["amount"]?.integer } == [1_500], "\(query)")
        }
        #expect(try await plaza.send(.get, product).json["counts"]?["views"]?.integer == 1)
        #expect(try await plaza.send(.get, "/v1/shops/kiln/products?status=active", as: ann).items.count == 1)
        return id
    }

    private func tellOfWaiting(
        _ plaza: PlazaFixture, _ ann: Person, for variant: String, of product: String
    ) async throws {
        let line = "/v1/variants/\(variant)/waiting"
        #expect(try await plaza.send(.put, line, as: ann).json["place"]?.integer == 1)
        #expect(try await plaza.send(.get, line, as: ann).json["place"]?.integer == 1)
        #expect(try await plaza.send(.get, product, as: ann).json["waiting"]?.array?.count == 1)
        #expect(try await plaza.send(.get, product).json["waiting"] == nil)
        #expect(try await plaza.send(.get, "/v1/waiting", as: ann).items.count == 1)
        #expect(try await plaza.send(.delete, line, as: ann).status == .noContent)
        #expect(try await plaza.send(.get, line, as: ann).code == "not_waiting")
    }

    private func tellOfImports(_ plaza: PlazaFixture, _ ann: Person) async throws {
        let file = "Handle,Title,Variant Price\nmug,Mug,9.50\njug,Jug,\"9,500\"\n"
        let path = "/v1/shops/kiln/imports"
        let headers: HTTPFields = [.contentType: "text/csv; charset=utf-8"]
        for query in ["?dry_run=true", ""] {
            let begun = try await plaza.send(.post, path + query, as: ann, headers: headers, bytes: Array(file.utf8))
            #expect(begun.status == .accepted)
            try await plaza.settle()
            let id = try #require(begun.json["id"]?.string)
            let ended = try await plaza.send(.get, "\(path)/\(id)", as: ann)
            #expect(ended.json["state"]?.string == "done")
            let codes = ended.json["report"]?["items"]?.array?.map { $0["code"]?.string ?? $0["outcome"]?.string }
            #expect(codes == ["created", "bad_price"])
            let skipped = try await plaza.send(.get, "\(path)/\(id)?skipped=true", as: ann)
            #expect(skipped.json["report"]?["items"]?.array?.count == 1)
        }
        #expect(try await plaza.send(.get, path, as: ann).items.count == 2)
        #expect(try await plaza.send(.get, "/v1/products?shop=kiln").items.count == 2)
        let wrong = try await plaza.send(
            .post, path, as: ann, headers: [.contentType: "application/json"], bytes: Array(file.utf8))
        #expect(wrong.code == "unsupported_media_type")
    }

    private func tellOfOperations(_ plaza: PlazaFixture) async throws {
        for path in [
            "/livez", "/readyz", "/readyz?verbose=1", "/metrics", "/openapi.json", "/asyncapi.json", "/",
            "/page/style.css", "/page/api.js", "/page/app.js", "/page/elements.js", "/page/posts.js", "/page/shop.js",
            "/demo/pictures/bowl-3",
        ] {
            #expect(try await plaza.send(.get, path).status == .ok, "\(path)")
        }
    }

    private func tellOfAdministration(_ plaza: PlazaFixture, _ ben: Person) async throws {
        let admin = try await plaza.administrator()
        try await tellOfBooks(plaza, ben, admin)
        #expect(try await plaza.send(.get, "/v1/admin/accounts/\(ben.id)", as: admin).status == .ok)
        for state in ["suspended", "active"] {
            let changed = try await plaza.send(
                .patch, "/v1/admin/accounts/\(ben.id)", as: admin, body: ["state": .string(state)])
            #expect(changed.json["state"]?.string == state)
        }
        let listed = try await plaza.send(.get, "/v1/products?shop=kiln").items
        let product = try #require(listed.last?["id"]?.string)
        for isBarred in [true, false] as [JSON] {
            for path in ["shops/kiln", "products/\(product)"] {
                let changed = try await plaza.send(
                    .patch, "/v1/admin/\(path)", as: admin, body: ["is_barred": isBarred])
                #expect(changed.status == .ok, "\(path)")
            }
        }
        let dead = try await plaza.bury(["one", "two"])
        #expect(try await plaza.send(.get, "/v1/admin/jobs/dead", as: admin).items.count == 2)
        let retried = try await plaza.send(.post, "/v1/admin/jobs/\(dead[0])/retry", as: admin)
        #expect(retried.status == .noContent)
        #expect(try await plaza.send(.delete, "/v1/admin/jobs/\(dead[1])", as: admin).status == .noContent)
    }

    private func tellOfSessions(_ plaza: PlazaFixture, _ ann: Person) async throws {
        #expect(try await plaza.send(.get, "/v1/me", as: ann).status == .ok)
        #expect(try await plaza.send(.post, "/v1/realtime/tickets", as: ann).status == .created)
        #expect(try await plaza.send(.get, "/v1/realtime", as: ann).code == "websocket_required")
        let changes: JSON = [
            "bio": "Ceramics.", "email": "ann@example.com", "avatar_url": "https://cdn.example/a.png",
            "current_password": .string(PlazaFixture.password),
        ]
        #expect(try await plaza.send(.patch, "/v1/me", as: ann, body: changes).status == .ok)
        let phone = try await plaza.signIn("ann@example.com")
        #expect(try await plaza.send(.get, "/v1/sessions", as: phone).items.count == 2)
        let refresh: JSON = ["refresh_token": .string(phone.refreshToken)]
        let renewed = try Person(
            try await plaza.send(.post, "/v1/sessions/refresh", body: refresh).json, address: phone.address)
        let passwords: JSON = ["current_password": .string(PlazaFixture.password), "new_password": "of the evening"]
        #expect(try await plaza.send(.put, "/v1/me/password", as: renewed, body: passwords).status == .noContent)
        #expect(try await plaza.send(.get, "/v1/me/export", as: renewed).status == .ok)
        let laptop = try await plaza.signIn("ann", password: "of the evening")
        #expect(try await plaza.send(.delete, "/v1/sessions/\(renewed.session)", as: laptop).status == .noContent)
        let erased = try await plaza.send(.delete, "/v1/me", as: laptop, body: ["password": "of the evening"])
        #expect(erased.status == .noContent)
        #expect(try await plaza.send(.get, "/v1/accounts/ann").code == "account_not_found")
    }
}

/// A job that nobody does.
struct Orphan: Job {
    static let kind = "test.orphan"
    let name: String

    init(_ name: String) { self.name = name }
    init(payload: JSON) throws { name = payload["name"]?.string ?? "" }
    var payload: JSON { ["name": .string(name)] }
}

extension PlazaFixture {
    /// Has jobs die.
    /// - Returns: their ids.
    func bury(_ names: [String]) async throws -> [ID<QueuedJob>] {
        let jobs = plaza.jobs
        for name in names {
            try await plaza.database.write { tx in _ = try jobs.enqueue(Orphan(name), attemptsMax: 1, in: tx) }
        }
        try await settle()
        return try await plaza.database.read { db in
            try DeadLetters.page(limit: 10, in: db).map(\.id)
        }
    }
}
