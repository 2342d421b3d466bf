import CSV
import Core

/// Shopify's file of products: https://help.shopify.com/en/manual/products/import-export/using-csv
///
/// A product is a row with a title and the rows below that have its handle and no title: further variants, further
/// pictures, or both. Columns that are not named here are passed over.
enum Shopify {
    static let handle = "Handle"
    static let title = "Title"
    static let body = "Body (HTML)"
    static let vendor = "Vendor"
    static let type = "Type"
    static let tags = "Tags"
    static let published = "Published"
    static let status = "Status"
    static let optionNames = (1...CatalogLimits.optionsMax).map { "Option\($0) Name" }
    static let optionValues = (1...CatalogLimits.optionsMax).map { "Option\($0) Value" }
    static let sku = "Variant SKU"
    static let grams = "Variant Grams"
    static let tracker = "Variant Inventory Tracker"
    static let quantity = "Variant Inventory Qty"
    static let policy = "Variant Inventory Policy"
    static let price = "Variant Price"
    static let compareAt = "Variant Compare At Price"
    static let barcode = "Variant Barcode"
    static let pictureURL = "Image Src"
    static let picturePosition = "Image Position"
    static let pictureAlt = "Image Alt Text"
    static let variantPicture = "Variant Image"
    static let weightUnit = "Variant Weight Unit"

    /// What Shopify calls the columns since 2025. Both sets are in use.
    static let namesOf2025 = [
        handle: "URL handle", body: "Description", published: "Published on online store", sku: "SKU",
        grams: "Weight value (grams)", tracker: "Inventory tracker", quantity: "Inventory quantity",
        policy: "Continue selling when out of stock", price: "Price", compareAt: "Compare-at price",
        barcode: "Barcode", pictureURL: "Product image URL", variantPicture: "Variant image URL",
        weightUnit: "Weight unit for display",
    ]

    /// Without these there is nothing to import.
    static let needed = [handle, title, price]

    /// What Shopify writes where a product has no options.
    static let noOption = (name: "Title", value: "Default Title")

    /// Where the columns are in a file; nil for those that it lacks. What a file lacks, an import leaves as it is.
    struct Columns: Sendable {
        let handle: Int
        let title: Int
        let price: Int
        let body, vendor, type, tags, published, status, sku, grams, tracker, quantity, policy, compareAt, barcode,
            pictureURL, picturePosition, pictureAlt, variantPicture, weightUnit: Int?
        let optionNames: [Int?]
        let optionValues: [Int?]

        /// - Throws: `CSVError` with `missingColumn`.
        init(_ reader: CSVReader) throws(CSVError) {
            let names = reader.columns.map { $0.trimmed.lowercased() }
            func find(_ name: String) -> Int? {
                names.firstIndex(of: name.lowercased())
                    ?? Shopify.namesOf2025[name].flatMap { names.firstIndex(of: $0.lowercased()) }
            }
            func need(_ name: String) throws(CSVError) -> Int {
                if let found = find(name) { return found }
                return try reader.index(of: name)
            }
            handle = try need(Shopify.handle)
            title = try need(Shopify.title)
            price = try need(Shopify.price)
            body = find(Shopify.body)
            vendor = find(Shopify.vendor)
            type = find(Shopify.type)
            tags = find(Shopify.tags)
            published = find(Shopify.published)
            status = find(Shopify.status)
            sku = find(Shopify.sku)
            grams = find(Shopify.grams)
            tracker = find(Shopify.tracker)
            quantity = find(Shopify.quantity)
            policy = find(Shopify.policy)
            compareAt = find(Shopify.compareAt)
            barcode = find(Shopify.barcode)
            pictureURL = find(Shopify.pictureURL)
            picturePosition = find(Shopify.picturePosition)
            pictureAlt = find(Shopify.pictureAlt)
            variantPicture = find(Shopify.variantPicture)
            weightUnit = find(Shopify.weightUnit)
            optionNames = Shopify.optionNames.map(find)
            optionValues = Shopify.optionValues.map(find)
        }
    }
}

extension CSVRow {
    /// Without spaces around it. Nil when the file lacks the column, and when the field is empty.
    func value(_ column: Int?) -> String? {
        guard let column, !isEmpty(column) else { return nil }
        let text = text(column).trimmed
        return text.isEmpty ? nil : text
    }
}
