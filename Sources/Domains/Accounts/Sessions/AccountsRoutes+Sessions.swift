import Core
import HTTP
import HTTPTypes

/// A path of ``DELETE /v1/sessions/{session}`` that means the session which asks.
private let currentSession = "current"

extension AccountsService {
    var signUpRoute: Route {
        Route(
            .post, "/v1/accounts", "Sign up", tag: "Accounts", access: .anyone,
            body: Route.Body(
                .object([
                    .required("handle", .text(Handle.length), "a–z, 0–9, _ and .; capitals are folded."),
                    .required("password", AccountsSchemas.chosenPassword),
                    .required("display_name", ProfileRules.displayName),
                    .optional("email", .nullable(ProfileRules.email)),
                ]),
                example: [
                    "handle": "maya", "password": "correct horse battery", "display_name": "Maya",
                    "email": "maya@example.com",
                ]),
            answers: [
                Self.signedInAnswer(.created, "Signed up and in"),
                .problem(.conflict, "handle_taken"), .problem(.conflict, "handle_looks_alike"),
                .problem(.conflict, "email_taken"), .problem(.tooManyRequests, "too_many_attempts"),
                .problem(.serviceUnavailable, "busy"),
            ],
            // Five to ask, seven of our own, and what those who observe accounts add.
            statementsMax: 18, rateClass: .credentials
        ) { request in
            let body = request.body
            let draft = AccountDraft(
                handle: body.required("handle"), password: body.required("password"),
                displayName: body.required("display_name"),
                email: body["email"]?.string)
            return .signedIn(try await signUp(draft, from: request.origin), status: .created)
        }
    }

    var signInRoute: Route {
        Route(
            .post, "/v1/sessions", "Sign in", tag: "Sessions", access: .anyone,
            body: Route.Body(
                .object([
                    .required("login", .text(1...ProfileRules.emailLengthMax), "A handle or an email address."),
                    .required("password", AccountsSchemas.typedPassword),
                    .optional(
                        "device_token", AccountsSchemas.deviceToken,
                        "What an earlier sign-in gave: such a device is let through while strangers are held back."),
                ]),
                example: ["login": "maya", "password": "correct horse battery"]),
            answers: [
                Self.signedInAnswer(.created, "Signed in"),
                .problem(.unauthorized, "wrong_login"), .problem(.forbidden, "account_suspended"),
                .problem(.tooManyRequests, "too_many_attempts"), .problem(.serviceUnavailable, "busy"),
            ],
            // One to look up, four to sign in, and one when the hash is renewed.
            statementsMax: 6, rateClass: .credentials
        ) { request in
            let signedIn = try await signIn(
                login: request.body.required("login"), password: request.body.required("password"), from: request.origin
            )
            return .signedIn(signedIn, status: .created)
        }
    }

    var refreshRoute: Route {
        Route(
            .post, "/v1/sessions/refresh", "Exchange a refresh token for new tokens", tag: "Sessions",
            access: .anyone,
            body: Route.Body(
                .object([.required("refresh_token", .text(1...128, format: .password))]),
                example: ["refresh_token": "q81C…"]),
            answers: [
                Self.signedInAnswer(.ok, "New tokens"),
                .problem(.unauthorized, "invalid_token"), .problem(.unauthorized, "token_expired"),
                .problem(.unauthorized, "token_reused"),
            ],
            // One to look up, six to exchange. A token that comes again costs two, and one more for each that was
            // exchanged since.
            statementsMax: 10, rateClass: .credentials
        ) { request in
            .signedIn(try await refresh(request.body.required("refresh_token")), status: .ok)
        }
    }

    var sessionsRoute: Route {
        Route(
            .get, "/v1/sessions", "Where you are signed in, newest first", tag: "Sessions", access: .session,
            query: Route.Parameter.page,
            answers: [
                Route.Answer(
                    .ok, "A page of sessions", .page(of: AccountsSchemas.session),
                    example: AccountsSchemas.sessionPageExample),
                .problem(.badRequest, "invalid_cursor"),
            ],
            statementsMax: 1
        ) { request in
            let caller = try request.caller()
            let page = try await sessions(of: caller.account, cursor: request.cursor, limit: request.limit)
            return .page(page.sessions, next: page.next) { json, session in
                json.object { json in
                    session.write(into: &json)
                    json.member("is_current", session.id == caller.session)
                }
            }
        }
    }

    var endSessionRoute: Route {
        Route(
            .delete, "/v1/sessions/{session}", "Sign out: current, or another of your devices by id",
            tag: "Sessions", access: .session,
            answers: [Route.Answer(.noContent, "Signed out"), .problem(.notFound, "session_not_found")],
            statementsMax: 2
        ) { request in
            let caller = try request.caller()
            let isCurrent = request.parameter("session") == currentSession
            try await endSession(isCurrent ? caller.session : request.id("session"), of: caller.account)
            return .noContent
        }
    }
}

extension AccountsService {
    private static func signedInAnswer(_ status: HTTPResponse.Status, _ about: String) -> Route.Answer {
        Route.Answer(status, about, AccountsSchemas.signedIn, example: AccountsSchemas.signedInExample)
    }
}

extension RouteRequest {
    fileprivate var origin: SignInOrigin {
        SignInOrigin(address: address, device: headers[.userAgent] ?? "", deviceToken: body["device_token"]?.string)
    }
}

extension Reply {
    fileprivate static func signedIn(_ signedIn: SignedIn, status: HTTPResponse.Status) -> Reply {
        var reply = Reply.object(status: status) { json in
            json.name("account")
            json.object { signedIn.profile.write(into: &$0) }
            json.name("session")
            json.object { json in
                json.member("id", signedIn.tokens.session)
                json.member("access_token", signedIn.tokens.access)
                json.member("expires_at", signedIn.tokens.accessExpiresAt)
                json.member("refresh_token", signedIn.tokens.refresh)
            }
            json.member("device_token", signedIn.deviceToken)
        }
        reply.headers[.cacheControl] = "no-store"
        return reply
    }
}
