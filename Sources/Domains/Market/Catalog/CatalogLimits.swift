import Core

/// Bounds of what a shop can offer. Counts are Shopify's, so that a catalog from there fits; lengths are in Unicode
/// scalars.
package enum CatalogLimits {
    /// https://help.shopify.com/en/manual/products/variants: three options and 2,048 variants.
    package static let optionsMax = 3
    package static let variantsMax = 2_048
    /// In the request that makes a product; more are added one by one, or come in a file.
    package static let variantsAtOnceMax = 100
    package static let picturesMax = 250
    package static let tagsMax = 250
    package static let nameLengthMax = 255
    /// A long description with its markup: 64 KiB of ASCII.
    package static let bodyLengthMax = 65_536
    package static let urlLengthMax = 2_048
    package static let altLengthMax = 512
    /// In minor units: ten milliards of a currency with cents. A thousand million of them still fit 64 bits.
    package static let priceMax: Int64 = 1_000_000_000_000
    /// Pieces of a variant, and grams of one.
    package static let stockMax: Int64 = 1_000_000_000
    /// Pieces in one line of an order.
    package static let lineQuantityMax: Int64 = 10_000
    /// People who run one shop.
    package static let staffMax = 100
    /// Collections of one shop.
    package static let collectionsMax = 1_000
    package static let collectionProductsMax = 10_000
}

/// Some products of a shop that belong together.
package enum ProductCollection: EntityKind {
    package static let idPrefix = "col"
}

/// A change of a variant's stock.
package enum StockMovement: EntityKind {
    package static let idPrefix = "stm"
}
