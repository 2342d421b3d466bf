package import Core
import Storage

/// A product as it is stored, to be changed, compared with a file, or written to one.
package struct StoredProduct: Sendable {
    package let id: ID<Product>
    package let shop: ID<Shop>
    package let isListed: Bool
    /// With its variants in their order.
    package var draft: ProductDraft
    /// Of the draft's variants, in the same order.
    package var variants: [StoredVariant]
}

package struct StoredVariant: Sendable {
    package let id: ID<Variant>
    package let position: Int64
    package let reserved: Int64
}

extension StoredProduct {
    /// Columns that ``init(_:)`` reads, in order.
    static let columns = """
        product.id, product.shop_id, product.is_listed, product.handle, product.title, product.body, product.vendor,
        product.type, (product.status + 2 * product.is_unlisted), product.options, product.pictures, product.tags, product.opens_at,
        product.per_person_max
        """

    /// Without its variants.
    init(_ row: Row) throws {
        id = row.id(0)
        shop = row.id(1)
        isListed = row.bool(2)
        variants = []
        draft = ProductDraft(title: row.text(4))
        draft.handle = row.text(3)
        draft.body = row.text(5)
        draft.vendor = row.text(6)
        draft.type = row.text(7)
        draft.status = ProductStatus(rawValue: row.integer(8)) ?? .draft
        draft.options = try JSONParser.parse(row.text(9)).strings
        draft.pictures = try JSONParser.parse(row.text(10)).pictures
        draft.tags = try JSONParser.parse(row.text(11)).strings
        draft.opensAt = row.timestampOrNil(12)
        draft.perPersonMax = row.isNull(13) ? nil : row.integer(13)
    }

    mutating func append(_ view: VariantView) {
        variants.append(StoredVariant(id: view.id, position: view.position, reserved: view.reserved))
        var variant = VariantDraft(price: view.price)
        variant.options = Array(view.options.prefix(draft.options.count))
        variant.sku = view.sku
        variant.barcode = view.barcode
        variant.compareAt = view.compareAt
        variant.grams = view.grams
        variant.gramsExact = view.gramsExact
        variant.weightUnit = WeightUnit(rawValue: view.weightUnit) ?? .kilogram
        variant.picture = view.picture
        variant.policy = view.policy
        variant.onHand = view.onHand
        draft.variants.append(variant)
    }
}

extension JSON {
    /// The texts of a list.
    package var strings: [String] { array?.compactMap(\.string) ?? [] }

    package var pictures: [ProductPicture] {
        array?.compactMap { picture in
            picture["url"]?.string.map { ProductPicture(url: $0, alt: picture["alt"]?.string ?? "") }
        } ?? []
    }
}

extension MarketService {
    /// Whole products of a shop by their handles. Two statements.
    func stored(_ handles: [String], of shop: ID<Shop>, in db: some Queryable) throws -> [StoredProduct] {
        guard !handles.isEmpty else { return [] }
        let products = try db.rows(
            """
            SELECT \(unsafeRaw: StoredProduct.columns)
            FROM product
            WHERE shop_id = \(shop) AND handle IN (\(list: handles))
            """
        ) { try StoredProduct($0) }
        return try withVariants(products, in: db)
    }

    /// - Throws: ``MarketError/productNotFound``.
    func stored(_ product: ID<Product>, in db: some Queryable) throws -> StoredProduct {
        let products = try db.rows("SELECT \(unsafeRaw: StoredProduct.columns) FROM product WHERE id = \(product)") {
            try StoredProduct($0)
        }
        guard let product = try withVariants(products, in: db).first else { throw MarketError.productNotFound }
        return product
    }

    func withVariants(_ products: [StoredProduct], in db: some Queryable) throws -> [StoredProduct] {
        guard !products.isEmpty else { return [] }
        var views: [ID<Product>: [VariantView]] = [:]
        try db.forEach(
            """
            SELECT \(unsafeRaw: VariantView.columns)
            FROM variant
            JOIN stock ON stock.variant_id = variant.id
            WHERE variant.product_id IN (\(list: products.map(\.id))) AND variant.is_deleted = 0
            """
        ) { row in
            let view = VariantView(row)
            views[view.product, default: []].append(view)
        }
        return products.map { product in
            var product = product
            for view in (views[product.id] ?? []).sorted(by: { ($0.position, $0.id) < ($1.position, $1.id) }) {
                product.append(view)
            }
            return product
        }
    }
}
