import CSV
import Core

/// Shopify's file of quantities: https://help.shopify.com/en/manual/products/inventory/setup/inventory-csv
///
/// A row is what one place has of a variant. Pieces on hand are set, or, where a file has only those that are available,
/// as many as leave those free for sale. Places are added up; a variant that no place stocks is left alone.
enum Inventory {
    static let location = ["Location"]
    static let onHand = ["On hand (new)", "On hand", "On hand (current)"]
    static let available = ["Available", "Available (not editable)", "Available (current)"]
    static let committed = ["Committed", "Committed (not editable)"]
    static let unavailable = ["Unavailable", "Unavailable (not editable)"]
    static let sku = ["SKU", "Variant SKU"]
    /// What stands where a place does not have a variant at all.
    static let notStocked = "not stocked"
}

struct InventoryRows: CatalogRowReader {
    private(set) var header: CatalogHeader
    var prices: PriceReading
    private let handle: Int
    private let onHand, available, committed, sku: Int?
    private let optionValues: [Int?]

    /// - Throws: `CSVError` with `missingColumn` or `repeatedColumn`.
    init(_ names: CatalogHeader, _ prices: PriceReading) throws(CSVError) {
        var header = names
        self.prices = prices
        handle = try header.need(Shopify.handle)
        onHand = try header.find(Inventory.onHand)
        available = onHand == nil ? try header.need(Inventory.available) : try header.find(Inventory.available)
        committed = try header.find(Inventory.committed)
        sku = try header.find(Inventory.sku)
        var values: [Int?] = []
        for name in Shopify.optionValues { values.append(try header.find(name)) }
        optionValues = values
        // They say what the row is of, and need no reading.
        for name in [Shopify.title, Inventory.location] + Shopify.optionNames { _ = try header.find(name) }
        self.header = header
    }

    var priceColumns: [Int] { [] }

    func key(_ field: (Int) -> String) -> String {
        field(handle)
    }

    func line(_ row: CSVRow) -> CatalogLine {
        var line = CatalogLine(row.line)
        var values = RowValues(row, header)
        do throws(CatalogFinding) {
            var options: [String] = []
            for column in optionValues { options.append(try values.name(column) ?? "") }
            while options.last == "" { options.removeLast() }
            if options == [Shopify.noOption.value] { options = [] }
            line.stock = CatalogStockParts(
                line: row.line, options: options, sku: try values.name(sku)?.unshielded ?? "",
                count: try count(&values), isAvailable: onHand == nil)
        } catch {
            line.fault = error
        }
        line.warnings = values.warnings
        return line
    }

    private func count(_ values: inout RowValues) throws(CatalogFinding) -> Int64? {
        let column = onHand ?? available
        guard let text = values.value(column), text.lowercased() != Inventory.notStocked else { return nil }
        let count = try values.quantity(column)
        if onHand != nil, let committed = values.whole(committed), committed > 0 {
            values.warn(.soldElsewhere, self.committed)
        }
        return count
    }
}
