import CSV
import Core

/// WooCommerce's file of products: https://woocommerce.com/document/product-csv-importer-exporter/
///
/// A simple product is a row; a variable one is a row with a row for each variation, which names it as its parent. The
/// file has no handles: they are made of the names.
struct WooCommerceRows: CatalogRowReader {
    private(set) var header: CatalogHeader
    var prices: PriceReading
    private let name, type, regularPrice: Int
    private let id, sku, parent, published, visibility, description, shortDescription, inStock, stock, backorders,
        weight,
        salePrice, categories, tags, images, brands, barcode: Int?
    private let attributes: [(name: Int, value: Int)]
    private let weightUnit: WeightUnit

    /// Attributes that a row has, of which three at most are options.
    private static let attributesMax = 20

    /// - Throws: `CSVError` with `missingColumn` or `repeatedColumn`.
    init(_ names: CatalogHeader, _ prices: PriceReading) throws(CSVError) {
        var header = names
        self.prices = prices
        name = try header.need(["Name"])
        type = try header.need(["Type"])
        regularPrice = try header.need(["Regular price"])
        id = try header.find(["ID"])
        sku = try header.find(["SKU"])
        parent = try header.find(["Parent"])
        published = try header.find(["Published"])
        visibility = try header.find(["Visibility in catalog", "Visibility in catalogue"])
        description = try header.find(["Description"])
        shortDescription = try header.find(["Short description"])
        inStock = try header.find(["In stock?"])
        stock = try header.find(["Stock"])
        backorders = try header.find(["Backorders allowed?"])
        salePrice = try header.find(["Sale price"])
        categories = try header.find(["Categories"])
        tags = try header.find(["Tags"])
        images = try header.find(["Images"])
        brands = try header.find(["Brands"])
        barcode = try header.find(["GTIN, UPC, EAN, or ISBN"])
        weight = header.find(prefix: "Weight (") ?? header.find(prefix: "Weight")
        let unit = weight.flatMap { header.names[$0].split(whereSeparator: { "()".contains($0) }).dropFirst().first }
        weightUnit = unit.flatMap { WeightUnit(written: String($0).trimmed) } ?? .kilogram
        var attributes: [(name: Int, value: Int)] = []
        for number in 1...Self.attributesMax {
            guard let name = try header.find(["Attribute \(number) name"]),
                let value = try header.find(["Attribute \(number) value(s)", "Attribute \(number) value"])
            else { continue }
            attributes.append((name, value))
        }
        self.attributes = attributes
        self.header = header
    }

    var priceColumns: [Int] { [regularPrice] + (salePrice.map { [$0] } ?? []) }

    func key(_ field: (Int) -> String) -> String {
        if let parent = parent.map(field), !parent.isEmpty { return parent }
        if let sku = sku.map(field), !sku.isEmpty { return sku }
        if let id = id.map(field), !id.isEmpty { return "id:\(id)" }
        return field(name)
    }

    func line(_ row: CSVRow) -> CatalogLine {
        var line = CatalogLine(row.line)
        var values = RowValues(row, header)
        do throws(CatalogFinding) {
            // Types are several: "simple, downloadable, virtual".
            switch values.value(type)?.lowercased().split(separator: ",").first {
            case "simple":
                line.parts = try parts(&values, of: &line)
                line.variants = [try variant(&values)]
            case "variable": line.parts = try parts(&values, of: &line)
            case "variation": line.variants = [try variation(&values)]
            default: throw values.finding(.unsupportedType, type)
            }
        } catch {
            line.fault = error
        }
        line.warnings = values.warnings
        return line
    }

    /// Options are what variations have a value for. A variation without one is for any: the file does not say which.
    func finish(_ lines: inout [CatalogLine]) {
        let variations = lines.flatMap(\.variants).filter { !$0.named.isEmpty }
        var names: [String] = []
        for option in variations.flatMap(\.named) where !names.contains(option.name) { names.append(option.name) }
        guard !names.isEmpty else { return }
        names = Array(names.prefix(CatalogLimits.optionsMax))
        for index in lines.indices {
            lines[index].parts?.options = names
            for place in lines[index].variants.indices {
                let named = lines[index].variants[place].named
                lines[index].variants[place].options = names.map { name in
                    named.first { $0.name == name }?.value ?? ""
                }
            }
        }
    }
}

extension WooCommerceRows {
    private func parts(_ values: inout RowValues, of line: inout CatalogLine) throws(CatalogFinding) -> CatalogParts {
        guard let title = try values.name(name), !title.isEmpty else { throw values.finding(.missingHandle, name) }
        line.title = title
        line.handle = MarketService.handle(for: title)
        var parts = CatalogParts()
        parts.title = title
        let long = values.multiline(description)?.writtenBreaks
        let short = values.multiline(shortDescription)?.writtenBreaks
        parts.body = values.shortened(
            long?.isEmpty == false ? long : short, description, to: CatalogLimits.bodyLengthMax)
        parts.vendor = values.shortened(values.line(brands), brands)
        // The first category, without those above it.
        parts.type = values.shortened(
            values.line(categories).map { text in
                (text.split(separator: ",").first?.split(separator: ">").last).map { String($0).written } ?? ""
            }, categories)
        parts.tags = values.tags(tags)
        parts.status = status(values)
        let urls = values.pictures(images)
        parts.pictures = images == nil ? nil : []
        line.pictures = urls.map { (nil, ProductPicture(url: $0)) }
        return parts
    }

    /// -1 is a draft, 0 private; what is in search alone has its link.
    private func status(_ values: RowValues) -> ProductStatus? {
        guard let published = values.whole(published) else { return nil }
        guard published == 1 else { return .draft }
        return ["hidden", "search"].contains(values.value(visibility)?.lowercased()) ? .unlisted : .active
    }

    private func variant(_ values: inout RowValues) throws(CatalogFinding) -> CatalogVariantParts {
        var parts = CatalogVariantParts(line: values.row.line)
        parts.priceColumn = header.names[regularPrice].trimmed
        let regular = try values.price(regularPrice, prices)
        let sale = try values.price(salePrice, prices)
        parts.price = sale ?? regular
        parts.compareAt = .some(sale == nil ? nil : regular)
        parts.sku = try values.name(sku)?.unshielded
        parts.barcode = try values.name(barcode)?.unshielded
        values.weight(weight, perUnit: weightUnit.grams, into: &parts)
        if values.value(weight) != nil { parts.weightUnit = weightUnit }
        try readStock(values, into: &parts)
        return parts
    }

    private func variation(_ values: inout RowValues) throws(CatalogFinding) -> CatalogVariantParts {
        var parts = try variant(&values)
        for (name, value) in attributes {
            guard let name = try values.name(name), !name.isEmpty else { continue }
            parts.named.append((name, try values.name(value) ?? ""))
        }
        if parts.named.isEmpty { throw CatalogFinding(.missingOption) }
        if parts.price == nil { throw values.finding(.badPrice, regularPrice) }
        parts.picture = images == nil ? nil : values.pictures(images).first ?? ""
        return parts
    }

    /// Without a number the shop does not count: then "in stock" is for sale, and "out of stock" is none.
    private func readStock(_ values: RowValues, into parts: inout CatalogVariantParts) throws(CatalogFinding) {
        let isBackorder = values.flag(backorders) == true || values.value(backorders)?.lowercased() == "notify"
        if let count = try values.quantity(stock) {
            parts.onHand = count
            parts.policy = isBackorder ? .backorder : .counted
        } else if let isInStock = values.flag(inStock) {
            parts.policy = isInStock ? .untracked : isBackorder ? .backorder : .counted
            if !isInStock { parts.onHand = 0 }
        }
    }
}

extension String {
    /// Line breaks that the exporter wrote as a backslash and an n.
    fileprivate var writtenBreaks: String { replacing("\\n", with: "\n") }
}
