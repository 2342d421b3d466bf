package import Core
package import Storage

/// Pieces of a variant that somebody wants.
package struct SaleLine: Sendable, Equatable {
    package let variant: ID<Variant>
    package let quantity: Int64

    package init(_ variant: ID<Variant>, _ quantity: Int64) {
        self.variant = variant
        self.quantity = quantity
    }
}

/// What carts, checkouts and orders need, inside their transaction.
extension MarketService {
    /// Variants with the price and stock that they have now, in the order of `variants`; nil for one that never was.
    ///
    /// One statement.
    /// - Parameter buyer: whose share of limited products is counted.
    package func variants(
        _ variants: [ID<Variant>], for buyer: ID<Account>? = nil, in db: some Queryable
    ) throws -> [SaleVariant?] {
        guard !variants.isEmpty else { return [] }
        var found: [ID<Variant>: SaleVariant] = [:]
        found.reserveCapacity(variants.count)
        try db.forEach(in: variants, { Self.saleVariants($0, buyer: buyer ?? ID(rawValue: 0)) }) { row in
            let variant = try SaleVariant(row)
            found[variant.id] = variant
        }
        return variants.map { found[$0] }
    }

    /// Takes the pieces of all lines for an order, or none: they are reserved until ``giveBack(_:of:by:in:)`` or
    /// ``handOver(_:of:in:)``.
    ///
    /// Three statements, one for each product among them that has a limit for each person, and one where the buyer has
    /// waited: a piece that is kept for them is sold to them, and they leave the line.
    /// - Returns: the variants as they were sold, in the order of `lines`: their prices are those to charge.
    /// - Throws: ``MarketError/notSold(_:)`` with each line that cannot be had and exactly why.
    package func take(
        _ lines: [SaleLine], for order: ID<Order>, by buyer: ID<Account>, in tx: WriteTransaction
    ) throws -> [SaleVariant] {
        let wanted = Self.summed(lines)
        let found = try variants(wanted.map(\.variant), for: buyer, in: tx)
        let sold = try Self.admitted(wanted, found, at: clock.now())
        let reserved = wanted.map { line in
            StockMove(
                change: StockChange(variant: line.variant, reserved: line.quantity), reason: .reserved,
                subject: order.rawValue)
        }
        try move(reserved + sold.compactMap(\.place?.withdrawal), in: tx)
        try remove(sold.compactMap(\.place), in: tx)
        try countPurchases(of: zip(sold, wanted).map { ($0, $1.quantity) }, by: buyer, in: tx)
        let byVariant = Dictionary(uniqueKeysWithValues: sold.map { ($0.id, $0) })
        return lines.compactMap { byVariant[$0.variant] }
    }

    /// Gives back what an order has taken and not handed over: it was cancelled, or has run out of time.
    ///
    /// - Precondition: the lines are of what ``take(_:for:by:in:)`` took for this order, and each piece is given back or
    ///   handed over once.
    package func giveBack(
        _ lines: [SaleLine], of order: ID<Order>, by buyer: ID<Account>, in tx: WriteTransaction
    ) throws {
        let returned = Self.summed(lines)
        let variants = try variants(returned.map(\.variant), for: buyer, in: tx).compactMap(\.self)
        try move(
            returned.map { StockChange(variant: $0.variant, reserved: -$0.quantity) }, .released,
            subject: order.rawValue, in: tx)
        try countPurchases(of: zip(variants, returned).map { ($0, -$1.quantity) }, by: buyer, in: tx)
    }

    /// The pieces have left the shop: they are neither reserved nor on hand any more.
    package func handOver(_ lines: [SaleLine], of order: ID<Order>, in tx: WriteTransaction) throws {
        let lines = Self.summed(lines)
        let variants = try variants(lines.map(\.variant), in: tx).compactMap(\.self)
        let changes = zip(variants, lines).map { variant, line in
            // Of what nobody counts more may leave than was ever there.
            StockChange(
                variant: line.variant, onHand: -min(variant.onHand, line.quantity), reserved: -line.quantity)
        }
        try move(changes, .shipped, subject: order.rawValue, in: tx)
    }

    /// The pieces have come back to the shop and can be sold again.
    package func takeBack(_ lines: [SaleLine], of order: ID<Order>, in tx: WriteTransaction) throws {
        let changes = Self.summed(lines).map { StockChange(variant: $0.variant, onHand: $0.quantity) }
        try move(changes, .returned, subject: order.rawValue, in: tx)
    }

    // MARK: Parts

    /// One line for each variant, in the order of their ids, which is the order in which rows are touched.
    private static func summed(_ lines: [SaleLine]) -> [SaleLine] {
        var quantities: [ID<Variant>: Int64] = [:]
        for line in lines {
            let (sum, overflows) = quantities[line.variant, default: 0].addingReportingOverflow(line.quantity)
            // Refused as too many, as a line that asks for less than one piece is.
            quantities[line.variant] = overflows || line.quantity < 1 ? .min : sum
        }
        return quantities.sorted { $0.key < $1.key }.map { SaleLine($0.key, $0.value) }
    }

    private static func admitted(
        _ wanted: [SaleLine], _ found: [SaleVariant?], at now: Timestamp
    ) throws -> [SaleVariant] {
        var ofProduct: [ID<Product>: Int64] = [:]
        for (line, variant) in zip(wanted, found) {
            guard let variant else { continue }
            // Beyond the bound of a line the line is refused, whatever the sum.
            ofProduct[variant.product, default: 0] += min(max(0, line.quantity), CatalogLimits.lineQuantityMax + 1)
        }
        var refused: [RefusedLine] = []
        var admitted: [SaleVariant] = []
        for (line, variant) in zip(wanted, found) {
            guard let variant else {
                refused.append(RefusedLine(variant: line.variant, refusal: .unknown))
                continue
            }
            let sum = ofProduct[variant.product] ?? 0
            if let refusal = variant.refusal(of: line.quantity, ofProduct: sum, at: now) {
                refused.append(RefusedLine(variant: line.variant, refusal: refusal))
            } else {
                admitted.append(variant)
            }
        }
        guard refused.isEmpty else { throw MarketError.notSold(refused) }
        return admitted
    }

    /// Counts what a person has of products with a limit. Pieces from before there was one are not counted.
    private func countPurchases(
        of changes: [(variant: SaleVariant, quantity: Int64)], by buyer: ID<Account>, in tx: WriteTransaction
    ) throws {
        var quantities: [ID<Product>: Int64] = [:]
        for (variant, quantity) in changes where variant.perPersonMax != nil {
            quantities[variant.product, default: 0] += quantity
        }
        for (product, quantity) in quantities.sorted(by: { $0.key < $1.key }) {
            if quantity > 0 {
                try tx.execute(
                    """
                    INSERT INTO limited_purchase (product_id, account_id, quantity)
                    VALUES (\(product), \(buyer), \(quantity))
                    ON CONFLICT (product_id, account_id)
                    DO UPDATE SET quantity = limited_purchase.quantity + excluded.quantity
                    """)
            } else {
                try tx.execute(
                    """
                    UPDATE limited_purchase
                    SET quantity = CASE WHEN quantity > \(-quantity) THEN quantity - \(-quantity) ELSE 0 END
                    WHERE product_id = \(product) AND account_id = \(buyer)
                    """)
            }
        }
    }

    private static func saleVariants(_ variants: ArraySlice<ID<Variant>>, buyer: ID<Account>) -> SQL {
        """
        SELECT variant.id, variant.product_id, product.shop_id, product.title, variant.option1, variant.option2,
            variant.option3, variant.sku, variant.picture, product.picture, variant.grams, variant.price,
            product.currency, variant.stock_policy, stock.on_hand, stock.reserved,
            \(ProductStatus.column), shop.state,
            product.opens_at, product.per_person_max,
            CASE
                WHEN product.per_person_max IS NULL THEN 0
                ELSE COALESCE((
                    SELECT quantity
                    FROM limited_purchase
                    WHERE limited_purchase.product_id = product.id AND account_id = \(buyer)), 0)
            END,
            variant.is_deleted, waiting_place.id, waiting_place.offered_until
        FROM variant
        JOIN product ON product.id = variant.product_id
        JOIN shop ON shop.id = product.shop_id
        JOIN stock ON stock.variant_id = variant.id
        LEFT JOIN waiting_place ON waiting_place.account_id = \(buyer) AND waiting_place.variant_id = variant.id
        WHERE variant.id IN (\(list: variants))
        """
    }
}
