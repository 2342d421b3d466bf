package import Core
import Jobs
package import Storage

extension MarketService {
    /// Opens a shop.
    /// - Throws: ``MarketError/shopHandleTaken``.
    package func openShop(
        handle: String, name: String, currency: Currency, by owner: ID<Account>
    ) async throws -> ShopProfile {
        try await database.write { tx in
            try openShop(handle: handle, name: name, currency: currency, by: owner, in: tx)
        }
    }

    package func openShop(
        handle: String, name: String, currency: Currency, by owner: ID<Account>, in tx: WriteTransaction
    ) throws -> ShopProfile {
        let id = ids.next(Shop.self)
        let inserted = try tx.execute(
            """
            INSERT INTO shop (id, handle, name, owner_id, currency, state)
            VALUES (\(id), \(handle), \(name), \(owner), \(currency.rawValue), 0)
            ON CONFLICT (handle) DO NOTHING
            """)
        guard inserted == 1 else { throw MarketError.shopHandleTaken }
        try tx.execute(
            "INSERT INTO shop_staff (shop_id, account_id, role) VALUES (\(id), \(owner), \(ShopRole.owner.rawValue))")
        try tell(MarketEvent.shopOpened, about: id, ["owner": .id(owner), "handle": .string(handle)], in: tx)
        return try shop(.id(id), in: tx)
    }

    package func shop(_ name: ShopName) async throws -> ShopProfile {
        try await database.read { db in try shop(name, in: db) }
    }

    /// As somebody sees it: that of a suspended owner is there for those alone who run it.
    /// - Throws: ``MarketError/shopNotFound``.
    package func shop(_ name: ShopName, seenBy viewer: ID<Account>?) async throws -> ShopProfile {
        try await database.read { db in try shop(name, seenBy: viewer, in: db) }
    }

    func shop(_ name: ShopName, seenBy viewer: ID<Account>?, in db: some Queryable) throws -> ShopProfile {
        let shop = try self.shop(name, in: db)
        guard shop.isSuspended else { return shop }
        guard let viewer, try role(of: viewer, in: shop.id, db) != nil else { throw MarketError.shopNotFound }
        return shop
    }

    /// - Throws: ``MarketError/shopNotFound``.
    package func shop(_ name: ShopName, in db: some Queryable) throws -> ShopProfile {
        let columns = ShopProfile.columns
        let shop =
            switch name {
            case .id(let id):
                try db.first("SELECT \(unsafeRaw: columns) FROM shop WHERE id = \(id)") { try ShopProfile($0) }
            case .handle(let handle):
                try db.first("SELECT \(unsafeRaw: columns) FROM shop WHERE handle = \(handle)") { try ShopProfile($0) }
            }
        guard let shop else { throw MarketError.shopNotFound }
        return shop
    }

    /// Which of a shop's seats somebody has; nil is none.
    package func role(of account: ID<Account>, in shop: ID<Shop>, _ db: some Queryable) throws -> ShopRole? {
        try db.first("SELECT role FROM shop_staff WHERE shop_id = \(shop) AND account_id = \(account)") { row in
            ShopRole(rawValue: row.integer(0))
        } ?? nil
    }

    /// - Throws: ``MarketError/shopRoleRequired(_:)``.
    package func require(_ role: ShopRole, of account: ID<Account>, in shop: ID<Shop>, _ db: some Queryable) throws {
        guard let own = try self.role(of: account, in: shop, db), own >= role else {
            throw MarketError.shopRoleRequired(role)
        }
    }
}

/// Changes of a shop; opening and closing it.
extension MarketService {
    /// Nil leaves what is.
    /// - Throws: ``MarketError/shopRoleRequired(_:)``, ``MarketError/shopHandleTaken``, ``MarketError/shopBarred``.
    @discardableResult
    package func change(
        _ shop: ID<Shop>, handle: String? = nil, name: String? = nil, state: ShopProfile.State? = nil,
        by account: ID<Account>
    ) async throws -> ShopProfile {
        try await database.write { tx in
            let old = try self.shop(.id(shop), in: tx)
            try require(.owner, of: account, in: shop, tx)
            let handle = handle ?? old.handle
            if handle != old.handle, try tx.exists("SELECT 1 FROM shop WHERE handle = \(handle)") {
                throw MarketError.shopHandleTaken
            }
            if state == .open, old.isBarred { throw MarketError.shopBarred }
            try tx.execute("UPDATE shop SET handle = \(handle), name = \(name ?? old.name) WHERE id = \(shop)")
            if let state { try tx.execute("UPDATE shop SET wished_state = \(state.rawValue) WHERE id = \(shop)") }
            // Cards show the shop's name, too.
            try settleState(of: shop, in: tx)
            return try self.shop(.id(shop), in: tx)
        }
    }

    /// Products whose place in lists is changed in one transaction.
    private static let relistBatch = 500

    /// Brings `is_listed` of a shop's products to what it should be, and forgets their cards.
    func relist(_ shop: ID<Shop>) async throws {
        var after = ID<Product>(rawValue: 0)
        while let last = try await relistBatch(of: shop, after: after) { after = last }
    }

    /// - Returns: the last product of the batch; nil when there were no more.
    private func relistBatch(of shop: ID<Shop>, after: ID<Product>) async throws -> ID<Product>? {
        try await database.write { tx in
            let products = try tx.rows(
                """
                SELECT id
                FROM product
                WHERE shop_id = \(shop) AND id > \(after)
                ORDER BY id
                LIMIT \(Self.relistBatch)
                """
            ) { $0.id(0, Product.self) }
            guard let last = products.last else { return nil }
            let isOpen = try self.shop(.id(shop), in: tx).state == .open
            try tx.execute(
                """
                UPDATE product
                SET is_listed = 1 - is_listed
                WHERE id IN (\(list: products)) AND is_listed <> CASE WHEN status = 1 AND is_unlisted = 0 THEN \(isOpen) ELSE 0 END
                """)
            dropCards(of: products, after: tx)
            dropPlaces(after: tx)
            return last
        }
    }
}
