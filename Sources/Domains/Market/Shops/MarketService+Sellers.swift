package import Core
package import Storage

/// What becomes of the shops of somebody who leaves.
extension MarketService {
    /// Whether one of these has a shop that is not closed for good.
    package func isOwner(anyOf accounts: [ID<Account>], in db: some Queryable) throws -> Bool {
        try db.exists(
            """
            SELECT 1
            FROM shop_staff
            WHERE account_id IN (\(list: accounts)) AND role = \(ShopRole.owner.rawValue)
            LIMIT 1
            """)
    }

    /// Closes the shops that somebody owns, for good, and takes every seat that they have in others.
    ///
    /// A shop has one owner, so nobody is left who could open it again: its staff lose their seats too. Nothing of it is
    /// listed or sold from then on; its products, its orders and their history stay, for those who have bought.
    /// - Returns: the shops, whose money is `Ledger`'s business.
    /// - Throws: ``OrderError/shopOrdersUnderWay`` while somebody waits for what they have bought there.
    package func closeShops(of owner: ID<Account>, in tx: WriteTransaction) throws -> [ID<Shop>] {
        let shops = try tx.rows(
            """
            SELECT shop_id
            FROM shop_staff
            WHERE account_id = \(owner) AND role = \(ShopRole.owner.rawValue)
            ORDER BY shop_id
            """
        ) { $0.id(0, Shop.self) }
        try tx.execute("DELETE FROM shop_staff WHERE account_id = \(owner)")
        dropReadOrders(after: tx)
        guard !shops.isEmpty else { return [] }
        let isAwaited = try tx.exists(
            "SELECT 1 FROM sub_order WHERE shop_id IN (\(list: shops)) AND state IN (0, 1, 2, 3) LIMIT 1")
        guard !isAwaited else { throw OrderError.shopOrdersUnderWay }
        let closed = ShopProfile.State.closed.rawValue
        try tx.execute("UPDATE shop SET wished_state = \(closed) WHERE id IN (\(list: shops))")
        try tx.execute("DELETE FROM shop_staff WHERE shop_id IN (\(list: shops))")
        for shop in shops { try settleState(of: shop, in: tx) }
        return shops
    }
}
