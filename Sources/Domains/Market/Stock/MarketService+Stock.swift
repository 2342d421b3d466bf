package import Core
package import Storage

/// By how much a variant's stock changes.
struct StockChange {
    let variant: ID<Variant>
    var onHand: Int64 = 0
    var reserved: Int64 = 0

    var isNothing: Bool { onHand == 0 && reserved == 0 }
}

/// Why a variant's stock changes, and by whom or what.
struct StockMove {
    var change: StockChange
    let reason: StockReason
    let subject: Int64
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
        try journal(
            variants.map {
                StockMove(change: StockChange(variant: $0.id, onHand: $0.onHand), reason: reason, subject: subject)
            }, in: tx)
    }

    /// Moves stock for one reason.
    func move(_ changes: [StockChange], _ reason: StockReason, subject: Int64, in tx: WriteTransaction) throws {
        try move(changes.map { StockMove(change: $0, reason: reason, subject: subject) }, in: tx)
    }

    /// Two statements for up to 256 variants, and one that looks for people who wait where pieces have become free:
    /// those are offered to them before anybody else can see them.
    ///
    /// A number that would fall below zero fails the transaction: the caller has looked at it in this transaction.
    func move(_ moves: [StockMove], in tx: WriteTransaction) throws {
        var changes: [ID<Variant>: StockChange] = [:]
        for move in moves.lazy.map(\.change) {
            changes[move.variant, default: StockChange(variant: move.variant)].onHand += move.onHand
            changes[move.variant, default: StockChange(variant: move.variant)].reserved += move.reserved
        }
        try apply(changes.values.filter { !$0.isNothing }.sorted { $0.variant < $1.variant }, in: tx)
        try journal(moves, in: tx)
        try offer(changes.values.filter { $0.onHand > $0.reserved }.map(\.variant).sorted(), in: tx)
    }

    private func apply(_ changes: [StockChange], in tx: WriteTransaction) throws {
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
        dropCards(of: products, after: tx)
    }

    private func journal(_ moves: [StockMove], in tx: WriteTransaction) throws {
        let moves = moves.filter { !$0.change.isNothing }.sorted { $0.change.variant < $1.change.variant }
        try tx.executeMany(moves, as: "(?, ?, ?, ?, ?, ?)") { move, values in
            values.append(ids.next(StockMovement.self).sqlValue)
            values.append(move.change.variant.sqlValue)
            values.append(.integer(move.reason.rawValue))
            values.append(.integer(move.change.onHand))
            values.append(.integer(move.change.reserved))
            values.append(.integer(move.subject))
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
    /// The outside form of who or what moved it: a person, an import, an order or a place in the waiting list.
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
        let before = try cursors.position(cursor, filter: filter, start: .max)
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
        return (stock, cursors.page(entries, limit: limit, filter: filter) { [$0.id.rawValue] })
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
        case .offered, .withdrawn: subject = row.id(4, WaitingPlace.self).description
        }
    }
}
