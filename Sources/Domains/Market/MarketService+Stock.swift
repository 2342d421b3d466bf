import Core
import Storage

/// By how much a variant's stock changes.
struct StockChange {
    let variant: ID<Variant>
    var onHand: Int64 = 0
    var reserved: Int64 = 0
}

/// The only place that writes `stock` and `stock_movement`.
extension MarketService {
    /// Makes the stock of new variants.
    func makeStock(
        _ variants: [(id: ID<Variant>, onHand: Int64)], _ reason: StockReason, subject: Int64, in tx: WriteTransaction
    ) throws {
        try tx.executeMany(variants, as: "(?, ?, 0)") { variant, values in
            values.append(variant.id.sqlValue)
            values.append(.integer(variant.onHand))
        } statement: { values in
            "INSERT INTO stock (variant_id, on_hand, reserved) \(values)"
        }
        let changes = variants.map { StockChange(variant: $0.id, onHand: $0.onHand) }
        try journal(changes, reason, subject: subject, in: tx)
    }

    /// Two statements for up to 256 variants, each of which is there once.
    ///
    /// A number that would fall below zero fails the transaction: the caller has looked at it in this transaction.
    func move(_ changes: [StockChange], _ reason: StockReason, subject: Int64, in tx: WriteTransaction) throws {
        let changes = changes.filter { $0.onHand != 0 || $0.reserved != 0 }.sorted { $0.variant < $1.variant }
        var products: Set<ID<Product>> = []
        let template: StaticString = "(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))"
        let moved = try tx.executeMany(changes, as: template) { change, values in
            values.append(change.variant.sqlValue)
            values.append(.integer(change.onHand))
            values.append(.integer(change.reserved))
        } statement: { values in
            """
            UPDATE stock
            SET on_hand = on_hand + moved.column2, reserved = reserved + moved.column3
            FROM (\(values)) AS moved
            WHERE stock.variant_id = moved.column1
            RETURNING (SELECT variant.product_id FROM variant WHERE variant.id = stock.variant_id)
            """
        } returning: { row in
            products.insert(row.id(0))
        }
        precondition(moved == changes.count, "every variant has stock, and is named once")
        try journal(changes, reason, subject: subject, in: tx)
        dropCards(of: products, after: tx)
    }

    private func journal(
        _ changes: [StockChange], _ reason: StockReason, subject: Int64, in tx: WriteTransaction
    ) throws {
        let changes = changes.filter { $0.onHand != 0 || $0.reserved != 0 }
        try tx.executeMany(changes, as: "(?, ?, ?, ?, ?, ?)") { change, values in
            values.append(ids.next(StockMovement.self).sqlValue)
            values.append(change.variant.sqlValue)
            values.append(.integer(reason.rawValue))
            values.append(.integer(change.onHand))
            values.append(.integer(change.reserved))
            values.append(.integer(subject))
        } statement: { values in
            """
            INSERT INTO stock_movement (id, variant_id, reason, on_hand_change, reserved_change, subject_id)
            \(values)
            """
        }
    }
}
