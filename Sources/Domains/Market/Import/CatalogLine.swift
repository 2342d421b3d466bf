import CSV

/// What one row of a file says, whatever the format.
struct CatalogLine: Sendable {
    let line: Int
    /// Empty in a row that goes on with a product.
    var title = ""
    /// Empty where it is made of the title.
    var handle = ""
    /// What it says of the product, in a row with a title.
    var parts: CatalogParts?
    var pictures: [(position: Int64?, picture: ProductPicture)] = []
    var variants: [CatalogVariantParts] = []
    /// What an inventory file says of a variant.
    var stock: CatalogStockParts?
    /// Why its product cannot be taken.
    var fault: CatalogFinding?
    var warnings: [CatalogFinding] = []

    init(_ line: Int) {
        self.line = line
    }

    init(_ line: Int, _ fault: CatalogFinding) {
        self.line = line
        self.fault = fault
    }
}

/// Reads rows of one format.
protocol CatalogRowReader: Sendable {
    var header: CatalogHeader { get }
    /// Columns with prices, which tell how the file writes them.
    var priceColumns: [Int] { get }
    var prices: PriceReading { get set }

    /// What the rows of one product have in common; empty when it is missing.
    /// - Parameter field: of a column, without spaces around it. A damaged row may lack it.
    func key(_ field: (Int) -> String) -> String
    func line(_ row: CSVRow) -> CatalogLine
    /// Brings the rows of a product in line with each other.
    func finish(_ lines: inout [CatalogLine])
}

extension CatalogRowReader {
    func finish(_ lines: inout [CatalogLine]) {}
}

/// Formats of files that products come in. Raw values are stable, for programs.
package enum CatalogFormat: String, Sendable, CaseIterable {
    case shopify
    /// Shopify's file of quantities: it sets stock and nothing else.
    case inventory
    case woocommerce
    case etsy

    /// The format that a header is of; nil when it is of none.
    init?(_ header: CatalogHeader) {
        guard let format = Self.allCases.first(where: { $0.isPlausible(header) }) else { return nil }
        self = format
    }

    func isPlausible(_ header: CatalogHeader) -> Bool {
        switch self {
        case .shopify: [Shopify.handle, Shopify.title, Shopify.price].allSatisfy(header.has)
        case .inventory:
            header.has(Shopify.handle) && header.has(Inventory.location) && !header.has(Shopify.price)
                && (header.has(Inventory.onHand) || header.has(Inventory.available))
        case .woocommerce: [["Name"], ["Type"], ["Regular price"]].allSatisfy(header.has)
        case .etsy: [["TITLE"], ["PRICE"], ["CURRENCY_CODE"]].allSatisfy(header.has)
        }
    }

    /// - Throws: `CSVError` with `missingColumn` or `repeatedColumn`.
    func rows(_ header: CatalogHeader, _ prices: PriceReading) throws(CSVError) -> any CatalogRowReader {
        switch self {
        case .shopify: try ShopifyRows(header, prices)
        case .inventory: try InventoryRows(header, prices)
        case .woocommerce: try WooCommerceRows(header, prices)
        case .etsy: try EtsyRows(header, prices)
        }
    }
}
