package import Core
import Crypto
package import HTTP
import HTTPTypes
package import Storage

/// Writes that a client may send again without their being done again.
///
/// Owns `idempotency_key`. The answer is written in the transaction that does the work, so either both are there or
/// neither: who was cut off before the answer came sends the same request with the same key, and gets the answer of the
/// first. A request that was refused left nothing behind and is simply tried again.
package struct IdempotencyKeys: Sendable {
    /// How long an answer is kept: longer than any client goes on trying.
    private static let keptSeconds: Int64 = 7 * 86_400

    private let clock: WallClock

    package init(clock: WallClock) {
        self.clock = clock
    }

    /// Does the work, or gives the answer that it led to before.
    ///
    /// On an engine that writes one transaction at a time the second of two requests finds the first one done. Where
    /// both may run at once, the unique key makes one of them wait, and fail if the other commits.
    /// - Parameters:
    ///   - request: of a route with ``Route/needsIdempotencyKey`` and a session.
    ///   - work: what is to be done once, in this transaction.
    /// - Throws: a ``Problem`` with `idempotency_key_reused` when the key came with another request.
    package func answer(
        _ request: RouteRequest, in tx: WriteTransaction, _ work: () throws -> Reply
    ) throws -> Reply {
        let account = try request.caller().account
        let key = request.headers[.idempotencyKey] ?? ""
        let fingerprint = Self.fingerprint(of: request)
        let before = try tx.first(
            """
            SELECT fingerprint, status, answer
            FROM idempotency_key
            WHERE account_id = \(account) AND key = \(key)
            """
        ) { (fingerprint: $0.bytes(0), status: $0.int(1), answer: $0.bytes(2)) }
        if let before {
            guard before.fingerprint == fingerprint else {
                throw Problem(
                    .unprocessableContent, "idempotency_key_reused",
                    "This Idempotency-Key came with another request before: choose a new one for each.")
            }
            var reply = Reply.json(before.answer, status: .init(code: before.status))
            reply.headers[.idempotentReplayed] = "true"
            return reply
        }
        let reply = try work()
        try tx.execute(
            """
            INSERT INTO idempotency_key (account_id, key, fingerprint, status, answer, created_at)
            VALUES (\(account), \(key), \(fingerprint), \(Int64(reply.status.code)), \(reply.body), \(clock.now()))
            """)
        return reply
    }

    private static func fingerprint(of request: RouteRequest) -> [UInt8] {
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let text = "\(request.method.rawValue) \(request.path)?\(query)\n\(request.body.text)"
        return Array(SHA256.hash(data: Array(text.utf8)))
    }

    /// Forgets answers that nobody will ask for any more.
    /// - Returns: how many; fewer than `limit` when none are left.
    package func prune(limit: Int, in tx: WriteTransaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM idempotency_key
            WHERE (account_id, key) IN (
                SELECT account_id, key
                FROM idempotency_key
                WHERE created_at < \(clock.now().advanced(bySeconds: -Self.keptSeconds))
                ORDER BY created_at
                LIMIT \(limit))
            """)
    }

    package static let migrations = [
        Migration(
            "idempotency.001 keys",
            [
                .table(
                    "idempotency_key", clustered: true,
                    columns: """
                        account_id BIGINT NOT NULL,
                        key TEXT NOT NULL,
                        fingerprint BYTEA NOT NULL,
                        status BIGINT NOT NULL,
                        answer BYTEA NOT NULL,
                        created_at BIGINT NOT NULL,
                        PRIMARY KEY (account_id, key)
                        """),
                .statement("CREATE INDEX idempotency_key_by_age ON idempotency_key (created_at)"),
            ])
    ]
}

extension HTTPField.Name {
    fileprivate static let idempotentReplayed: HTTPField.Name = {
        guard let name = HTTPField.Name("Idempotent-Replayed") else { preconditionFailure("it is a field name") }
        return name
    }()
}
