import Core
import HTTPTypes
import PlazaTesting
import Testing

/// Conversations and live rooms as clients see them, with Social's people and blocks and Market's products.
@Suite struct ChatRouteTests {
    @Test func anothersConversationIsNotThere() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let eve = try await plaza.signUp("eve")
            let pair = try await plaza.conversation(of: ann, with: ben)
            _ = try await plaza.send(.post, "\(pair)/messages", as: ann, body: ["text": "Hello"])
            for (method, path, body) in [
                (.get, pair, nil), (.patch, pair, ["title": "Mine"]), (.get, "\(pair)/messages", nil),
                (.post, "\(pair)/messages", ["text": "I"]), (.patch, "\(pair)/messages/1", ["text": "I"]),
                (.delete, "\(pair)/messages/1", nil), (.put, "\(pair)/read", ["sequence": 1]),
                (.get, "\(pair)/members", nil), (.post, "\(pair)/members", ["members": [.string(eve.id)]]),
                (.delete, "\(pair)/members/\(ben.id)", nil), (.delete, "\(pair)/members/\(eve.id)", nil),
                (.patch, "\(pair)/members/\(ben.id)", ["is_muted": true]),
            ] as [(HTTPRequest.Method, String, JSON?)] {
                let answer = try await plaza.send(method, path, as: eve, body: body)
                #expect(answer.code == "conversation_not_found", "\(method) \(path)")
            }
            #expect(try await plaza.send(.get, "/v1/conversations", as: eve).items.isEmpty)
        }
    }

    @Test func aBlockEndsAConversationOfTwo() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let pair = try await plaza.conversation(of: ann, with: ben)
            _ = try await plaza.send(.put, "/v1/accounts/\(ben.id)/block", as: ann)
            for person in [ann, ben] {
                let answer = try await plaza.send(.post, "\(pair)/messages", as: person, body: ["text": "Hello"])
                #expect(answer.code == "not_reachable")
            }
            let opened = try await plaza.send(
                .post, "/v1/conversations", as: ben, body: ["with": .string(ann.id)])
            #expect(opened.code == "account_not_found")
            let group: JSON = ["title": "Us", "members": [.string(ann.id)]]
            let grouped = try await plaza.send(.post, "/v1/conversations", as: ben, body: group)
            #expect(grouped.faults == ["/members/0 account_not_found"])
            let room = try await plaza.goLive(ann)
            for path in [room, "\(room)/messages"] {
                #expect(try await plaza.send(.get, path, as: ben).code == "live_not_found")
            }
            #expect(try await plaza.send(.get, "/v1/live", as: ben).items.isEmpty)
            _ = try await plaza.send(.delete, "/v1/accounts/\(ben.id)/block", as: ann)
            let said = try await plaza.send(.post, "\(pair)/messages", as: ben, body: ["text": "Hello"])
            #expect(said.status == .created)
        }
    }

    @Test func whoHasLeftIsNobodyInWhatTheySaid() async throws {
        try await withPlaza(isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let pair = try await plaza.conversation(of: ann, with: ben)
            _ = try await plaza.send(.post, "\(pair)/messages", as: ann, body: ["text": "Secret"])
            let export = try await plaza.send(.get, "/v1/me/export", as: ann)
            #expect(export.json["messages"]?.array?.first?["text"]?.string == "Secret")
            let password: JSON = ["password": .string(PlazaFixture.password)]
            #expect(try await plaza.send(.delete, "/v1/me", as: ann, body: password).status == .noContent)
            for isSettled in [false, true] {
                if isSettled { try await plaza.settle() }
                let said = try await plaza.send(.get, "\(pair)/messages", as: ben)
                #expect(said.items.map { $0["sender"] } == [.null])
                #expect(said.items.first?["text"]?.string == (isSettled ? "" : "Secret"))
                let listed = try await plaza.send(.get, "/v1/conversations", as: ben).items.first
                #expect(listed?["with"] == .null && listed?["last_message"]?["sequence"] == 1)
            }
        }
    }

    @Test(
        arguments: [
            ["with": "acc_0000000000001", "title": "a"], ["title": "a"], ["members": ["acc_0000000000001"]], [:],
            ["with": "acc_0000000000001", "members": ["acc_0000000000001"]],
        ] as [JSON])
    func aConversationIsOfTwoOrAGroup(_ body: JSON) async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let answer = try await plaza.send(.post, "/v1/conversations", as: ann, body: body)
            #expect(answer.faults == ["/with required"])
        }
    }

    @Test(arguments: ["0", "-1", "x", "1.0", "99999999999999999999", "%00", "2"])
    func aSequenceThatNoMessageHasIsNotFound(_ sequence: String) async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let pair = try await plaza.conversation(of: ann, with: ben)
            _ = try await plaza.send(.post, "\(pair)/messages", as: ann, body: ["text": "Hello"])
            let answer = try await plaza.send(.delete, "\(pair)/messages/\(sequence)", as: ann)
            #expect(answer.code == "message_not_found")
        }
    }
}

extension PlazaFixture {
    /// - Returns: the path of the conversation of two people.
    func conversation(of person: Person, with other: Person) async throws -> String {
        let answer = try await send(.post, "/v1/conversations", as: person, body: ["with": .string(other.id)])
        return "/v1/conversations/\(try #require(answer.json["id"]?.string))"
    }

    /// - Returns: the path of a new room.
    func goLive(_ host: Person) async throws -> String {
        let answer = try await send(.post, "/v1/live", as: host, body: ["title": "Opening the kiln"])
        return "/v1/live/\(try #require(answer.json["id"]?.string))"
    }
}

extension RouteSurveyTests {
    func tellOfConversations(_ plaza: PlazaFixture, _ ann: Person, _ ben: Person) async throws {
        let pair = try await plaza.conversation(of: ann, with: ben)
        #expect(try await plaza.conversation(of: ben, with: ann) == pair)
        let made = try await plaza.send(
            .post, "/v1/conversations", as: ann, body: ["title": "Kiln people", "members": [.string(ben.id)]])
        let group = "/v1/conversations/\(try #require(made.json["id"]?.string))"
        let message: JSON = [
            "text": "Is it still there?", "client_id": "one",
            "attachments": [["kind": "picture", "url": "https://cdn.example/bowl.jpg"]],
        ]
        for status in [HTTPResponse.Status.created, .ok] {
            #expect(try await plaza.send(.post, "\(group)/messages", as: ann, body: message).status == status)
        }
        #expect(try await plaza.send(.get, "/v1/conversations", as: ben).json["unread_count"]?.integer == 1)
        #expect(try await plaza.send(.get, group, as: ben).json["unread_count"]?.integer == 1)
        #expect(try await plaza.send(.get, "\(group)/messages", as: ben).items.count == 1)
        #expect(try await plaza.send(.get, "\(group)/messages?after_sequence=1", as: ben).items.isEmpty)
        let read = try await plaza.send(.put, "\(group)/read", as: ben, body: ["sequence": 5])
        #expect(read.json["read_sequence"]?.integer == 1)
        #expect(try await plaza.send(.patch, "\(group)/messages/1", as: ann, body: ["text": "No?"]).status == .ok)
        #expect(try await plaza.send(.delete, "\(group)/messages/1", as: ann).status == .noContent)
        let changes = try await plaza.send(.get, "\(group)/changes?after_revision=1", as: ben)
        #expect(changes.items.map { $0["is_deleted"] } == [true])
        #expect(changes.json["revision"] == 2)
        #expect(try await plaza.send(.patch, group, as: ann, body: ["title": "Kilns"]).status == .ok)
        #expect(try await plaza.send(.get, "\(group)/members", as: ben).items.count == 2)
        let seat = "\(group)/members/\(ben.id)"
        #expect(try await plaza.send(.patch, seat, as: ann, body: ["role": "admin"]).status == .noContent)
        #expect(try await plaza.send(.delete, seat, as: ben).status == .noContent)
        let added = try await plaza.send(
            .post, "\(group)/members", as: ann, body: ["members": [.string(ben.id)]])
        #expect(added.json["added"]?.array?.count == 1)
    }

    func tellOfLiveRooms(_ plaza: PlazaFixture, _ ann: Person, _ ben: Person) async throws {
        let (dan, bowl) = (try await plaza.signUp("dan_of_bowls"), "prd_0000000000001")
        let product = try await plaza.goods(in: try await plaza.shop("bowls", by: dan)).product
        let room = try await plaza.goLive(ann)
        #expect(try await plaza.send(.get, "/v1/live", as: ben).items.count == 1)
        #expect(try await plaza.send(.get, room, as: ben).json["host"]?["handle"]?.string == "ann")
        #expect(try await plaza.send(.put, "\(room)/slow-mode", as: ann, body: ["seconds": 60]).status == .noContent)
        let line: JSON = ["text": "Lovely!"]
        #expect(try await plaza.send(.post, "\(room)/messages", as: ben, body: line).status == .created)
        let early = try await plaza.send(.post, "\(room)/messages", as: ben, body: line)
        #expect(early.code == "slow_mode")
        #expect(early.headers[.rateLimitPolicy] == "\"slow_mode\";q=1;w=60")
        #expect(try await plaza.send(.get, "\(room)/messages", as: ben).items.count == 1)
        let pin = "\(room)/pinned-product"
        #expect(try await plaza.send(.put, pin, as: ann, body: ["product": .string(bowl)]).code == "product_not_found")
        #expect(try await plaza.send(.put, pin, as: ann, body: ["product": .string(product)]).status == .noContent)
        #expect(try await plaza.send(.delete, pin, as: ann).status == .noContent)
        for method in [HTTPRequest.Method.put, .delete] {
            for path in ["\(room)/moderators/\(ben.id)", "\(room)/muted/\(ben.id)"] {
                #expect(try await plaza.send(method, path, as: ann).status == .noContent)
            }
        }
        #expect(try await plaza.send(.post, "\(room)/close", as: ann).json["state"]?.string == "closed")
        // Shops are told of later, without it.
        let archived: JSON = ["status": "archived"]
        #expect(try await plaza.send(.patch, "/v1/products/\(product)", as: dan, body: archived).status == .ok)
    }
}
