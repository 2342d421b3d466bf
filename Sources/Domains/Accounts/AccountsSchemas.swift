import Core
import HTTP

/// The shapes and examples of this slice's answers.
enum AccountsSchemas {
    static let account = Schema.named(
        "OwnAccount",
        .object([
            .required("id", .id(of: Account.self)),
            .required("handle", .text(Handle.length, format: .handle), "Unique, in lower case."),
            .required("display_name", .text(0...Account.displayNameLength.upperBound)),
            .required("bio", ProfileRules.bio),
            .required("avatar_url", .nullable(ProfileRules.avatarURL)),
            .required("email", .nullable(ProfileRules.email)),
            .required("role", .choice(Role.allCases.map(\.name))),
            .required("state", .choice(AccountState.allCases.map(\.name))),
            .required("suspended_until", .nullable(.time), "When a suspension ends by itself."),
            .required("created_at", .time),
        ]))

    static let accountExample: JSON = [
        "id": "acc_05KZX6QG40001", "handle": "maya", "display_name": "Maya", "bio": "Linen and light.",
        "avatar_url": nil, "email": "maya@example.com", "role": "person", "state": "active",
        "suspended_until": nil,
        "created_at": "2026-03-01T12:00:00.000Z",
    ]

    static let signedIn = Schema.named(
        "SignedIn",
        .object([
            .required("account", account),
            .required(
                "session",
                .object([
                    .required("id", .id(of: Session.self)),
                    .required("access_token", .text(1...128), "Sent as Authorization: Bearer; lasts 15 minutes."),
                    .required("expires_at", .time, "When the access token expires."),
                    .required("refresh_token", .text(1...128), "Good for one refresh, within 30 days."),
                ])),
            .required(
                "device_token", deviceToken,
                "Sent with the next sign-in on this device, also after signing out: strangers cannot lock it out."),
        ]))

    static let signedInExample: JSON = [
        "account": accountExample,
        "session": [
            "id": "ses_05KZX6QG40002", "access_token": "vM2n…", "expires_at": "2026-03-01T12:15:00.000Z",
            "refresh_token": "q81C…",
        ],
        "device_token": "AAEq…",
    ]

    static let session = Schema.named(
        "Session",
        .object([
            .required("id", .id(of: Session.self)),
            .required("device", .text(0...200), "What the device called itself at sign-in."),
            .required("created_at", .time),
            .required("last_used_at", .time, "When it was last refreshed."),
            .required("expires_at", .time),
            .required("is_current", .boolean, "True for the session that asks."),
        ]))

    static let sessionPageExample: JSON = [
        "items": [
            [
                "id": "ses_05KZX6QG40002", "device": "Plaza/1.0 (iOS 19)", "created_at": "2026-03-01T12:00:00.000Z",
                "last_used_at": "2026-03-01T12:45:00.000Z", "expires_at": "2026-03-31T12:45:00.000Z",
                "is_current": true,
            ]
        ],
        "next": nil,
    ]

    /// A password that is compared, not chosen: no rule tells more about it than that it is short enough to hash.
    static let typedPassword = Schema.text(1...PasswordRules.length.upperBound, format: .password)
    static let deviceToken = Schema.text(1...128)
    static let chosenPassword = Schema.text(PasswordRules.length, format: .password)
}
