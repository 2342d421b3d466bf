import App
import Core
import HTTP
import HTTPTypes
import PlazaTesting
import Testing

/// Who may ask: tokens that are missing, wrong, old, ended or used twice.
@Suite struct TokenTests {
    @Test(arguments: [
        "Bearer", "Bearer ", "bearer x", "Basic YTpi", "Bearer a b c", "Bearer \u{FF}", "Token x",
        "Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ])
    func whatIsNotATokenIsRefused(_ header: String) async throws {
        try await withPlaza { plaza in
            for path in ["/v1/me", "/v1/feed"] {
                let answer = try await plaza.send(.get, path, headers: [.authorization: header])
                #expect(answer.status == .unauthorized)
                #expect(answer.code == "invalid_token")
                #expect(answer.headers[.wwwAuthenticate] == "Bearer")
            }
        }
    }

    @Test func everyRouteThatNeedsASessionSaysSo() async throws {
        try await withPlaza { plaza in
            for route in plaza.plaza.routes where route.needsSession {
                let path = route.path.replacing("{", with: "").replacing("}", with: "")
                let answer = try await plaza.send(route.method, path)
                #expect(answer.code == "unauthenticated", "\(route.method) \(route.path)")
            }
        }
    }

    @Test func everyAdministrativeRouteNeedsTheRole() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let routes = plaza.plaza.routes.filter { $0.path.contains("/admin/") }
            #expect(routes.count >= 5)
            for route in routes {
                let path = route.path.replacing("{", with: "").replacing("}", with: "")
                let answer = try await plaza.send(route.method, path, as: ann)
                #expect(answer.status == .forbidden)
                #expect(answer.code == "role_required", "\(route.method) \(route.path)")
            }
        }
    }

    @Test func anExpiredTokenIsRenewedByItsRefreshToken() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            plaza.clock.advance(seconds: 15 * 60)
            #expect(try await plaza.send(.get, "/v1/me", as: ann).code == "token_expired")
            let renewed = try await plaza.refresh(ann)
            #expect(renewed.status == .ok)
            #expect(try await plaza.send(.get, "/v1/me", as: ann).code == "invalid_token")
            let again = try Person(renewed.json, address: ann.address)
            #expect(try await plaza.send(.get, "/v1/me", as: again).status == .ok)
        }
    }

    @Test func aRefreshTokenThatComesTwiceEndsTheSession() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let thief = try Person(try await plaza.refresh(ann).json, address: ann.address)
            plaza.clock.advance(seconds: 11)
            #expect(try await plaza.refresh(ann).code == "token_reused")
            #expect(try await plaza.send(.get, "/v1/me", as: thief).code == "invalid_token")
            #expect(try await plaza.refresh(thief).code == "invalid_token")
        }
    }

    @Test func aRefreshTokenThatComesTwiceAtOnceGivesTheSameTokens() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let (one, other) = (try await plaza.refresh(ann), try await plaza.refresh(ann))
            #expect(one.json["session"] == other.json["session"])
            let again = try Person(other.json, address: ann.address)
            #expect(try await plaza.send(.get, "/v1/me", as: again).status == .ok)
        }
    }

    /// How long a password or token took to be looked at depends on what is stored.
    @Test func whereSecretsAreLookedAtNoTimesAreTold() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            for login in ["ann", "nobody"] {
                let answer = try await plaza.send(
                    .post, "/v1/sessions", body: ["login": .string(login), "password": "wrong horse"])
                #expect(answer.code == "wrong_login")
                #expect(answer.headers[.serverTiming] == nil)
            }
            #expect(try await plaza.refresh(ann).headers[.serverTiming] == nil)
            #expect(try await plaza.send(.get, "/v1/feed").headers[.serverTiming] != nil)
            let silent = plaza.plaza.routes.filter { !$0.tellsTiming }.map { "\($0.method) \($0.path)" }
            #expect(
                Set(silent).isSuperset(of: [
                    "POST /v1/accounts", "POST /v1/sessions", "POST /v1/sessions/refresh", "PUT /v1/me/password",
                    "PATCH /v1/me", "DELETE /v1/me",
                ]))
        }
    }

    @Test(arguments: [" ann ", "@ann", " @Ann"]) func whatAKeyboardAddsToALoginIsNoPartOfIt(_ login: String)
        async throws
    {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            #expect(try await plaza.signIn(login).id == ann.id)
        }
    }

    @Test func aRefreshTokenExpires() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            plaza.clock.advance(seconds: 30 * 24 * 3_600 + 1)
            #expect(try await plaza.refresh(ann).code == "token_expired")
        }
    }

    @Test func anEndedSessionIsOverAtOnce() async throws {
        try await withPlaza { plaza in
            let phone = try await plaza.signUp("ann")
            let laptop = try await plaza.signIn("ann")
            #expect(try await plaza.send(.get, "/v1/me", as: phone).status == .ok)
            #expect(try await plaza.send(.delete, "/v1/sessions/\(phone.session)", as: laptop).status == .noContent)
            #expect(try await plaza.send(.get, "/v1/me", as: phone).code == "invalid_token")
            #expect(try await plaza.refresh(phone).code == "invalid_token")
            #expect(try await plaza.send(.delete, "/v1/sessions/current", as: laptop).status == .noContent)
            #expect(try await plaza.send(.get, "/v1/me", as: laptop).code == "invalid_token")
        }
    }

    @Test func aSuspendedAccountIsOutAtOnce() async throws {
        try await withPlaza { plaza in
            let (ann, admin) = (try await plaza.signUp("ann"), try await plaza.administrator())
            #expect(try await plaza.send(.get, "/v1/me", as: ann).status == .ok)
            _ = try await plaza.send(.patch, "/v1/admin/accounts/\(ann.id)", as: admin, body: ["state": "suspended"])
            #expect(try await plaza.send(.get, "/v1/me", as: ann).code == "invalid_token")
            let login: JSON = ["login": "ann", "password": .string(PlazaFixture.password)]
            #expect(try await plaza.send(.post, "/v1/sessions", body: login).code == "account_suspended")
        }
    }

    @Test func theLastAdministratorStays() async throws {
        try await withPlaza { plaza in
            let admin = try await plaza.administrator()
            let path = "/v1/admin/accounts/\(admin.id)"
            let answer = try await plaza.send(.patch, path, as: admin, body: ["role": "person"])
            #expect(answer.code == "last_administrator")
            #expect(try await plaza.send(.get, path, as: admin).json["role"]?.string == "administrator")
        }
    }

    @Test func guessingFromManyAddressesEndsAndAKnownDeviceIsLetThrough() async throws {
        try await withPlaza(["PLAZA_RATE_SIGN_IN_ACCOUNT": "4"]) { plaza in
            let signedUp = try await plaza.send(
                .post, "/v1/accounts", headers: [.forwardedFor: "203.0.113.1"],
                body: ["handle": "ann", "password": .string(PlazaFixture.password), "display_name": "Ann"])
            let device = try #require(signedUp.json["device_token"])
            var codes: [String?] = []
            for attempt in 0..<5 {
                let answer = try await plaza.send(
                    .post, "/v1/sessions", headers: [.forwardedFor: "203.0.113.\(attempt)"],
                    body: ["login": "ann", "password": "wrong horse"])
                codes.append(answer.code)
            }
            #expect(codes == Array(repeating: "wrong_login", count: 4) + ["too_many_attempts"])
            let login: JSON = ["login": "ann", "password": .string(PlazaFixture.password)]
            let stranger = try await plaza.send(
                .post, "/v1/sessions", headers: [.forwardedFor: "203.0.113.9"], body: login)
            #expect(stranger.code == "too_many_attempts")
            #expect(stranger.headers[.rateLimitPolicy] == "\"sign_in_account\";q=4;w=3600")
            let owner = try await plaza.send(
                .post, "/v1/sessions", headers: [.forwardedFor: "203.0.113.9"],
                body: ["login": "ann", "password": .string(PlazaFixture.password), "device_token": device])
            #expect(owner.status == .created)
        }
    }

    @Test(arguments: ["handle", "email"]) func whatIsTakenIsSaid(_ field: String) async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            _ = try await plaza.send(
                .patch, "/v1/me", as: ann,
                body: ["email": "ann@example.com", "current_password": .string(PlazaFixture.password)])
            let body: JSON = [
                "handle": field == "handle" ? "ANN" : "other", "email": "Ann@Example.com",
                "password": .string(PlazaFixture.password), "display_name": "A",
            ]
            let answer = try await plaza.send(.post, "/v1/accounts", body: body)
            #expect(answer.status == .conflict)
            #expect(answer.code == "\(field)_taken")
            #expect(try await plaza.send(.get, "/v1/accounts/other").code == "account_not_found")
        }
    }
}

extension Route {
    fileprivate var needsSession: Bool {
        switch access {
        case .anyone, .visitor: false
        case .session, .role: true
        }
    }
}

extension PlazaFixture {
    fileprivate func refresh(_ person: Person) async throws -> Answer {
        try await send(.post, "/v1/sessions/refresh", body: ["refresh_token": .string(person.refreshToken)])
    }
}
