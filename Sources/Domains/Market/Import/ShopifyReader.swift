import CSV
import Core

/// Reads products from Shopify's file, one after the other, in one pass.
///
/// A row that cannot be read or taken takes its product along: half a product is worse than none. A row of which not even
/// the handle can be read is reported by itself.
struct ShopifyReader {
    let reader: CSVReader
    private let columns: Shopify.Columns
    private let currency: Currency
    /// The product whose rows are being read.
    private var open: CatalogRows?
    /// Options that the open product's variants have had.
    private var optionsSeen: Set<[String]> = []
    private var picturesSeen: Set<String> = []

    /// Rows that are no rows, among those of one product.
    private static let straysMax = 100

    /// - Throws: `CSVFileError`, and `CSVError` when the header is not one or lacks what is needed.
    init(path: String, currency: Currency) throws {
        reader = try CSVReader(path: path)
        columns = try Shopify.Columns(reader)
        self.currency = currency
    }

    /// The next product, whole; nil at the end of the file.
    /// - Throws: `CSVError` and `CSVFileError` when the file cannot be read on. What is open then is not whole.
    mutating func next() throws -> CatalogRows? {
        while true {
            do {
                guard let row = try reader.next() else { return close() }
                if reader.columns.indices.allSatisfy(row.isEmpty) { continue }
                if let done = take(row) { return done }
            } catch let error as CSVError {
                guard let fault = CatalogFault(error.reason) else { throw error }
                if let handle = reader.refusedField(columns.handle)?.trimmed, !handle.isEmpty {
                    if let done = skip(error.line, of: handle, fault) { return done }
                    continue
                }
                var rows = close() ?? CatalogRows(handle: "")
                rows.add(stray: error.line, fault)
                // A product is held in memory, with what is among its rows.
                if rows.lines.isEmpty || rows.strays.count == Self.straysMax { return rows }
                open = rows
            }
        }
    }

    /// The product whose rows were being read when the file could not be read on: it may lack some.
    mutating func torn() -> CatalogRows? {
        var rows = close()
        rows?.skip(.tornFile)
        return rows
    }

    /// Marks the product that a row belongs to.
    /// - Returns: the product above, when it is another.
    private mutating func skip(_ line: Int, of handle: String, _ fault: CatalogFault) -> CatalogRows? {
        if open?.handle == handle {
            open?.add(line: line, fault)
            return nil
        }
        let done = close()
        var rows = CatalogRows(handle: handle)
        rows.add(line: line, fault)
        open = rows
        return done
    }

    private mutating func close() -> CatalogRows? {
        defer { open = nil }
        return open
    }

    /// - Returns: the product above, when the row begins another.
    private mutating func take(_ row: CSVRow) -> CatalogRows? {
        let handle = row.text(columns.handle).trimmed
        let title = row.text(columns.title).trimmed
        if let open, open.handle == handle, !handle.isEmpty, title.isEmpty || title == open.parts.title {
            append(row)
            return nil
        }
        let done = close()
        begin(row, handle: handle, title: title)
        return done
    }

    private mutating func begin(_ row: CSVRow, handle: String, title: String) {
        optionsSeen.removeAll(keepingCapacity: true)
        picturesSeen.removeAll(keepingCapacity: true)
        var rows = CatalogRows(handle: handle)
        guard !handle.isEmpty else {
            rows.add(line: row.line, .missingHandle)
            open = rows
            return
        }
        guard !title.isEmpty else {
            rows.add(line: row.line, .noParent)
            open = rows
            return
        }
        do throws(CatalogRefusal) {
            rows.parts = try productParts(row, title: title)
            guard handle.isName else { throw CatalogRefusal(.tooLong) }
        } catch {
            rows.add(line: row.line, error.fault)
            open = rows
            return
        }
        open = rows
        append(row)
    }

    /// Adds what a row says of pictures and variants.
    private mutating func append(_ row: CSVRow) {
        guard var rows = open else { return }
        // One owner of the lists that grow.
        open = nil
        defer { open = rows }
        // Nobody knows which options it was to have: its other rows are not to blame.
        if rows.parts.title.isEmpty, !rows.faults.isEmpty {
            rows.add(line: row.line)
            return
        }
        do throws(CatalogRefusal) {
            if let picture = try picture(row), picturesSeen.insert(picture.picture.url).inserted {
                let count = Int64(rows.parts.pictures?.count ?? 0)
                rows.parts.pictures?.append((picture.position ?? count + 1, picture.picture))
                if count == CatalogLimits.picturesMax { throw CatalogRefusal(.tooManyPictures) }
            }
            if let variant = try variant(row, options: rows.parts.options.count) {
                if rows.parts.variants.count == CatalogLimits.variantsMax { throw CatalogRefusal(.tooManyVariants) }
                guard optionsSeen.insert(variant.options).inserted else { throw CatalogRefusal(.duplicateVariant) }
                rows.parts.variants.append(variant)
            }
            rows.add(line: row.line)
        } catch {
            rows.add(line: row.line, error.fault)
        }
    }
}

extension ShopifyReader {
    private func productParts(_ row: CSVRow, title: String) throws(CatalogRefusal) -> CatalogParts {
        var parts = CatalogParts()
        parts.title = title
        parts.body = columns.body.map { row.text($0) }
        parts.vendor = columns.vendor.map { row.text($0).trimmed }
        parts.type = columns.type.map { row.text($0).trimmed }
        parts.tags = columns.tags.map { row.text($0).tagList }
        parts.status = try status(row)
        parts.pictures = columns.pictureURL == nil ? nil : []
        parts.options = optionNames(row)
        guard title.isName, parts.vendor?.isName != false, parts.type?.isName != false,
            parts.options.allSatisfy(\.isName), parts.tags?.allSatisfy(\.isName) != false,
            parts.body?.isShorter(than: CatalogLimits.bodyLengthMax + 1) != false
        else { throw CatalogRefusal(.tooLong) }
        if let tags = parts.tags, tags.count > CatalogLimits.tagsMax { throw CatalogRefusal(.tooManyTags) }
        return parts
    }

    private func optionNames(_ row: CSVRow) -> [String] {
        let names = columns.optionNames.map { row.value($0) }.prefix { $0 != nil }.compactMap(\.self)
        if names == [Shopify.noOption.name], row.value(columns.optionValues[0]) == Shopify.noOption.value { return [] }
        return names
    }

    /// Nil where the file says neither.
    private func status(_ row: CSVRow) throws(CatalogRefusal) -> ProductStatus? {
        if let text = row.value(columns.status) {
            guard let status = ProductStatus(name: text.lowercased()) else { throw CatalogRefusal(.badStatus) }
            return status
        }
        switch row.value(columns.published)?.lowercased() {
        case nil: return nil
        case "true", "yes", "1": return .active
        case "false", "no", "0": return .draft
        default: throw CatalogRefusal(.badStatus)
        }
    }

    private func picture(_ row: CSVRow) throws(CatalogRefusal) -> (position: Int64?, picture: ProductPicture)? {
        guard let url = row.value(columns.pictureURL) else { return nil }
        let alt = row.value(columns.pictureAlt) ?? ""
        guard url.isPictureURL else { throw CatalogRefusal(.badPicture) }
        guard alt.isShorter(than: CatalogLimits.altLengthMax + 1) else { throw CatalogRefusal(.tooLong) }
        return (whole(row, columns.picturePosition), ProductPicture(url: url, alt: alt))
    }

    /// Nil for a row that only brings a picture.
    private func variant(_ row: CSVRow, options count: Int) throws(CatalogRefusal) -> CatalogVariantParts? {
        let values = columns.optionValues.map { row.value($0) }
        guard let price = row.value(columns.price) else {
            // A value without a price would be for sale for nothing.
            if count > 0, values.contains(where: { $0 != nil }) { throw CatalogRefusal(.badPrice) }
            return nil
        }
        let options = values.prefix(count).compactMap(\.self)
        guard options.count == count else { throw CatalogRefusal(.missingOption) }
        var parts = CatalogVariantParts(options: options, price: try amount(price))
        if columns.compareAt != nil {
            parts.compareAt = .some(
                try row.value(columns.compareAt).map { (text) throws(CatalogRefusal) in try amount(text) })
        }
        parts.sku = columns.sku.map { row.text($0).trimmed.unshielded }
        parts.barcode = columns.barcode.map { row.text($0).trimmed.unshielded }
        guard options.allSatisfy(\.isName), parts.sku?.isName != false, parts.barcode?.isName != false else {
            throw CatalogRefusal(.tooLong)
        }
        parts.picture = columns.variantPicture.map { row.text($0) }
        if let picture = parts.picture, !picture.isEmpty, !picture.isPictureURL { throw CatalogRefusal(.badPicture) }
        try readWeight(row, into: &parts)
        try readStock(row, into: &parts)
        return parts
    }

    private func readWeight(_ row: CSVRow, into parts: inout CatalogVariantParts) throws(CatalogRefusal) {
        if let text = row.value(columns.grams) {
            // Shopify computes grams from ounces and pounds, with fractions.
            guard let grams = text.decimalNumber?.rounded(), (0...Double(CatalogLimits.stockMax)).contains(grams) else {
                throw CatalogRefusal(.badWeight)
            }
            parts.grams = Int64(grams)
        }
        if let unit = row.value(columns.weightUnit) {
            guard let unit = WeightUnit(rawValue: unit.lowercased() == "lbs" ? "lb" : unit.lowercased()) else {
                throw CatalogRefusal(.badWeight)
            }
            parts.weightUnit = unit
        }
    }

    private func readStock(_ row: CSVRow, into parts: inout CatalogVariantParts) throws(CatalogRefusal) {
        if row.value(columns.quantity) != nil {
            guard let count = whole(row, columns.quantity), count <= CatalogLimits.stockMax else {
                throw CatalogRefusal(.badQuantity)
            }
            // Shopify writes what it has sold beyond its stock as less than nothing.
            parts.onHand = max(0, count)
        }
        guard columns.tracker != nil else { return }
        if row.value(columns.tracker) == nil {
            parts.policy = .untracked
        } else {
            parts.policy =
                ["continue", "true", "yes", "1"].contains(row.value(columns.policy)?.lowercased())
                ? .backorder : .counted
        }
    }

    private func amount(_ text: String) throws(CatalogRefusal) -> Int64 {
        guard let text = text.decimalPrice, let money = Money(decimalText: text, currency),
            (0...CatalogLimits.priceMax).contains(money.amount)
        else { throw CatalogRefusal(.badPrice) }
        return money.amount
    }

    private func whole(_ row: CSVRow, _ column: Int?) -> Int64? {
        row.value(column).flatMap { text in
            // Beyond 2⁵³ spreadsheets lose digits.
            Int64(text) ?? text.decimalNumber.flatMap { $0.magnitude <= 0x1p53 ? Int64(exactly: $0) : nil }
        }
    }
}

extension CatalogFault {
    /// Nil for what ends the reading of a file.
    fileprivate init?(_ reason: CSVError.Reason) {
        switch reason {
        case .wrongColumnCount: self = .wrongColumnCount
        case .invalidUTF8: self = .invalidUTF8
        default: return nil
        }
    }
}

extension String {
    /// Without spaces at its ends.
    var trimmed: String {
        guard let first = firstIndex(where: { $0 != " " }), let last = lastIndex(where: { $0 != " " }) else {
            return ""
        }
        return String(self[first...last])
    }

    /// Of some bytes at most, or at least counted when there are more.
    func isShorter(than count: Int) -> Bool {
        utf8.count < count || unicodeScalars.count < count
    }

    var isName: Bool { isShorter(than: CatalogLimits.nameLengthMax + 1) }

    var isPictureURL: Bool {
        (hasPrefix("https://") || hasPrefix("http://")) && isShorter(than: CatalogLimits.urlLengthMax + 1)
    }

    /// Tags as Shopify writes them, with commas between; each once.
    var tagList: [String] {
        var seen: Set<String> = []
        return split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}
