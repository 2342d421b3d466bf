import Core
package import HTTP
import HTTPTypes

extension PresenceService {
    /// Every route of the slice.
    package var routes: [Route] {
        [
            Route(
                .get, "/v1/presence", "Who of these is online, or was when; those one may not see are absent",
                tag: "presence", access: .session,
                query: [
                    .init(
                        "accounts", .text(1...2_000), "Ids with commas between them, a hundred at most.",
                        example: "acc_0D3PZ7XGQW4K1")
                ],
                answers: [
                    .init(.ok, "Those one may see", PresenceShapes.list, example: PresenceShapes.listExample)
                ],
                statementsMax: 1
            ) { request in
                let accounts = try Self.accounts(request.queryValue("accounts") ?? "")
                let items = try await presence(of: accounts, for: try request.caller().account)
                return .object { json in
                    json.name("items")
                    json.array(items) { json, item in json.value(item.json) }
                }
            },
            Route(
                .get, "/v1/presence/settings", "Who may see whether one is online", tag: "presence", access: .session,
                answers: [
                    .init(
                        .ok, "The settings", PresenceShapes.settings, example: PresenceShapes.settingsExample)
                ],
                statementsMax: 1
            ) { request in .visibility(try await visibility(of: try request.caller().account)) },
            Route(
                .put, "/v1/presence/settings", "Say who may see whether one is online", tag: "presence",
                access: .session, body: .init(PresenceShapes.settings, example: PresenceShapes.settingsExample),
                answers: [
                    .init(
                        .ok, "The settings", PresenceShapes.settings, example: PresenceShapes.settingsExample)
                ],
                statementsMax: 1
            ) { request in
                let name = request.body["visible_to"]?.string ?? ""
                let visibility = PresenceVisibility(name: name) ?? .friends
                try await show(try request.caller().account, to: visibility)
                return .visibility(visibility)
            },
        ]
    }

    private static func accounts(_ text: String) throws -> [ID<Account>] {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        let accounts = names.compactMap { ID<Account>($0) }
        guard accounts.count == names.count else {
            throw Problem.invalidField("accounts", "invalid_id", "is not a list of accounts' ids")
        }
        guard accounts.count <= PresenceLimits.askedMax else {
            throw Problem.invalidField("accounts", "too_many", "names more than \(PresenceLimits.askedMax) accounts")
        }
        return accounts
    }
}

extension Reply {
    fileprivate static func visibility(_ visibility: PresenceVisibility) -> Reply {
        .object { json in json.member("visible_to", visibility.name) }
    }
}

/// Shapes and examples of what Presence's routes take and answer.
enum PresenceShapes {
    static let list = Schema.object([
        .required(
            "items",
            .array(
                .named(
                    "Presence",
                    .object([
                        .required("account", .id(of: Account.self)), .required("is_online", .boolean),
                        .required("last_seen", .nullable(.time), "Null for who is online or was never seen."),
                    ])), count: 0...PresenceLimits.askedMax), "In the order in which they were asked for.")
    ])

    static let settings = Schema.object([
        .required(
            "visible_to", .choice(PresenceVisibility.choices.map(\.name)), "friends unless told. Never who is blocked.")
    ])

    static let listExample: JSON = [
        "items": [["account": "acc_0D3PZ7XGQW4K1", "is_online": false, "last_seen": "2026-03-01T12:00:00.000Z"]]
    ]

    static let settingsExample: JSON = ["visible_to": "friends"]
}
