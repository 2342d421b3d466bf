import Core
import HTTP
import HTTPTypes
import Storage
import Testing

@testable import Accounts

@Suite struct RouteTests {
    @Test func aPersonSignsUpLooksAroundAndSignsOut() async throws {
        try await withAccounts { plaza in
            let signedUp = try await plaza.call(
                .post, "/v1/accounts",
                body: ["handle": "maya", "password": .string(AccountsFixture.password), "display_name": "Maya"])
            #expect(signedUp.status == .created)
            #expect(signedUp.headers[.cacheControl] == "no-store")
            let answer = try JSONParser.parse(signedUp.body)
            let token = try #require(answer["session"]?["access_token"]?.string)
            let principal = try await plaza.accounts.authenticator.principal(for: token)

            let me = try JSONParser.parse(try await plaza.call(.get, "/v1/me", as: principal).body)
            #expect(me == answer["account"])
            let changed = try await plaza.call(.patch, "/v1/me", as: principal, body: ["bio": "Linen.", "email": nil])
            #expect(try JSONParser.parse(changed.body)["bio"]?.string == "Linen.")
            let list = try JSONParser.parse(try await plaza.call(.get, "/v1/sessions", as: principal).body)
            #expect(list["items"]?.array?.first?["is_current"]?.bool == true)
            #expect(list["next"] == .null)

            let path = "/v1/sessions/{session}"
            let signedOut = try await plaza.call(.delete, path, as: principal, parameter: "current")
            #expect(signedOut.status == .noContent)
            #expect(await plaza.refusal(of: token) == "invalid_token")
            let again = await problemCode {
                _ = try await plaza.call(.delete, path, as: principal, parameter: "\(principal.session)")
            }
            #expect(again == "session_not_found")
        }
    }

    @Test func anUnknownLoginAndAWrongPasswordAreOneAnswer() async throws {
        try await withAccounts { plaza in
            _ = try await plaza.signUp()
            var problems: [Problem] = []
            for login in ["maya", "nobody"] {
                do {
                    let body: JSON = ["login": .string(login), "password": "wrong horse"]
                    _ = try await plaza.call(.post, "/v1/sessions", body: body)
                } catch let error as AccountsError {
                    problems.append(error.problem)
                }
            }
            #expect(problems.map(\.status) == [.unauthorized, .unauthorized])
            #expect(problems.map(\.code) == ["wrong_login", "wrong_login"])
            #expect(problems.first?.detail == problems.last?.detail)
        }
    }

    @Test func anAdministratorSuspends() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp()
            let path = "/v1/admin/accounts/{account}"
            let suspended = try await plaza.call(
                .patch, path, parameter: "\(signedIn.profile.id)", body: ["state": "suspended"])
            #expect(try JSONParser.parse(suspended.body)["state"]?.string == "suspended")
            let read = try await plaza.call(.get, path, parameter: "\(signedIn.profile.id)")
            #expect(read.body == suspended.body)
            for name in ["acc_0000000000005", "maya"] {
                let code = await problemCode { _ = try await plaza.call(.get, path, parameter: name) }
                #expect(code == "account_not_found")
            }
        }
    }

    @Test func examplesHaveTheShapeTheyIllustrate() async throws {
        try await withAccounts { plaza in
            for route in plaza.accounts.routes {
                if let body = route.body { #expect(body.schema.problems(in: body.example).isEmpty, "\(route.path)") }
                for answer in route.answers {
                    guard let schema = answer.schema, let example = answer.example else { continue }
                    #expect(schema.problems(in: example).isEmpty, "\(route.path)")
                }
            }
        }
    }

    @Test func administrationIsForAdministratorsAndCredentialsAreLimited() async throws {
        try await withAccounts { plaza in
            for route in plaza.accounts.routes {
                #expect(route.path.hasPrefix("/v1/admin/") == (route.access == .role(.administrator)))
                let takesPassword = route.body?.example["password"] != nil || route.path == "/v1/me/password"
                if takesPassword { #expect(route.rateClass == .credentials) }
            }
        }
    }
}

extension AccountsFixture {
    /// Calls a route's handler as the server would after its checks, and holds it to its budget.
    fileprivate func call(
        _ method: HTTPRequest.Method, _ path: String, as principal: Principal? = nil, parameter: String? = nil,
        body: JSON = .null
    ) async throws -> Reply {
        let route = try #require(accounts.routes.first { $0.method == method && $0.path == path })
        let parameters = path.split(separator: "/").filter { $0.first == "{" }.map { segment in
            (name: String(segment.dropFirst().dropLast()), value: parameter ?? "")
        }
        let request = RouteRequest(
            id: "req", method: method, path: path, headers: [.userAgent: "Plaza/1.0 (test)"], address: "192.0.2.1",
            principal: principal, parameters: parameters, query: [], body: body)
        let scope = WorkScope()
        defer { #expect(scope.statements <= route.statementsMax, "\(method) \(path)") }
        let reply = try await WorkScope.$current.withValue(scope) { try await route.handler(request) }
        if let schema = route.answers.first(where: { $0.status == reply.status })?.schema {
            #expect(schema.problems(in: try JSONParser.parse(reply.body)).isEmpty, "\(method) \(path)")
        }
        return reply
    }
}
