package import Core
import Storage

/// A collection as everybody sees it.
package struct CollectionProfile: Sendable, Equatable {
    package let id: ID<ProductCollection>
    package let shop: ID<Shop>
    package let handle: String
    package let title: String

    static let columns = "collection.id, collection.shop_id, collection.handle, collection.title"

    init(_ row: Row) {
        id = row.id(0)
        shop = row.id(1)
        handle = row.text(2)
        title = row.text(3)
    }
}

extension MarketService {
    /// - Throws: ``MarketError/collectionHandleTaken``, ``MarketError/tooManyCollections``.
    package func createCollection(
        handle: String?, title: String, in shop: ID<Shop>, by account: ID<Account>
    ) async throws -> CollectionProfile {
        try await database.write { tx in
            _ = try self.shop(.id(shop), in: tx)
            try require(.manager, of: account, in: shop, tx)
            let id = ids.next(ProductCollection.self)
            let inserted = try tx.execute(
                """
                INSERT INTO collection (id, shop_id, handle, title)
                VALUES (\(id), \(shop), \(handle ?? Self.handle(for: title)), \(title))
                ON CONFLICT (shop_id, handle) DO NOTHING
                """)
            guard inserted == 1 else { throw MarketError.collectionHandleTaken }
            let count = try tx.integer("SELECT COUNT(*) FROM collection WHERE shop_id = \(shop)")
            guard count <= CatalogLimits.collectionsMax else { throw MarketError.tooManyCollections }
            return try collection(id, in: tx)
        }
    }

    /// A shop's collections by their handles.
    package func collections(of shop: ID<Shop>, viewer: ID<Account>?) async throws -> [CollectionProfile] {
        try await database.read { db in
            _ = try self.shop(.id(shop), seenBy: viewer, in: db)
            return try db.rows(
                """
                SELECT \(unsafeRaw: CollectionProfile.columns)
                FROM collection
                WHERE shop_id = \(shop)
                ORDER BY handle
                LIMIT \(CatalogLimits.collectionsMax)
                """
            ) { CollectionProfile($0) }
        }
    }

    /// Puts a product of the same shop into a collection; again is the same.
    package func add(
        _ product: ID<Product>, to collection: ID<ProductCollection>, by account: ID<Account>
    ) async throws {
        try await database.write { tx in
            let collection = try self.collection(collection, in: tx)
            try require(.manager, of: account, in: collection.shop, tx)
            let shop = try tx.first("SELECT shop_id FROM product WHERE id = \(product)") { $0.id(0, Shop.self) }
            guard shop == collection.shop else { throw MarketError.productNotFound }
            try tx.execute(
                """
                INSERT INTO collection_product (collection_id, product_id)
                VALUES (\(collection.id), \(product))
                ON CONFLICT DO NOTHING
                """)
            let count = try tx.integer("SELECT COUNT(*) FROM collection_product WHERE collection_id = \(collection.id)")
            guard count <= CatalogLimits.collectionProductsMax else { throw MarketError.tooManyCollections }
        }
    }

    package func remove(
        _ product: ID<Product>, from collection: ID<ProductCollection>, by account: ID<Account>
    ) async throws {
        try await database.write { tx in
            let collection = try self.collection(collection, in: tx)
            try require(.manager, of: account, in: collection.shop, tx)
            try tx.execute(
                """
                DELETE FROM collection_product
                WHERE collection_id = \(collection.id) AND product_id = \(product)
                """)
        }
    }

    package func delete(_ collection: ID<ProductCollection>, by account: ID<Account>) async throws {
        try await database.write { tx in
            let collection = try self.collection(collection, in: tx)
            try require(.manager, of: account, in: collection.shop, tx)
            try tx.execute("DELETE FROM collection_product WHERE collection_id = \(collection.id)")
            try tx.execute("DELETE FROM collection WHERE id = \(collection.id)")
        }
    }

    private func collection(
        _ collection: ID<ProductCollection>, in db: some Queryable
    ) throws -> CollectionProfile {
        let profile = try db.first(
            "SELECT \(unsafeRaw: CollectionProfile.columns) FROM collection WHERE id = \(collection)"
        ) { CollectionProfile($0) }
        guard let profile else { throw MarketError.collectionNotFound }
        return profile
    }
}
