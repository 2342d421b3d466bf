package import Core
package import Storage

/// What the rest of the house must agree on about an account.
package struct AccountCard: Sendable, Equatable {
    package let id: ID<Account>
    package let handle: String
    package let displayName: String
    package let bio: String
    package let avatarURL: String?
    package let isErased: Bool
    package let isSuspended: Bool
}

extension AccountsService {
    /// What is true of accounts and sessions at any time.
    package static var consistencyChecks: [ConsistencyCheck] {
        [
            ConsistencyCheck(
                "session.account",
                """
                SELECT session.id, session.account_id, account.state
                FROM session
                LEFT JOIN account ON account.id = session.account_id
                WHERE account.id IS NULL OR account.state = 2 /* scan: verify */
                """
            ) { row in
                .init(
                    subject: "\(row.id(0, Session.self))", expected: "the account \(row.id(1, Account.self))",
                    found: row.isNull(2) ? "none" : "an erased one")
            },
            ConsistencyCheck(
                "credential.account",
                """
                SELECT credential.account_id, account.state
                FROM credential
                LEFT JOIN account ON account.id = credential.account_id
                WHERE account.id IS NULL OR account.state = 2 /* scan: verify */
                """
            ) { row in
                .init(
                    subject: "\(row.id(0, Account.self))", expected: "an account to sign in to",
                    found: row.isNull(1) ? "none" : "an erased one")
            },
        ]
    }

    /// Accounts in the order of their ids, tombstones among them.
    package static func cards(after: ID<Account>, limit: Int, in db: some Queryable) throws -> [AccountCard] {
        try db.rows(
            """
            SELECT id, handle, display_name, bio, avatar_url, state
            FROM account
            WHERE id > \(after)
            ORDER BY id
            LIMIT \(limit)
            """
        ) { row in
            AccountCard(
                id: row.id(0), handle: row.text(1), displayName: row.text(2), bio: row.text(3),
                avatarURL: row.textOrNil(4), isErased: row.integer(5) == AccountState.erased.rawValue,
                isSuspended: row.integer(5) == AccountState.suspended.rawValue)
        }
    }
}
