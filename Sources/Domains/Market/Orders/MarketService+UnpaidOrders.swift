package import Core
package import Storage

/// Bounds of the stock that one person holds by orders that are not paid yet.
///
/// Each order of the last day that its buyer cancelled unpaid, or that was not paid in time, halves all three. Who lets
/// holds lapse again and again pays at once.
package enum UnpaidOrderLimits {
    /// Orders at once: a person who compares shops has a few open.
    package static let ordersMax: Int64 = 6
    /// Pieces of one product.
    package static let productPiecesMax: Int64 = 20
    /// Pieces of one product that opens at a set time: those are wanted by many at once.
    package static let dropPiecesMax: Int64 = 2

    static let lapsesCountSeconds: Int64 = 86_400
}

extension MarketService {
    /// Refuses an order that would hold more unpaid than its buyer may. One statement.
    /// - Throws: ``OrderError/unpaidOrdersHeld(max:)``, ``OrderError/unpaidPiecesHeld(_:max:)``.
    package func requireUnpaidRoom(
        for sold: [(variant: SaleVariant, quantity: Int64)], by buyer: ID<Account>, in tx: WriteTransaction
    ) throws {
        let held = try heldUnpaid(by: buyer, in: tx)
        let ordersMax = UnpaidOrderLimits.ordersMax >> held.lapsedCount
        guard held.orders.count < ordersMax else { throw OrderError.unpaidOrdersHeld(max: ordersMax) }
        var pieces = held.pieces
        for (variant, quantity) in sold {
            let most = variant.opensAt == nil ? UnpaidOrderLimits.productPiecesMax : UnpaidOrderLimits.dropPiecesMax
            let max = most >> held.lapsedCount
            pieces[variant.product, default: 0] += quantity
            guard pieces[variant.product, default: 0] <= max else {
                throw OrderError.unpaidPiecesHeld(variant.product, max: max)
            }
        }
    }

    /// Whether an order waits to be paid by this payment.
    package func isAwaited(_ payment: Int64, in db: some Queryable) throws -> Bool {
        let waiting = try db.rows(
            """
            SELECT 1
            FROM purchase
            JOIN sub_order ON sub_order.purchase_id = purchase.id
            WHERE purchase.payment_id = \(payment) AND sub_order.state = \(OrderState.placed.rawValue)
            LIMIT 1
            """
        ) { $0.integer(0) }
        return !waiting.isEmpty
    }

    /// What an order holds ends within half an hour, so that none is older than a day.
    private func heldUnpaid(by buyer: ID<Account>, in tx: WriteTransaction) throws -> HeldUnpaid {
        let since = clock.now().advanced(bySeconds: -UnpaidOrderLimits.lapsesCountSeconds)
        let kinds: [OrderEvent.Kind] = [.cancel, .expire, .decline]
        let parties: [OrderParty] = [.buyer, .clock]
        var held = HeldUnpaid()
        try tx.forEach(
            """
            SELECT purchase.id, sub_order.state, purchase_line.product_id,
                purchase_line.quantity - purchase_line.given_back
            FROM purchase
            JOIN sub_order ON sub_order.purchase_id = purchase.id
            JOIN purchase_line ON purchase_line.purchase_id = purchase.id
                AND purchase_line.shop_id = sub_order.shop_id
            WHERE purchase.buyer_id = \(buyer) AND purchase.id >= \(ID<Order>.first(at: since))
                AND (sub_order.state = \(OrderState.placed.rawValue)
                    OR sub_order.state = \(OrderState.cancelled.rawValue) AND sub_order.paid = 0
                        AND EXISTS (
                            SELECT 1
                            FROM order_history
                            WHERE order_history.purchase_id = purchase.id
                                AND order_history.shop_id = sub_order.shop_id
                                AND order_history.event IN (\(list: kinds.map(\.rawValue)))
                                AND order_history.party IN (\(list: parties.map(\.rawValue)))))
            """
        ) { row in
            let order = row.id(0, Order.self)
            if row.integer(1) == OrderState.placed.rawValue {
                held.orders.insert(order)
                held.pieces[row.id(2), default: 0] += row.integer(3)
            } else {
                held.lapsed.insert(order)
            }
        }
        return held
    }
}

private struct HeldUnpaid {
    var orders: Set<ID<Order>> = []
    var pieces: [ID<Product>: Int64] = [:]
    var lapsed: Set<ID<Order>> = []

    /// An order of which a part is held still has not lapsed.
    var lapsedCount: Int { lapsed.subtracting(orders).count }
}

extension ID {
    /// No id that was made at `time` or later is less.
    fileprivate static func first(at time: Timestamp) -> Self {
        Self(rawValue: max(0, time.microseconds / 1_000 - IDGenerator.epochMilliseconds) << 22)
    }
}
