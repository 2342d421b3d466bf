package import Core
import Storage

/// Lines of people in front of what is sold out.
///
/// A piece that becomes free is kept for who is next, in the transaction that frees it: it is reserved, by a row of the
/// journal that names the place, so nobody else can take it. Who does not come for it in time leaves the line, and it is
/// kept for the next one.
extension MarketService {
    /// Takes a place at the end of a variant's line, for one piece. Who has a place keeps it.
    /// - Throws: ``MarketError/notSoldOut``, ``MarketError/waitingListFull``, ``MarketError/tooManyPlaces``,
    ///   ``MarketError/notSold(_:)`` where waiting would not help.
    package func wait(for variant: ID<Variant>, by account: ID<Account>) async throws -> PlaceInLine {
        try await database.write { tx in
            guard let found = try variants([variant], for: account, in: tx)[0] else {
                throw MarketError.variantNotFound
            }
            if found.place == nil {
                try requireSoldOut(found)
                try join(variant, account, in: tx)
            }
            return try place(of: account, for: variant, in: tx)
        }
    }

    private func requireSoldOut(_ variant: SaleVariant) throws {
        switch variant.refusal(of: 1, ofProduct: 1, at: clock.now()) {
        case .soldOut: return
        case nil: throw MarketError.notSoldOut
        case .notForSale, .unknown: throw MarketError.variantNotFound
        case let refusal?: throw MarketError.notSold([RefusedLine(variant: variant.id, refusal: refusal)])
        }
    }

    private func join(_ variant: ID<Variant>, _ account: ID<Account>, in tx: WriteTransaction) throws {
        let waiting = try tx.integer(
            "SELECT COUNT(*) FROM waiting_place WHERE variant_id = \(variant) AND offered_until IS NULL")
        guard waiting < PlaceInLine.lineMax else { throw MarketError.waitingListFull }
        let own = try tx.integer("SELECT COUNT(*) FROM waiting_place WHERE account_id = \(account)")
        guard own < PlaceInLine.perPersonMax else { throw MarketError.tooManyPlaces }
        try tx.execute(
            """
            INSERT INTO waiting_place (id, variant_id, account_id)
            VALUES (\(ids.next(WaitingPlace.self)), \(variant), \(account))
            """)
    }

    /// - Throws: ``MarketError/notWaiting``.
    package func place(of account: ID<Account>, for variant: ID<Variant>) async throws -> PlaceInLine {
        try await database.read { db in try place(of: account, for: variant, in: db) }
    }

    private func place(
        of account: ID<Account>, for variant: ID<Variant>, in db: some Queryable
    ) throws -> PlaceInLine {
        let places = try places(of: account, "AND place.variant_id = \(variant)", in: db)
        guard let place = places.first else { throw MarketError.notWaiting }
        return place
    }

    /// Somebody's places for a product's variants.
    package func places(of account: ID<Account>, for product: ID<Product>) async throws -> [PlaceInLine] {
        let ofProduct: SQL = "AND place.variant_id IN (SELECT id FROM variant WHERE product_id = \(product))"
        return try await database.read { db in try places(of: account, ofProduct, in: db) }
    }

    /// Everywhere somebody stands in line.
    package func places(of account: ID<Account>) async throws -> [PlaceInLine] {
        try await database.read { db in try places(of: account, in: db) }
    }

    /// One statement; O(places before each).
    func places(
        of account: ID<Account>, _ condition: SQL = "", in db: some Queryable
    ) throws -> [PlaceInLine] {
        try db.rows(
            """
            SELECT place.id, place.variant_id, place.offered_until,
                CASE
                    WHEN place.offered_until IS NULL THEN (
                        SELECT COUNT(*)
                        FROM waiting_place AS earlier
                        WHERE earlier.variant_id = place.variant_id AND earlier.offered_until IS NULL
                            AND earlier.id <= place.id)
                END
            FROM waiting_place AS place
            WHERE place.account_id = \(account) \(condition)
            ORDER BY place.variant_id
            """
        ) { row in
            PlaceInLine(
                id: row.id(0), variant: row.id(1), offeredUntil: row.timestampOrNil(2),
                number: row.isNull(3) ? nil : row.integer(3))
        }
    }

    /// Gives a place up. What was kept for it is kept for the next one.
    package func leave(_ variant: ID<Variant>, by account: ID<Account>) async throws {
        try await database.write { tx in
            try withdraw(try places(of: account, "AND place.variant_id = \(variant)", in: tx), in: tx)
        }
    }

    // MARK: In a transaction

    /// Keeps what is free of these variants for who is next in their lines. One statement where nobody waits.
    func offer(_ variants: [ID<Variant>], in tx: WriteTransaction) throws {
        guard !variants.isEmpty else { return }
        var free: [(variant: ID<Variant>, pieces: Int64)] = []
        try tx.forEach(
            in: variants,
            {
                """
                SELECT variant.id, stock.on_hand - stock.reserved
                FROM variant
                JOIN stock ON stock.variant_id = variant.id
                JOIN product ON product.id = variant.product_id
                JOIN shop ON shop.id = product.shop_id
                WHERE variant.id IN (\(list: $0)) AND variant.is_deleted = 0
                    AND variant.stock_policy = \(StockPolicy.counted.rawValue) AND stock.on_hand > stock.reserved
                    AND product.status = \(ProductStatus.active.rawValue)
                    AND shop.state = \(ShopProfile.State.open.rawValue)
                    AND EXISTS (
                        SELECT 1
                        FROM waiting_place
                        WHERE waiting_place.variant_id = variant.id AND waiting_place.offered_until IS NULL)
                ORDER BY variant.id
                """
            }
        ) { free.append((variant: $0.id(0), pieces: $0.integer(1))) }
        guard !free.isEmpty else { return }
        try move(free.flatMap { try offer($0.pieces, of: $0.variant, in: tx) }, in: tx)
    }

    /// Three statements.
    /// - Returns: what keeps the pieces.
    private func offer(_ pieces: Int64, of variant: ID<Variant>, in tx: WriteTransaction) throws -> [StockMove] {
        let until = clock.now().advanced(bySeconds: PlaceInLine.offerSeconds)
        let next = try tx.rows(
            """
            SELECT id, account_id
            FROM waiting_place
            WHERE variant_id = \(variant) AND offered_until IS NULL
            ORDER BY id
            LIMIT \(min(pieces, Int64(PlaceInLine.lineMax)))
            """
        ) { row in (place: row.id(0, WaitingPlace.self), account: row.id(1, Account.self)) }
        guard let last = next.last else { return [] }
        try tx.execute(
            """
            UPDATE waiting_place
            SET offered_until = \(until)
            WHERE variant_id = \(variant) AND offered_until IS NULL AND id <= \(last.place)
            """)
        try tell(
            MarketEvent.waitingOffered, about: variant,
            ["accounts": .ids(next.map(\.account)), "until": .string("\(until)")], in: tx)
        return next.map { next in
            StockMove(
                change: StockChange(variant: variant, reserved: 1), reason: .offered, subject: next.place.rawValue)
        }
    }

    /// Takes places out of their lines, and frees what is kept for them: the next ones are offered it.
    func withdraw(_ places: [PlaceInLine], in tx: WriteTransaction) throws {
        try remove(places, in: tx)
        try move(places.compactMap(\.withdrawal), in: tx)
    }

    func remove(_ places: [PlaceInLine], in tx: WriteTransaction) throws {
        guard !places.isEmpty else { return }
        try tx.execute("DELETE FROM waiting_place WHERE id IN (\(list: places.map(\.id)))")
    }
}
