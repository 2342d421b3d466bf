import Core
import HTTPTypes
import Market
import Testing

/// What the slices tell comes to whom it concerns: the names of events hold.
@Suite struct NotificationRouteTests {
    @Test func buyersAndSellersAreToldOfAnOrder() async throws {
        try await withPlaza(isWorking: true) { plaza in
            let (cat, dan) = (try await plaza.signUp("cat"), try await plaza.signUp("dan"))
            let clerk = try await plaza.signUp("clerk")
            let shop = try await plaza.shop("loom", by: dan)
            let seat = "/v1/shops/loom/staff/\(clerk.id)"
            #expect(try await plaza.send(.put, seat, as: dan, body: ["role": "clerk"]).status == .noContent)
            let bowl = try await plaza.variant(in: shop)
            try await plaza.give(5_000, to: cat)
            let placed = try await plaza.checkOut([PlazaFixture.line(bowl, 2)], as: cat, key: "order", capture: "later")
            let order = try #require(placed.json["id"]?.string)
            let one: JSON = ["lines": [["variant": .string(bowl), "quantity": 1]]]
            for (action, person, body) in [
                ("pay", cat, [:]), ("ship", dan, [:]), ("deliver", dan, [:]), ("refund", dan, one),
            ] as [(String, Person, JSON)] {
                #expect(try await plaza.act(action, on: order, as: person, body).status == .ok, "\(action)")
            }
            try await plaza.settle()
            let subject: JSON = ["type": "order", "id": .string(order)]
            for seller in [dan, clerk] {
                let told = try await plaza.told(seller)
                #expect(told.map { $0["kind"] } == ["ordered"])
                #expect(told.first?["subject"] == subject)
                #expect(told.first?["actors"]?.array?.first?["handle"] == "cat")
            }
            let told = try await plaza.told(cat)
            #expect(told.map { $0["kind"] } == ["refunded", "delivered", "shipped"])
            #expect(told.allSatisfy { $0["subject"] == subject })
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func friendsAndThoseInLineAreTold() async throws {
        try await withPlaza(isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let asked = try await plaza.send(.post, "/v1/friend-requests", as: ann, body: ["account": .string(ben.id)])
            let request = try #require(asked.json["id"]?.string)
            try await plaza.settle()
            let requested = try await plaza.told(ben).first { $0["kind"] == "friend_requested" }
            #expect(requested?["subject"] == ["type": "friend_request", "id": .string(request)])
            #expect(try await plaza.send(.post, "/v1/friend-requests/\(request)/accept", as: ben).status == .noContent)
            let bowl = try await plaza.variant(in: try await plaza.shop("kiln", by: ben), stock: 0)
            #expect(try await plaza.send(.put, "/v1/variants/\(bowl)/waiting", as: ann).status.code < 300)
            let received = try await plaza.send(
                .post, "/v1/variants/\(bowl)/stock", as: ben, headers: [.idempotencyKey: "r1"],
                body: ["reason": "received", "change": 1])
            #expect(received.status.code < 300)
            try await plaza.settle()
            // What was answered cannot be opened any more.
            #expect(try await plaza.told(ben).map { $0["kind"] } == ["followed"])
            let kinds = Set(try await plaza.told(ann).compactMap { $0["kind"]?.string })
            #expect(kinds == ["friend_accepted", "followed", "offered"])
        }
    }

    @Test func whoIsAskedAndWhoIsLetInAreTold() async throws {
        try await withPlaza(isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            _ = try await plaza.send(
                .put, "/v1/follow-requests/settings", as: ann, body: ["approves_followers": true])
            let post = try await plaza.publish(visibility: "followers", by: ann)
            #expect(try await plaza.send(.put, "/v1/accounts/\(ann.id)/follow", as: ben).status == .accepted)
            try await plaza.settle()
            #expect(try await plaza.send(.get, "/v1/posts/\(post)", as: ben).code == "post_not_found")
            let asked = try #require(try await plaza.told(ann).first)
            #expect(asked["kind"] == "follow_requested" && asked["subject"]?["type"] == "follow_request")
            let request = try #require(asked["subject"]?["id"]?.string)
            let eve = try await plaza.signUp("eve")
            for (method, path) in [
                (.post, "/v1/follow-requests/\(request)/approve"), (.delete, "/v1/follow-requests/\(request)"),
            ] as [(HTTPRequest.Method, String)] {
                #expect(try await plaza.send(method, path, as: eve).code == "follow_request_not_found")
            }
            let approved = try await plaza.send(.post, "/v1/follow-requests/\(request)/approve", as: ann)
            #expect(approved.status == .noContent)
            try await plaza.settle()
            #expect(try await plaza.send(.get, "/v1/posts/\(post)", as: ben).status == .ok)
            #expect(try await plaza.told(ann).isEmpty)
            #expect(try await plaza.told(ben).map { $0["kind"] } == ["follow_approved"])
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func whoIsErasedIsNamedNoMoreAndToldNothing() async throws {
        try await withPlaza(isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            for (account, person) in [(ann, ben), (ben, ann)] {
                #expect(
                    try await plaza.send(.put, "/v1/accounts/\(account.id)/follow", as: person).status == .noContent)
            }
            try await plaza.settle()
            let export = try await plaza.send(.get, "/v1/me/export", as: ben).json
            #expect(export["notifications"]?.array?.first?["kind"] == "followed")
            #expect(export["presence"]?["visible_to"] == "friends")
            let password: JSON = ["password": .string(PlazaFixture.password)]
            #expect(try await plaza.send(.delete, "/v1/me", as: ben, body: password).status == .noContent)
            try await plaza.settle()
            #expect(try await plaza.told(ann).isEmpty)
            #expect(try await plaza.send(.get, "/v1/notifications/unread", as: ann).json["count"] == 0)
            #expect(try await plaza.verify() == [])
        }
    }
}

extension PlazaFixture {
    /// What somebody was told, the newest first.
    fileprivate func told(_ person: Person) async throws -> [JSON] {
        try await send(.get, "/v1/notifications", as: person).items
    }
}
