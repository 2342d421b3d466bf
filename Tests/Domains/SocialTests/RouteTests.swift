import Core
import HTTP
import HTTPTypes
import Storage
import Testing

@testable import Social

@Suite struct RouteTests {
    /// An answer has the shape that its route declares, for the budget that it declares.
    @Test(arguments: RouteCall.all.indices)
    func answersAreAsDeclared(index: Int) async throws {
        try await withSocial { plaza in
            let (call, world) = (RouteCall.all[index], try await RouteWorld(plaza))
            let route = try #require(plaza.social.routes.first { $0.method == call.method && $0.path == call.path })
            let request = call.request(in: world, as: Self.principal(world.bob))
            if let body = route.body { #expect(body.schema.problems(in: request.body).isEmpty, "\(call.name)") }
            let scope = WorkScope()
            let reply = try await WorkScope.$current.withValue(scope) { try await route.handler(request) }
            #expect(reply.status == call.status, "\(call.name)")
            #expect(scope.statements <= route.statementsMax, "\(call.name)")
            let answer = try #require(route.answers.first { $0.status == reply.status })
            if let schema = answer.schema {
                let json = try JSONParser.parse(reply.body)
                #expect(schema.problems(in: json) == [], "\(call.name)")
                #expect(json["items"]?.array?.isEmpty != true, "\(call.name) lists nothing: its items were not checked")
            } else {
                #expect(reply.body.isEmpty, "\(call.name)")
            }
            #expect(try await plaza.miscounts() == 0, "\(call.name)")
        }
    }

    @Test func everyRouteIsCalled() async throws {
        try await withSocial { plaza in
            let called = Set(RouteCall.all.map(\.name))
            let declared = plaza.social.routes.map { "\($0.method) \($0.path)" }
            #expect(called == Set(declared))
            #expect(Set(declared).count == declared.count)
        }
    }

    @Test func visitorsReadWhatIsPublic() async throws {
        try await withSocial { plaza in
            let world = try await RouteWorld(plaza)
            for call in RouteCall.all where call.method == .get {
                let route = try #require(plaza.social.routes.first { $0.method == .get && $0.path == call.path })
                let isHome = call.query.contains { $0.value == "home" }
                let request = call.request(in: world, as: nil)
                if route.access == .visitor, !isHome {
                    #expect(try await route.handler(request).status == .ok, "\(call.name)")
                } else {
                    await #expect(throws: Problem.self, "\(call.name)") { _ = try await route.handler(request) }
                }
            }
        }
    }

    @Test func examplesHaveTheShapeTheyIllustrate() async throws {
        try await withSocial { plaza in
            for route in plaza.social.routes {
                if let body = route.body { #expect(body.schema.problems(in: body.example).isEmpty, "\(route.path)") }
                for answer in route.answers {
                    guard let schema = answer.schema, let example = answer.example else { continue }
                    #expect(schema.problems(in: example).isEmpty, "\(route.path)")
                }
            }
        }
    }

    /// A path's id of the wrong kind names nothing that could exist.
    @Test func anIDOfAnotherKindIsNotFound() async throws {
        try await withSocial { plaza in
            let world = try await RouteWorld(plaza)
            for route in plaza.social.routes where route.path.contains("{") {
                let call = RouteCall(route.method, route.path, parameter: { _ in "ses_0000000000005" })
                do {
                    _ = try await route.handler(call.request(in: world, as: Self.principal(world.bob)))
                    Issue.record("\(call.name) answered")
                } catch {
                    let problem = error as? Problem ?? (error as? any ProblemConvertible)?.problem
                    #expect(problem?.status == .notFound, "\(call.name)")
                    let isDeclared = route.answers.contains { $0.status == .notFound && $0.about == problem?.code }
                    #expect(isDeclared, "\(call.name) \(problem?.code ?? "")")
                }
            }
        }
    }

    static func principal(_ account: ID<Account>, role: Role = .person) -> Principal {
        Principal(account: account, session: ID(rawValue: 1), role: role)
    }
}
