import Core
import HTTP
import HTTPTypes
import Storage
import Testing

@testable import Chat

@Suite struct RouteTests {
    /// An answer has the shape that its route declares, for the budget that it declares.
    @Test func everyRouteAnswersAsItDeclares() async throws {
        try await withChat(limits: { $0.listedMembersMax = 4 }) { plaza in
            let people = plaza.people(140)
            let (ann, ben) = (people[0], people[1])
            let pair = try await plaza.pair(ann, ben)
            let group = try await plaza.group(ann, Array(people[1...100]))
            for place in [pair, group] { for person in [ann, ben] { try await plaza.say(in: place, by: person) } }
            let room = try await plaza.chat.openLive("The kiln", shop: nil, by: ann).room.id
            _ = try await plaza.chat.chat("Hello", in: room, by: ben)
            var asked: Set<String> = []
            func ask(
                _ method: HTTPRequest.Method, _ path: String, _ body: JSON = .null, as account: ID<Account>? = nil,
                query: [(name: String, value: String)] = []
            ) async throws {
                let table = RouteTable(plaza.chat.routes)
                guard case .found(let index, let parameters) = table.match(method, path) else {
                    Issue.record("no route \(method) \(path)")
                    return
                }
                let route = table.routes[index]
                asked.insert("\(method) \(route.path)")
                if let declared = route.body { #expect(declared.schema.problems(in: body) == [], "\(path)") }
                let request = RouteRequest(
                    id: "req", method: method, path: path, headers: [:], address: "192.0.2.1",
                    principal: .of(account ?? ann), parameters: parameters, query: query, body: body)
                let scope = WorkScope()
                let reply = try await WorkScope.$current.withValue(scope) { try await route.handler(request) }
                #expect(scope.statements <= route.statementsMax, "\(method) \(path) took \(scope.statements)")
                let answer = try #require(route.answers.first { $0.status == reply.status }, "\(method) \(path)")
                guard let schema = answer.schema else { return #expect(reply.body.isEmpty, "\(path)") }
                let json = try JSONParser.parse(reply.body)
                #expect(schema.problems(in: json) == [], "\(method) \(path): \(json.text)")
                #expect(json["items"]?.array?.isEmpty != true, "\(path) lists nothing")
            }
            let (inPair, inGroup, live) = (
                "/v1/conversations/\(pair)", "/v1/conversations/\(group)", "/v1/live/\(room)"
            )
            for other in [ben, people[5]] { try await ask(.post, "/v1/conversations", ["with": .id(other)]) }
            let many = JSON.array(people[1...128].dropLast().map { .id($0) })
            try await ask(.post, "/v1/conversations", ["title": "Many", "members": many])
            try await ask(.get, "/v1/conversations")
            for place in [inPair, inGroup] {
                try await ask(.get, place)
                try await ask(.get, "\(place)/messages", query: [("limit", "1")])
                try await ask(.get, "\(place)/messages", query: [("after_sequence", "1")])
                try await ask(.patch, "\(place)/messages/1", ["text": "Hello again"])
                try await ask(.get, "\(place)/changes", query: [("after_revision", "0")])
                let message: JSON = [
                    "text": "Hm", "reply_to": 1, "client_id": "one",
                    "attachments": [["kind": "picture", "url": "https://a.example/b"]],
                ]
                for account in [ben, ben, ann] { try await ask(.post, "\(place)/messages", message, as: account) }
                try await ask(.put, "\(place)/read", ["sequence": 90], as: ben)
                try await ask(.get, "\(place)/members")
                try await ask(.patch, "\(place)/messages/1", ["text": "Hm!"])
                try await ask(.delete, "\(place)/messages/1")
            }
            try await ask(.patch, inGroup, ["title": "Other"])
            try await ask(.post, "\(inGroup)/members", ["members": .array(people[101...139].map { .id($0) })])
            try await ask(.patch, "\(inGroup)/members/\(ben)", ["role": "owner", "is_muted": false])
            try await ask(.delete, "\(inGroup)/members/\(people[3])", as: ben)
            try await ask(.delete, "\(inGroup)/members/\(ben)", as: ben)
            try await ask(.post, "/v1/live", ["title": "Jugs", "shop": nil], as: ben)
            try await ask(.get, "/v1/live")
            try await ask(.get, live, as: ben)
            try await ask(.post, "\(live)/messages", ["text": "Hm"], as: ben)
            try await ask(.get, "\(live)/messages", as: ben)
            try await ask(.put, "\(live)/pinned-product", ["product": .id(Town.listed)])
            try await ask(.delete, "\(live)/pinned-product")
            try await ask(.put, "\(live)/slow-mode", ["seconds": 5])
            for method in [HTTPRequest.Method.put, .delete] {
                try await ask(method, "\(live)/moderators/\(ben)")
                try await ask(method, "\(live)/muted/\(ben)")
            }
            try await ask(.post, "\(live)/close")
            #expect(asked == Set(plaza.chat.routes.map { "\($0.method) \($0.path)" }))
            #expect(try await plaza.contradictions() == [])
        }
    }

    @Test func examplesHaveTheShapeTheyIllustrate() async throws {
        try await withChat { plaza in
            for route in plaza.chat.routes {
                if let body = route.body { #expect(body.schema.problems(in: body.example).isEmpty, "\(route.path)") }
                for answer in route.answers {
                    guard let schema = answer.schema, let example = answer.example else { continue }
                    #expect(schema.problems(in: example) == [], "\(route.path)")
                }
            }
        }
    }
}
