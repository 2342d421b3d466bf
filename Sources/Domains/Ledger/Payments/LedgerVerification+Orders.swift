package import Core
package import Storage

/// What the books say of an order and one of its sellers, in minor units.
package struct OrderSums: Sendable, Equatable {
    package var paid: Int64 = 0
    package var refunded: Int64 = 0
    package var released: Int64 = 0
    /// Less what was given back of it.
    package var fee: Int64 = 0
    package var held: Int64 = 0

    package init(paid: Int64 = 0, refunded: Int64 = 0, released: Int64 = 0, fee: Int64 = 0, held: Int64 = 0) {
        self.paid = paid
        self.refunded = refunded
        self.released = released
        self.fee = fee
        self.held = held
    }

    fileprivate mutating func add(_ amount: Int64, _ purpose: TransferPurpose?, isHold: Bool) {
        switch (purpose, isHold) {
        case (_, true): held += amount
        case (.orderPayment, _): paid += amount
        case (.orderRefund, _): refunded += amount
        case (.orderRelease, _): released += amount
        case (.orderFee, _): fee += amount
        case (.orderFeeReturn, _): fee -= amount
        default: break
        }
    }
}

/// An authorisation that an order has claimed.
package struct Claim: Sendable {
    package enum State: Sendable {
        case pending, captured, failed
    }

    package let payment: ID<Payment>
    package let order: ID<Order>
    package let owner: LedgerOwner
    package let authorised: Money
    package let state: State
    package let captured: Int64
    /// How much of that was to be given back, whether the provider did so or not.
    package let returned: Int64

    fileprivate init(_ row: Row) {
        guard let owner = LedgerOwner(kind: row.integer(2), rawID: row.integer(3)), let currency = Currency(row.text(5))
        else { preconditionFailure("the tables hold only what was known once") }
        payment = row.id(0)
        order = row.id(1)
        self.owner = owner
        authorised = Money(row.integer(4), currency)
        state =
            switch PaymentState(rawValue: row.integer(6)) {
            case .done: .captured
            case .failed: .failed
            default: .pending
            }
        captured = row.integer(7)
        returned = row.integer(8)
    }
}

/// For `Flows`, which compares the books with the orders.
extension LedgerService {
    /// What has moved for orders, by seller.
    package static func orderSums(
        after: ID<Order>, through last: ID<Order>, in db: some Queryable
    ) throws -> [ID<Order>: [ID<Shop>: OrderSums]] {
        var sums: [ID<Order>: [ID<Shop>: OrderSums]] = [:]
        try db.forEach(
            """
            SELECT transfer.subject, shop.owner_id, transfer.purpose, transfer.kind, transfer.amount
            FROM transfer
            JOIN ledger_account AS shop
                ON shop.id = CASE WHEN transfer.purpose IN (7, 12) THEN transfer.credit_id ELSE transfer.debit_id END
            WHERE transfer.subject > \(after) AND transfer.subject <= \(last) AND transfer.subject <> 0
                AND transfer.purpose IN (7, 8, 9, 10, 12)
                AND (transfer.kind IN (0, 2) OR transfer.hold_state = 0)
            """
        ) { row in
            sums[row.id(0), default: [:]][row.id(1), default: OrderSums()].add(
                row.integer(4), TransferPurpose(rawValue: row.integer(2)), isHold: row.integer(3) == 1)
        }
        return sums
    }

    /// The authorisations that orders have claimed.
    package static func claims(
        after: ID<Order>, through last: ID<Order>, in db: some Queryable
    ) throws -> [ID<Order>: Claim] {
        let claims = try db.rows(
            """
            SELECT payment.id, payment.order_id, payment.owner_kind, payment.owner_id, payment.amount, payment.currency,
                payment.state, COALESCE(payment.captured_amount, 0),
                (SELECT CAST(COALESCE(SUM(refund.amount), 0) AS BIGINT)
                FROM payment AS refund
                WHERE refund.refunded_id = payment.id)
            FROM payment
            WHERE payment.order_id > \(after) AND payment.order_id <= \(last)
            """
        ) { Claim($0) }
        return Dictionary(uniqueKeysWithValues: claims.map { ($0.order, $0) })
    }

    /// Which of these payments are authorisations.
    package static func authorisations(among payments: [Int64], in db: some Queryable) throws -> Set<Int64> {
        var found: Set<Int64> = []
        try db.forEach(in: payments) { part in
            "SELECT id FROM payment WHERE id IN (\(list: part)) AND kind = \(Payment.Kind.authorisation.rawValue)"
        } _: {
            found.insert($0.integer(0))
        }
        return found
    }

    /// What is in each shop's escrow.
    package static func escrow(in db: some Queryable) throws -> [ID<Shop>: Int64] {
        var escrow: [ID<Shop>: Int64] = [:]
        try db.forEach(
            """
            SELECT owner_id, credits_posted - debits_posted
            FROM ledger_account
            WHERE owner_kind = 2 AND purpose = 1 /* scan: verify */
            """
        ) { escrow[$0.id(0), default: 0] += $0.integer(1) }
        return escrow
    }
}
