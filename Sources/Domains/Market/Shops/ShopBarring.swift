import Cache
package import Core
import Jobs
package import Storage

/// Shops and products that are kept from everybody, whatever those want who run them.
enum BarringSchema {
    /// `state` is what holds: closed while the owner is suspended or an administrator has closed the shop, and else what
    /// its owner has asked for, `wished_state`. A barred product stays archived.
    static let migrations: [Migration] = [
        Migration(
            "market.013 what is kept from everybody",
            [
                .statement("ALTER TABLE shop ADD COLUMN wished_state BIGINT NOT NULL DEFAULT 0"),
                .statement("ALTER TABLE shop ADD COLUMN is_suspended BIGINT NOT NULL DEFAULT 0"),
                .statement("ALTER TABLE shop ADD COLUMN is_barred BIGINT NOT NULL DEFAULT 0"),
                .statement("UPDATE shop SET wished_state = state /* scan: once */"),
                .statement("ALTER TABLE product ADD COLUMN is_barred BIGINT NOT NULL DEFAULT 0"),
            ])
    ]
}

extension MarketService {
    /// Takes the shops that somebody owns out of everybody's sight and sale, or gives them back as they were: when this
    /// commits. What was ordered goes on.
    package func setSuspended(_ isSuspended: Bool, shopsOf owner: ID<Account>, in tx: WriteTransaction) throws {
        let shops = try tx.rows(
            """
            SELECT shop_id
            FROM shop_staff
            WHERE account_id = \(owner) AND role = \(ShopRole.owner.rawValue)
            ORDER BY shop_id
            """
        ) { $0.id(0, Shop.self) }
        for shop in shops {
            try tx.execute("UPDATE shop SET is_suspended = \(isSuspended) WHERE id = \(shop)")
            try settleState(of: shop, in: tx)
        }
    }

    /// Closes a shop whatever its owner wants, or leaves it to them again. An administrator may.
    package func bar(_ isBarred: Bool, _ shop: ID<Shop>) async throws -> ShopProfile {
        try await database.write { tx in
            _ = try self.shop(.id(shop), in: tx)
            try tx.execute("UPDATE shop SET is_barred = \(isBarred) WHERE id = \(shop)")
            try settleState(of: shop, in: tx)
            return try self.shop(.id(shop), in: tx)
        }
    }

    /// Archives a product, so that its shop cannot offer it again; or leaves it to the shop, archived as it is. An
    /// administrator may.
    package func bar(_ isBarred: Bool, _ product: ID<Product>) async throws -> ProductPage {
        try await database.write { tx in
            let old = try stored(product, in: tx)
            try tx.execute("UPDATE product SET is_barred = \(isBarred) WHERE id = \(product)")
            if isBarred {
                var draft = old.draft
                draft.status = .archived
                try update(old, to: draft, isOpen: false, in: tx)
                try tell(MarketEvent.productChanged, about: product, ["shop": .id(old.shop)], in: tx)
            }
            return try page(of: product, in: tx)
        }
    }

    // MARK: In a transaction

    /// Brings a shop's state to what holds, and forgets what shows its products. Lists that name them come short until
    /// `RelistShop` has run: each card says from the shop's own row that it is not for everybody.
    func settleState(of shop: ID<Shop>, in tx: WriteTransaction) throws {
        let (open, closed) = (ShopProfile.State.open.rawValue, ShopProfile.State.closed.rawValue)
        let isOpen = try tx.first(
            """
            UPDATE shop
            SET state = CASE WHEN is_suspended + is_barred > 0 THEN \(closed) ELSE wished_state END
            WHERE id = \(shop)
            RETURNING state = \(open)
            """
        ) { $0.bool(0) }
        guard let isOpen else { throw MarketError.shopNotFound }
        if !isOpen { endChannel(of: shop, after: tx) }
        dropReadOrders(after: tx)
        dropCards(of: shop, after: tx)
        try tell(MarketEvent.shopChanged, about: shop, [:], in: tx)
        try jobs.enqueue(RelistShop(shop: shop), priority: .high, in: tx)
    }

    /// Everything that is encoded of a shop's products, however many: the memory is searched once.
    private func dropCards(of shop: ID<Shop>, after tx: WriteTransaction) {
        let (cards, pages, lists) = (cards, pages, lists)
        tx.afterCommit {
            cards.dropAll { $0.shop == shop }
            pages.dropAll { $0.shop == shop }
            lists.looks.advance()
        }
    }

    func isBarred(_ product: ID<Product>, in db: some Queryable) throws -> Bool {
        try db.exists("SELECT 1 FROM product WHERE id = \(product) AND is_barred = 1")
    }
}
