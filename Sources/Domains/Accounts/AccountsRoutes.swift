import Core
package import HTTP
import HTTPTypes

extension AccountsService {
    package var routes: [Route] {
        [
            signUpRoute, signInRoute, refreshRoute, sessionsRoute, endSessionRoute,
            meRoute, changeMeRoute, changePasswordRoute, accountRoute, administerRoute,
        ]
    }

    private var meRoute: Route {
        Route(
            .get, "/v1/me", "Your own account", tag: "Accounts", access: .session,
            answers: [Self.accountAnswer("Your account"), .init(.notModified, "It is still what If-None-Match names")],
            statementsMax: 1, hasETag: true
        ) { request in
            let profile = try await profile(of: request.caller().account)
            return Reply.object { profile.write(into: &$0) }
        }
    }

    private var changeMeRoute: Route {
        Route(
            .patch, "/v1/me", "Change your account", tag: "Accounts", access: .session,
            body: Route.Body(
                .object([
                    .optional("display_name", ProfileRules.displayName),
                    .optional("bio", ProfileRules.bio),
                    .optional("avatar_url", .nullable(ProfileRules.avatarURL), "Null removes it."),
                    .optional("email", .nullable(ProfileRules.email), "Null removes it. Needs current_password."),
                    .optional(
                        "current_password", AccountsSchemas.typedPassword, "Asked for when the email address changes."),
                ]),
                example: [
                    "bio": "Linen, light and long walks.", "avatar_url": nil, "email": "maya@example.com",
                    "current_password": "correct horse battery",
                ]),
            answers: [
                Self.accountAnswer("As it is now"),
                .problem(.conflict, "email_taken"), .problem(.forbidden, "wrong_password"),
                .problem(.tooManyRequests, "too_many_attempts"), .problem(.serviceUnavailable, "busy"),
            ],
            // Seven to change it, and two more for the email address.
            statementsMax: 9
        ) { request in
            let body = request.body
            let change = ProfileChange(
                displayName: body["display_name"]?.string, bio: body["bio"]?.string,
                avatarURL: body["avatar_url"].map(\.string), email: body["email"].map(\.string))
            let profile = try await changeProfile(
                of: request.caller().account, change, password: body["current_password"]?.string)
            return Reply.object { profile.write(into: &$0) }
        }
    }

    private var changePasswordRoute: Route {
        Route(
            .put, "/v1/me/password", "Change your password; your other sessions end", tag: "Accounts",
            access: .session,
            body: Route.Body(
                .object([
                    .required("current_password", AccountsSchemas.typedPassword),
                    .required("new_password", AccountsSchemas.chosenPassword),
                ]),
                example: ["current_password": "correct horse battery", "new_password": "staple of the evening"]),
            answers: [
                Route.Answer(.noContent, "Changed"), .problem(.forbidden, "wrong_password"),
                .problem(.tooManyRequests, "too_many_attempts"), .problem(.serviceUnavailable, "busy"),
            ],
            statementsMax: 6, rateClass: .credentials
        ) { request in
            try await changePassword(
                of: request.caller(), from: request.body.required("current_password"),
                to: request.body.required("new_password"))
            return .noContent
        }
    }

    private var accountRoute: Route {
        Route(
            .get, "/v1/admin/accounts/{account}", "Any account", tag: "Administration", access: .role(.administrator),
            answers: [
                Self.accountAnswer("The account"),
                .init(.notModified, "It is still what If-None-Match names"),
                .problem(.notFound, "account_not_found"),
            ],
            statementsMax: 1, hasETag: true
        ) { request in
            let profile = try await profile(of: request.id("account"))
            return Reply.object { profile.write(into: &$0) }
        }
    }

    private var administerRoute: Route {
        Route(
            .patch, "/v1/admin/accounts/{account}", "Change an account's role; suspend it or let it back in",
            tag: "Administration", access: .role(.administrator),
            body: Route.Body(
                .object([
                    .optional("role", .choice(Role.allCases.map(\.name))),
                    .optional(
                        "state", .choice([AccountState.active.name, AccountState.suspended.name]),
                        """
                        A suspension ends every session; until it ends nobody sees the account, what it posted and said, its \
                        shops and their products.
                        """),
                    .optional(
                        "suspended_until", .nullable(.time),
                        "With the state suspended: when it ends by itself. Left out or null: when an administrator ends it."
                    ),
                ]),
                example: ["state": "suspended"]),
            answers: [
                Self.accountAnswer("As it is now"),
                .problem(.notFound, "account_not_found"), .problem(.conflict, "last_administrator"),
            ],
            // Each shop of theirs is three more.
            statementsMax: 60
        ) { request in
            let profile = try await administer(
                request.id("account"), role: request.body["role"]?.string.flatMap(Role.init(name:)),
                isSuspended: request.body["state"]?.string.map { $0 == AccountState.suspended.name },
                until: request.body["suspended_until"]?.string.flatMap { Timestamp($0) })
            return Reply.object { profile.write(into: &$0) }
        }
    }

    private static func accountAnswer(_ about: String) -> Route.Answer {
        Route.Answer(.ok, about, AccountsSchemas.account, example: AccountsSchemas.accountExample)
    }
}

extension JSON {
    /// A required member that the route's schema has checked already.
    func required(_ name: String) -> String {
        self[name]?.string ?? ""
    }
}
