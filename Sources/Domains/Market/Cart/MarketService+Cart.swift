package import Core
package import Storage

/// Carts. What is in one is not reserved: whoever checks out first has it.
extension MarketService {
    /// The cart as it is now. Three statements.
    package func cart(of account: ID<Account>) async throws -> Cart {
        let now = clock.now()
        return try await database.read { db in
            let stored = try cartLines(of: account, in: db)
            let variants = try variants(stored.map(\.variant), for: account, in: db)
            let pairs = zip(stored, variants).compactMap { line, variant in variant.map { (line, $0) } }
            return try cart(pairs, at: now, in: db)
        }
    }

    private func cart(_ pairs: [(CartLine, SaleVariant)], at now: Timestamp, in db: some Queryable) throws -> Cart {
        var ofProduct: [ID<Product>: Int64] = [:]
        for (line, variant) in pairs { ofProduct[variant.product, default: 0] += line.quantity }
        let lines = pairs.map { line, variant in
            Cart.Line(line, variant, ofProduct: ofProduct[variant.product] ?? 0, at: now)
        }
        let byShop = Dictionary(grouping: lines, by: \.variant.shop)
        let shops = try shops(of: byShop.keys.sorted(), in: db)
        let groups = shops.compactMap { shop in
            byShop[shop.id].map { lines in
                let total = lines.filter(\.canBeHad).reduce(Money.zero(shop.currency)) { sum, line in
                    line.total.flatMap { sum.adding($0) } ?? sum
                }
                return Cart.Group(shop: shop, lines: lines, total: total)
            }
        }
        // The shop that was bought from first stays first.
        return Cart(groups: groups.sorted { $0.firstAddedAt < $1.firstAddedAt })
    }

    private func shops(of shops: [ID<Shop>], in db: some Queryable) throws -> [ShopProfile] {
        guard !shops.isEmpty else { return [] }
        let columns = ShopProfile.columns
        return try db.rows(
            "SELECT \(unsafeRaw: columns) FROM shop WHERE id IN (\(list: shops))"
        ) { try ShopProfile($0) }
    }

    /// In the order in which they were added.
    package func cartLines(of account: ID<Account>, in db: some Queryable) throws -> [CartLine] {
        try db.rows(
            """
            SELECT variant_id, quantity, price, currency, added_at
            FROM cart_line
            WHERE account_id = \(account)
            """
        ) { row in
            CartLine(
                row.id(0), quantity: row.integer(1), price: Money(row.integer(2), try row.currency(3)),
                addedAt: row.timestamp(4))
        }.sorted { ($0.addedAt, $0.variant) < ($1.addedAt, $1.variant) }
    }

    /// Puts a variant into somebody's cart, or changes how many of it are there.
    /// - Parameter price: that they were shown: what it costs by then is said when they look, and asked for again.
    /// - Throws: ``MarketError/variantNotFound``, ``OrderError/cartFull``, ``OrderError/currenciesDiffer``.
    package func putInCart(
        _ variant: ID<Variant>, quantity: Int64, price: Money, of account: ID<Account>
    ) async throws {
        try await database.write { tx in
            guard let known = try variants([variant], in: tx)[0], !known.isDeleted, known.status.isForSale else {
                throw MarketError.variantNotFound
            }
            guard known.price.currency == price.currency else { throw OrderError.currenciesDiffer }
            let others = try tx.integer(
                "SELECT COUNT(*) FROM cart_line WHERE account_id = \(account) AND variant_id <> \(variant)")
            guard others < CartLimits.linesMax else { throw OrderError.cartFull }
            try tx.execute(
                """
                INSERT INTO cart_line (account_id, variant_id, quantity, price, currency, added_at)
                VALUES (
                    \(account), \(variant), \(quantity), \(price.amount), \(price.currency.rawValue), \(clock.now()))
                ON CONFLICT (account_id, variant_id) DO UPDATE
                SET quantity = excluded.quantity, price = excluded.price, currency = excluded.currency
                """)
        }
    }

    /// Taking out what is not there does nothing.
    package func takeOutOfCart(_ variant: ID<Variant>, of account: ID<Account>) async throws {
        try await database.write { tx in try takeOutOfCart([variant], of: account, in: tx) }
    }

    func takeOutOfCart(_ variants: [ID<Variant>], of account: ID<Account>, in tx: WriteTransaction) throws {
        try tx.execute(
            "DELETE FROM cart_line WHERE account_id = \(account) AND variant_id IN (\(list: variants))")
    }
}

extension Cart.Group {
    fileprivate var firstAddedAt: Timestamp {
        lines.first?.stored.addedAt ?? Timestamp(microseconds: .max)
    }
}
