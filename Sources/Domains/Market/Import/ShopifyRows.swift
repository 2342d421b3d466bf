import CSV
import Core

/// Rows of Shopify's file of products. What a file lacks, an import leaves as it is.
struct ShopifyRows: CatalogRowReader {
    private(set) var header: CatalogHeader
    var prices: PriceReading
    private let handle, title, price: Int
    private let body, vendor, type, tags, published, status, sku, grams, tracker, quantity, policy, compareAt, barcode,
        pictureURL, picturePosition, pictureAlt, variantPicture, weightUnit: Int?
    private let optionNames, optionValues: [Int?]

    /// - Throws: `CSVError` with `missingColumn` or `repeatedColumn`.
    init(_ names: CatalogHeader, _ prices: PriceReading) throws(CSVError) {
        var header = names
        self.prices = prices
        handle = try header.need(Shopify.handle)
        title = try header.need(Shopify.title)
        price = try header.need(Shopify.price)
        body = try header.find(Shopify.body)
        vendor = try header.find(Shopify.vendor)
        type = try header.find(Shopify.type)
        tags = try header.find(Shopify.tags)
        published = try header.find(Shopify.published)
        status = try header.find(Shopify.status)
        sku = try header.find(Shopify.sku)
        grams = try header.find(Shopify.grams)
        tracker = try header.find(Shopify.tracker)
        quantity = try header.find(Shopify.quantity)
        policy = try header.find(Shopify.policy)
        compareAt = try header.find(Shopify.compareAt)
        barcode = try header.find(Shopify.barcode)
        pictureURL = try header.find(Shopify.pictureURL)
        picturePosition = try header.find(Shopify.picturePosition)
        pictureAlt = try header.find(Shopify.pictureAlt)
        variantPicture = try header.find(Shopify.variantPicture)
        weightUnit = try header.find(Shopify.weightUnit)
        var (optionNames, optionValues): ([Int?], [Int?]) = ([], [])
        for name in Shopify.optionNames { optionNames.append(try header.find(name)) }
        for name in Shopify.optionValues { optionValues.append(try header.find(name)) }
        (self.optionNames, self.optionValues) = (optionNames, optionValues)
        self.header = header
    }

    var priceColumns: [Int] { [price] + (compareAt.map { [$0] } ?? []) }

    func key(_ field: (Int) -> String) -> String {
        field(handle)
    }

    func line(_ row: CSVRow) -> CatalogLine {
        var line = CatalogLine(row.line)
        var values = RowValues(row, header)
        do throws(CatalogFinding) {
            line.title = values.line(title) ?? ""
            guard row.text(handle).written.isName else { throw values.finding(.tooLong, handle) }
            if !line.title.isEmpty { line.parts = try parts(&values, title: line.title) }
            line.pictures = pictures(&values)
            line.variants = [try variant(&values)]
        } catch {
            line.fault = error
        }
        line.warnings = values.warnings
        return line
    }
}

extension ShopifyRows {
    private func parts(_ values: inout RowValues, title: String) throws(CatalogFinding) -> CatalogParts {
        guard title.isName else { throw values.finding(.tooLong, self.title) }
        var parts = CatalogParts()
        parts.title = title
        parts.body = values.shortened(values.multiline(body), body, to: CatalogLimits.bodyLengthMax)
        parts.vendor = values.shortened(values.line(vendor), vendor)
        parts.type = values.shortened(values.line(type), type)
        parts.tags = values.tags(tags)
        parts.status = try status(values)
        parts.pictures = pictureURL == nil ? nil : []
        parts.options = try optionNames(&values)
        return parts
    }

    private func optionNames(_ values: inout RowValues) throws(CatalogFinding) -> [String] {
        var names: [String] = []
        for column in optionNames {
            guard let name = try values.name(column), !name.isEmpty else { break }
            names.append(name)
        }
        if names == [Shopify.noOption.name], values.value(optionValues[0]) == Shopify.noOption.value { return [] }
        return names
    }

    /// Nil where the file says neither.
    private func status(_ values: RowValues) throws(CatalogFinding) -> ProductStatus? {
        if let text = values.value(status) {
            guard let status = ProductStatus(name: text.lowercased()) else { throw values.finding(.badStatus, status) }
            return status
        }
        guard values.value(published) != nil else { return nil }
        guard let isPublished = values.flag(published) else { throw values.finding(.badStatus, published) }
        return isPublished ? .active : .draft
    }

    private func pictures(_ values: inout RowValues) -> [(position: Int64?, picture: ProductPicture)] {
        let urls = values.pictures(pictureURL)
        guard !urls.isEmpty else { return [] }
        let alt = values.shortened(values.line(pictureAlt), pictureAlt, to: CatalogLimits.altLengthMax) ?? ""
        let position = values.whole(picturePosition)
        return urls.map { (position, ProductPicture(url: $0, alt: alt)) }
    }

    /// Without a price in a row that only brings a picture.
    private func variant(_ values: inout RowValues) throws(CatalogFinding) -> CatalogVariantParts {
        var parts = CatalogVariantParts(line: values.row.line)
        for column in optionValues { parts.options.append(try values.name(column) ?? "") }
        parts.priceColumn = header.names[price].trimmed
        parts.price = try values.price(price, prices)
        guard parts.price != nil else { return parts }
        if compareAt != nil { parts.compareAt = .some(try values.price(compareAt, prices)) }
        parts.sku = try values.name(sku)?.unshielded
        parts.barcode = try values.name(barcode)?.unshielded
        parts.picture = variantPicture == nil ? nil : values.pictures(variantPicture).first ?? ""
        values.weight(grams, into: &parts)
        parts.weightUnit = unit(&values)
        parts.onHand = try values.quantity(quantity)
        guard tracker != nil else { return parts }
        let isBackorder = values.value(policy)?.lowercased() == "continue" || values.flag(policy) == true
        parts.policy = values.value(tracker) == nil ? .untracked : isBackorder ? .backorder : .counted
        return parts
    }

    private func unit(_ values: inout RowValues) -> WeightUnit? {
        guard let text = values.value(weightUnit) else { return nil }
        guard let unit = WeightUnit(written: text) else {
            values.warn(.badWeight, weightUnit)
            return nil
        }
        return unit
    }
}

extension WeightUnit {
    /// A unit as people write it: `lbs`, `Grams`.
    init?(written text: String) {
        switch text.lowercased() {
        case "g", "gr", "gram", "grams": self = .gram
        case "kg", "kgs", "kilogram", "kilograms": self = .kilogram
        case "oz", "ounce", "ounces": self = .ounce
        case "lb", "lbs", "pound", "pounds": self = .pound
        default: return nil
        }
    }

    /// https://www.nist.gov/pml/owm/metric-si/unit-conversion: exact by definition.
    var grams: Double {
        switch self {
        case .gram: 1
        case .kilogram: 1_000
        case .ounce: 28.349523125
        case .pound: 453.59237
        }
    }
}
