package import Accounts
package import Chat
package import Core
package import HTTP
import HTTPTypes
package import Ledger
package import Market
package import Notifications
package import Presence
package import Social
package import Storage

/// What concerns an account across slices: taking one's data along, and leaving.
package struct AccountFlows: Sendable {
    private let database: any Database
    private let accounts: AccountsService
    private let social: SocialService
    private let ledger: LedgerService
    private let market: MarketService
    private let chat: ChatService
    private let notifications: NotificationsService
    private let presence: PresenceService
    private let clock: WallClock

    package init(
        database: any Database, accounts: AccountsService, social: SocialService, ledger: LedgerService,
        market: MarketService, chat: ChatService, notifications: NotificationsService, presence: PresenceService,
        clock: WallClock
    ) {
        self.database = database
        self.accounts = accounts
        self.social = social
        self.ledger = ledger
        self.market = market
        self.chat = chat
        self.notifications = notifications
        self.presence = presence
        self.clock = clock
    }

    /// Everything that Plaza holds about an account, as one JSON document, from one snapshot.
    package func export(_ account: ID<Account>) async throws -> [UInt8] {
        try await database.read(lane: .background) { db in
            var json = JSONWriter(capacity: 16 * 1_024)
            try json.object { (json) throws(any Error) in
                json.member("exported_at", clock.now())
                try accounts.exportData(of: account, in: db, to: &json)
                try social.exportData(of: account, in: db, to: &json)
                try ledger.exportData(of: account, in: db, to: &json)
                try market.exportPurchases(of: account, in: db, to: &json)
                try chat.exportData(of: account, in: db, to: &json)
                try notifications.exportData(of: account, in: db, to: &json)
                try presence.exportData(of: account, in: db, to: &json)
            }
            return json.finish()
        }
    }

    /// Erases an account: personal data and sessions at once, posts, messages and traces soon after. The account's row stays,
    /// empty, because books outlive people: what they have paid and earned remains, under an id that names nobody.
    ///
    /// Their shops are closed with it. While somebody waits for an order of theirs, or money is theirs, nothing happens.
    /// - Throws: ``AccountsError/wrongPassword`` and what else confirming a password can throw,
    ///   ``LedgerError/walletNotEmpty``, ``LedgerError/shopWalletNotEmpty``, ``LedgerError/paymentsUnderWay``,
    ///   ``OrderError/ordersUnderWay``, ``OrderError/shopOrdersUnderWay``.
    package func erase(_ account: ID<Account>, password: String) async throws {
        try await accounts.confirmPassword(password, of: account)
        try await database.write { tx in
            try market.forgetBuyer(account, in: tx)
            let shops = try market.closeShops(of: account, in: tx)
            for owner in shops.map(LedgerOwner.shop) + [.person(account)] { try ledger.close(owner, in: tx) }
            try chat.erase(account, in: tx)
            try notifications.erase(account, in: tx)
            try presence.erase(account, in: tx)
            try accounts.erase(account, in: tx)
        }
    }

    private static let exportExample: JSON = [
        "exported_at": "2026-03-01T12:00:00.000Z",
        "account": ["id": "acc_0D3PZ7XGQW4K1", "handle": "ann"],
        "posts": [["id": "pst_0D3PZ7XGQW4K1", "caption": "New bowls, fresh from the kiln"]],
        "following": [["account": "acc_0D3PZ7XGQW4K2", "created_at": "2026-03-01T12:00:00.000Z"]],
    ]

    package var routes: [Route] {
        [
            Route(
                .get, "/v1/me/export", "Everything that is held about oneself", tag: "accounts", access: .session,
                answers: [
                    .init(
                        .ok,
                        """
                        One document: account, sessions, posts, comments, edges, engagements, entries, payments, orders, messages, \
                        notifications, presence
                        """,
                        .anything,
                        example: Self.exportExample)
                ],
                statementsMax: 28, rateClass: .credentials, deadlineSeconds: 60
            ) { request in
                .json(try await export(try request.caller().account))
            },
            Route(
                .delete, "/v1/me", "Erase one's account; the password confirms it", tag: "accounts", access: .session,
                body: .init(
                    .object([.required("password", .text(1...128, format: .password))]),
                    example: ["password": "correct horse battery staple"]),
                answers: [
                    .init(.noContent, "Erased; every session has ended"),
                    .problem(.forbidden, "wrong_password"), .problem(.tooManyRequests, "too_many_attempts"),
                    .problem(.conflict, "wallet_not_empty"), .problem(.conflict, "payments_under_way"),
                    .problem(.conflict, "orders_under_way"), .problem(.conflict, "shop_orders_under_way"),
                    .problem(.conflict, "shop_wallet_not_empty"),
                ],
                // Each shop is six more, and each line in which the next one is offered what was kept is three more.
                statementsMax: 179, rateClass: .credentials
            ) { request in
                try await erase(try request.caller().account, password: request.body["password"]?.string ?? "")
                return .noContent
            },
        ]
    }
}
