package import Core
package import Storage

/// Whom to tell of orders: the seam for `Flows`.
extension MarketService {
    /// The people who run these shops.
    package func staff(
        of shops: [ID<Shop>], in db: some Queryable
    ) throws -> [(shop: ID<Shop>, account: ID<Account>)] {
        var staff: [(shop: ID<Shop>, account: ID<Account>)] = []
        try db.forEach(
            in: shops,
            { "SELECT shop_id, account_id FROM shop_staff WHERE shop_id IN (\(list: $0)) ORDER BY shop_id, account_id" }
        ) { staff.append((shop: $0.id(0), account: $0.id(1))) }
        return staff
    }

    /// Who has bought.
    package func buyers(of orders: [ID<Order>], in db: some Queryable) throws -> [ID<Order>: ID<Account>] {
        var buyers: [ID<Order>: ID<Account>] = [:]
        try db.forEach(in: orders, { "SELECT id, buyer_id FROM purchase WHERE id IN (\(list: $0))" }) { row in
            buyers[row.id(0)] = row.id(1)
        }
        return buyers
    }
}
