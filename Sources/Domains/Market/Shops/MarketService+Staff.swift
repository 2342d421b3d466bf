package import Core
import Storage

/// Somebody who runs a shop.
package struct StaffMember: Sendable, Equatable {
    package let account: ID<Account>
    package let role: ShopRole
}

extension MarketService {
    /// The shops that somebody runs, newest first.
    package func shops(
        of account: ID<Account>, cursor: String?, limit: Int
    ) async throws -> Page<(shop: ShopProfile, role: ShopRole)> {
        let filter = "shops:\(account)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let rows = try await database.read { db in
            try db.rows(
                """
                SELECT \(unsafeRaw: ShopProfile.columns), shop_staff.role
                FROM shop_staff
                JOIN shop ON shop.id = shop_staff.shop_id
                WHERE shop_staff.account_id = \(account) AND shop_staff.shop_id < \(before)
                ORDER BY shop_staff.shop_id DESC
                LIMIT \(limit + 1)
                """
            ) { (shop: try ShopProfile($0), role: ShopRole(rawValue: $0.integer(ShopProfile.columnCount)) ?? .clerk) }
        }
        return cursors.page(rows, limit: limit, filter: filter) { [$0.shop.id.rawValue] }
    }

    /// All of a shop's people, for any of them.
    package func staff(of shop: ID<Shop>, viewer: ID<Account>) async throws -> [StaffMember] {
        try await database.read { db in
            try require(.clerk, of: viewer, in: shop, db)
            return try db.rows(
                """
                SELECT account_id, role
                FROM shop_staff
                WHERE shop_id = \(shop)
                ORDER BY account_id
                LIMIT \(CatalogLimits.staffMax)
                """
            ) { StaffMember(account: $0.id(0), role: ShopRole(rawValue: $0.integer(1)) ?? .clerk) }
        }
    }

    /// Gives somebody a role, or another one; again is the same.
    /// - Throws: ``MarketError/ownerStays``, ``MarketError/tooManyStaff``.
    package func setRole(
        _ role: ShopRole, of member: ID<Account>, in shop: ID<Shop>, by account: ID<Account>
    ) async throws {
        try await database.write { tx in
            _ = try self.shop(.id(shop), in: tx)
            try require(.owner, of: account, in: shop, tx)
            guard role != .owner, try self.role(of: member, in: shop, tx) != .owner else {
                throw MarketError.ownerStays
            }
            try tx.execute(
                """
                INSERT INTO shop_staff (shop_id, account_id, role)
                VALUES (\(shop), \(member), \(role.rawValue))
                ON CONFLICT (shop_id, account_id) DO UPDATE SET role = excluded.role
                """)
            let count = try tx.integer("SELECT COUNT(*) FROM shop_staff WHERE shop_id = \(shop)")
            guard count <= CatalogLimits.staffMax else { throw MarketError.tooManyStaff }
            dropReadOrders(after: tx)
        }
    }

    /// Takes somebody's role; one may always leave. Without effect for who has none.
    package func removeStaff(_ member: ID<Account>, from shop: ID<Shop>, by account: ID<Account>) async throws {
        try await database.write { tx in
            _ = try self.shop(.id(shop), in: tx)
            if member != account { try require(.owner, of: account, in: shop, tx) }
            guard try role(of: member, in: shop, tx) != .owner else { throw MarketError.ownerStays }
            try tx.execute("DELETE FROM shop_staff WHERE shop_id = \(shop) AND account_id = \(member)")
            dropReadOrders(after: tx)
        }
    }
}
