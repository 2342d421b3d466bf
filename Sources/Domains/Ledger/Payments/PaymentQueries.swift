import Core
import LedgerCore
import Storage

extension Queryable {
    private var paymentColumns: SQL {
        """
        id, kind, owner_kind, owner_id, wallet_id, provider, token, refunded_id, amount, currency, refunded_amount, state,
        failure, is_contradicted, created_at, expires_at, order_id, captured_amount, is_let_go
        """
    }

    func payment(_ id: ID<Payment>) throws -> Payment? {
        try first("SELECT \(paymentColumns) FROM payment WHERE id = \(id)") { Payment($0) }
    }

    /// Newest first.
    func payments(of owner: LedgerOwner, before: Int64, limit: Int) throws -> [Payment] {
        try rows(
            """
            SELECT \(paymentColumns)
            FROM payment
            WHERE owner_kind = \(owner.kind.rawValue) AND owner_id = \(owner.rawID) AND id < \(before)
            ORDER BY id DESC
            LIMIT \(limit)
            """
        ) { Payment($0) }
    }

    /// Payments that nobody can call finished: states up to `taken`, and `refused`.
    func unfinishedPayments(of owner: LedgerOwner) throws -> [ID<Payment>] {
        try rows(
            """
            SELECT id
            FROM payment
            WHERE owner_kind = \(owner.kind.rawValue) AND owner_id = \(owner.rawID) AND state NOT IN (6, 8)
            ORDER BY id
            """
        ) { $0.id(0) }
    }

    /// Those that somebody must look into, newest first.
    func contradictedPayments(before: Int64, limit: Int) throws -> [Payment] {
        try rows(
            """
            SELECT \(paymentColumns)
            FROM payment
            WHERE is_contradicted = 1 AND id < \(before)
            ORDER BY id DESC
            LIMIT \(limit)
            """
        ) { Payment($0) }
    }
}

extension WriteTransaction {
    func insert(_ payment: Payment) throws {
        try execute(
            """
            INSERT INTO payment
                (id, kind, owner_kind, owner_id, wallet_id, provider, token, refunded_id, amount, currency, state,
                 expires_at, created_at, updated_at)
            VALUES
                (\(payment.id), \(payment.kind.rawValue), \(payment.owner.kind.rawValue), \(payment.owner.rawID),
                 \(payment.wallet), \(payment.provider), \(payment.token), \(payment.refunded), \(payment.amount.amount),
                 \(payment.amount.currency.rawValue), \(payment.state.rawValue), \(payment.expiresAt),
                 \(payment.createdAt), \(payment.createdAt))
            """)
    }

    /// Writes how it stands.
    func update(_ payment: Payment, at now: Timestamp) throws {
        try execute(
            """
            UPDATE payment
            SET state = \(payment.state.rawValue), failure = \(payment.failure),
                is_contradicted = \(payment.isContradicted), captured_amount = \(payment.capturedAmount),
                updated_at = \(now)
            WHERE id = \(payment.id)
            """)
    }

    /// - Returns: false when the authorisation was claimed or given up, or has ended.
    func claim(_ payment: ID<Payment>, for order: ID<Order>, at now: Timestamp) throws -> Bool {
        try execute(
            """
            UPDATE payment
            SET order_id = \(order), updated_at = \(now)
            WHERE id = \(payment) AND kind = 4 AND order_id IS NULL AND is_let_go = 0 AND state IN (0, 1, 2)
                AND expires_at > \(now)
            """) == 1
    }

    /// - Returns: false when an order has claimed the authorisation.
    func letGo(_ payment: ID<Payment>, at now: Timestamp) throws -> Bool {
        try execute(
            """
            UPDATE payment
            SET is_let_go = 1, updated_at = \(now)
            WHERE id = \(payment) AND kind = 4 AND order_id IS NULL
            """) == 1
    }

    /// Counts what is given back of what was taken.
    /// - Returns: false when that is more than it brought.
    func addRefund(_ amount: Int64, of payment: ID<Payment>) throws -> Bool {
        try execute(
            """
            UPDATE payment
            SET refunded_amount = refunded_amount + \(amount)
            WHERE id = \(payment) AND refunded_amount <= COALESCE(captured_amount, amount) - \(amount)
            """) == 1
    }

    /// - Returns: false when the notice came before.
    func insertNotice(_ id: String, from provider: String, at now: Timestamp) throws -> Bool {
        try execute(
            """
            INSERT INTO payment_notice (provider, notice_id, received_at)
            VALUES (\(provider), \(id), \(now))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    func pruneNotices(before time: Timestamp, limit: Int) throws -> Int {
        try execute(
            """
            DELETE FROM payment_notice
            WHERE (provider, notice_id) IN (
                SELECT provider, notice_id
                FROM payment_notice
                WHERE received_at < \(time)
                ORDER BY received_at
                LIMIT \(limit))
            """)
    }
}

extension Payment {
    /// Columns in the order of `paymentColumns`.
    fileprivate init(_ row: Row) {
        guard let kind = Kind(rawValue: row.integer(1)),
            let owner = LedgerOwner(kind: row.integer(2), rawID: row.integer(3)), let currency = Currency(row.text(9)),
            let state = PaymentState(rawValue: row.integer(11))
        else { preconditionFailure("the tables hold only what was known once") }
        self.init(
            id: row.id(0), kind: kind, owner: owner, wallet: row.id(4), provider: row.text(5), token: row.text(6),
            refunded: row.idOrNil(7), amount: Money(row.integer(8), currency), expiresAt: row.timestampOrNil(15),
            order: row.idOrNil(16), capturedAmount: row.isNull(17) ? nil : row.integer(17), isLetGo: row.bool(18),
            refundedAmount: row.integer(10), state: state, failure: row.textOrNil(12), isContradicted: row.bool(13),
            createdAt: row.timestamp(14))
    }
}
