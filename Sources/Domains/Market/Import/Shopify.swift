import CSV
import Core

/// Shopify's file of products: https://help.shopify.com/en/manual/products/import-export/using-csv
///
/// A product is a row with a title and the rows that have its handle and no title: further variants, further pictures,
/// or both. A column is found by the name that it had until 2025, by the one that it has since, and by others that are in use; an
/// export writes the first or the second.
enum Shopify {
    static let handle = ["Handle", "URL handle", "Product handle"]
    static let title = ["Title", "Title", "Product title"]
    static let body = ["Body (HTML)", "Description", "Body"]
    static let vendor = ["Vendor"]
    static let type = ["Type", "Type", "Product type"]
    static let tags = ["Tags"]
    static let published = ["Published", "Published on online store"]
    static let status = ["Status"]
    static let optionNames = (1...CatalogLimits.optionsMax).map { ["Option\($0) Name", "Option\($0) name"] }
    static let optionValues = (1...CatalogLimits.optionsMax).map { ["Option\($0) Value", "Option\($0) value"] }
    static let sku = ["Variant SKU", "SKU"]
    static let grams = ["Variant Grams", "Weight value (grams)", "Grams"]
    static let tracker = ["Variant Inventory Tracker", "Inventory tracker"]
    static let quantity = ["Variant Inventory Qty", "Inventory quantity", "Variant Inventory Quantity"]
    static let policy = ["Variant Inventory Policy", "Continue selling when out of stock"]
    static let price = ["Variant Price", "Price"]
    static let compareAt = ["Variant Compare At Price", "Compare-at price"]
    static let barcode = ["Variant Barcode", "Barcode"]
    static let pictureURL = ["Image Src", "Product image URL"]
    static let picturePosition = ["Image Position", "Image position"]
    static let pictureAlt = ["Image Alt Text", "Image alt text"]
    static let variantPicture = ["Variant Image", "Variant image URL"]
    static let weightUnit = ["Variant Weight Unit", "Weight unit for display"]

    /// What Shopify writes where a product has no options.
    static let noOption = (name: "Title", value: "Default Title")
}
