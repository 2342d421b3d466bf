import Core
import Storage

extension Handle {
    /// Accounts that look alike and are asked about, the oldest: whoever is well known was there before those who imitate.
    static let lookalikesMax = 64

    /// What a handle looks like: handles with one skeleton are taken for each other.
    ///
    /// Of UTS 39's confusables (https://www.unicode.org/reports/tr39/#Confusable_Detection) these are all whose characters a
    /// handle can have: `0` is read as `o`, `1` as `l`, `rn` as `m`. Added are `vv` for `w`, and dots and underscores at the
    /// end, which nobody sees. The index `account_by_skeleton` is over this expression.
    static func skeleton(of handle: SQL) -> SQL {
        "replace(replace(replace(replace(rtrim(\(handle), '._'), '0', 'o'), '1', 'l'), 'm', 'rn'), 'w', 'vv')"
    }
}

extension Queryable {
    func lookalikes(of handle: String) throws -> [ID<Account>] {
        try rows(
            """
            SELECT id
            FROM account
            WHERE \(Handle.skeleton(of: "handle")) = \(Handle.skeleton(of: "\(handle)"))
            ORDER BY id
            LIMIT \(Handle.lookalikesMax)
            """
        ) { $0.id(0) }
    }

    /// Whether an account that was erased had the handle, not long ago.
    func isRetired(_ handle: String, at now: Timestamp) throws -> Bool {
        try exists(
            "SELECT 1 FROM retired_handle WHERE hash = \(TokenHash(of: handle)) AND retired_until > \(now)")
    }
}

extension WriteTransaction {
    func retire(_ handle: String, until end: Timestamp) throws {
        try execute(
            """
            INSERT INTO retired_handle (hash, retired_until)
            VALUES (\(TokenHash(of: handle)), \(end))
            ON CONFLICT (hash) DO UPDATE SET retired_until = excluded.retired_until
            """)
    }

    /// - Returns: the number of rows deleted.
    func deleteRetiredHandles(before now: Timestamp, limit: Int) throws -> Int {
        try execute(
            """
            DELETE FROM retired_handle
            WHERE hash IN (
                SELECT hash FROM retired_handle WHERE retired_until < \(now) ORDER BY retired_until LIMIT \(limit))
            """)
    }
}
