package import Core
package import Storage

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

/// How staff change what is on hand.
package struct StockAdjustment: Sendable, Equatable {
    /// One of ``StockReason/adjustments``.
    package let reason: StockReason
    package let amount: Amount

    package enum Amount: Sendable, Equatable {
        /// By so many.
        case change(Int64)
        /// To so many.
        case onHand(Int64)
    }

    package init(reason: StockReason, amount: Amount) {
        self.reason = reason
        self.amount = amount
    }
}

/// A row of a variant's journal.
package struct JournalEntry: Sendable, Equatable {
    package let id: ID<StockMovement>
    package let reason: StockReason
    package let onHandChange: Int64
    package let reservedChange: Int64
    /// The outside form of who or what moved it: a person, an import or an order.
    package let subject: String
}

extension MarketService {
    /// - Throws: ``MarketError/belowReserved(reserved:)``, ``MarketError/stockOutOfRange``.
    package func adjust(
        _ variant: ID<Variant>, _ adjustment: StockAdjustment, by account: ID<Account>, in tx: WriteTransaction
    ) throws -> SaleVariant {
        let stock = try requireStock(of: variant, .manager, of: account, tx)
        let onHand: Int64 =
            switch adjustment.amount {
            case .onHand(let count): count
            // Both are within bounds that 64 bits hold many times.
            case .change(let change):
                stock.onHand + max(-CatalogLimits.stockMax - 1, min(change, CatalogLimits.stockMax))
            }
        guard (0...CatalogLimits.stockMax).contains(onHand) else { throw MarketError.stockOutOfRange }
        guard stock.policy != .counted || onHand >= stock.reserved else {
            throw MarketError.belowReserved(reserved: stock.reserved)
        }
        let change = StockChange(variant: variant, onHand: onHand - stock.onHand)
        try move([change], adjustment.reason, subject: account.rawValue, in: tx)
        return try requireStock(of: variant, .manager, of: account, tx)
    }

    /// A variant's stock and its journal, newest first, for the shop's staff.
    package func journal(
        of variant: ID<Variant>, cursor: String?, limit: Int, viewer: ID<Account>
    ) async throws -> (stock: SaleVariant, movements: Page<JournalEntry>) {
        let filter = "stock:\(variant)"
        let before = try position(cursor, filter: filter, start: .max)
        let (stock, entries) = try await database.read { db in
            let stock = try requireStock(of: variant, .clerk, of: viewer, db)
            let entries = try db.rows(
                """
                SELECT id, reason, on_hand_change, reserved_change, subject_id
                FROM stock_movement
                WHERE variant_id = \(variant) AND id < \(before)
                ORDER BY id DESC
                LIMIT \(limit + 1)
                """
            ) { JournalEntry($0) }
            return (stock, entries)
        }
        return (stock, page(entries, limit: limit, filter: filter) { [$0.id.rawValue] })
    }

    private func requireStock(
        of variant: ID<Variant>, _ role: ShopRole, of account: ID<Account>, _ db: some Queryable
    ) throws -> SaleVariant {
        guard let stock = try variants([variant], in: db)[0] else { throw MarketError.variantNotFound }
        try require(role, of: account, in: stock.shop, db)
        return stock
    }
}

extension JournalEntry {
    init(_ row: Row) {
        id = row.id(0)
        reason = StockReason(rawValue: row.integer(1)) ?? .counted
        onHandChange = row.integer(2)
        reservedChange = row.integer(3)
        switch reason {
        case .initial, .received, .counted, .lost: subject = row.id(4, Account.self).description
        case .imported: subject = row.id(4, CatalogImport.self).description
        case .reserved, .released, .shipped, .returned: subject = row.id(4, Order.self).description
        }
    }
}
