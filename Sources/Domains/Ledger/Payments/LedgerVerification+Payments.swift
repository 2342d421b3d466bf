import Core
import Jobs
import LedgerCore
import Storage

extension LedgerService {
    /// What a top-up or capture has given back is what its refunds come to, but for those that were refused.
    static var refundCheck: ConsistencyCheck {
        ConsistencyCheck(
            "payment.refunded_amount",
            """
            SELECT payment.id, payment.refunded_amount, CAST(COALESCE(SUM(refund.amount), 0) AS BIGINT)
            FROM payment
            LEFT JOIN payment AS refund ON refund.refunded_id = payment.id AND refund.state <> 8
            GROUP BY payment.id, payment.refunded_amount
            HAVING payment.refunded_amount <> COALESCE(SUM(refund.amount), 0) /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Payment.self))", expected: "\(row.integer(2)) refunded",
                found: "\(row.integer(1))")
        }
    }

    /// A payment's money is in the wallet or out of it, as its state says.
    static var paymentCheck: ConsistencyCheck {
        ConsistencyCheck(
            "payment.transfers",
            """
            SELECT payment.id, payment.state, payment.expected, COALESCE(SUM(
                CASE WHEN transfer.credit_id = payment.wallet_id THEN transfer.amount ELSE -transfer.amount END), 0)
            FROM (
                SELECT id, state, wallet_id,
                    CASE
                        WHEN kind = 1 AND state = 6 THEN amount
                        WHEN kind = 4 AND state = 6 THEN captured_amount
                        WHEN kind IN (2, 3) AND state <> 8 THEN -amount
                        ELSE 0
                    END AS expected
                FROM payment
            ) AS payment
            LEFT JOIN transfer ON transfer.subject = payment.id AND transfer.subject <> 0
                AND transfer.purpose IN (1, 2, 3, 4, 13)
            GROUP BY payment.id, payment.state, payment.expected
            HAVING payment.expected <> COALESCE(SUM(
                CASE WHEN transfer.credit_id = payment.wallet_id THEN transfer.amount ELSE -transfer.amount END), 0)
            /* scan: verify */
            """
        ) { row in
            .init(
                subject: "\(row.id(0, Payment.self))", expected: "\(row.integer(2)) in state \(row.integer(1))",
                found: "\(row.integer(3))")
        }
    }

    /// Whatever is not finished is carried on by a job, or waits for a frozen wallet.
    static var paymentJobCheck: ConsistencyCheck {
        ConsistencyCheck("payment.job") { db, found in
            var waiting = Set(
                try JobQueue.pendingPayloads(of: SettlePayment.self, in: db).map {
                    try SettlePayment(payload: $0).payment
                })
            for payload in try JobQueue.pendingPayloads(of: AskProvider.self, in: db) {
                waiting.insert(try AskProvider(payload: payload).payment)
            }
            try db.forEach(
                """
                SELECT payment.id, payment.state
                FROM payment
                JOIN ledger_account ON ledger_account.id = payment.wallet_id
                WHERE payment.state NOT IN (6, 8) AND ledger_account.is_frozen = 0 /* scan: verify */
                """
            ) { row in
                let payment = row.id(0, Payment.self)
                if !waiting.contains(payment) {
                    found(
                        .init(
                            subject: "\(payment)", expected: "a job that carries it on",
                            found: "none in state \(row.integer(1))"))
                }
            }
            return .done
        }
    }
}
