import CSV
import Core

/// The values of a row, and what was wrong with those that could be taken all the same.
struct RowValues {
    let row: CSVRow
    let header: CatalogHeader
    private(set) var warnings: [CatalogFinding] = []

    init(_ row: CSVRow, _ header: CatalogHeader) {
        self.row = row
        self.header = header
    }

    /// Without spaces around it. Nil when the file lacks the column, and when the field is empty.
    func value(_ column: Int?) -> String? {
        guard let column, !row.isEmpty(column) else { return nil }
        let text = row.text(column).written
        return text.isEmpty ? nil : text
    }

    func finding(_ fault: CatalogFault, _ column: Int?) -> CatalogFinding {
        guard let column else { return CatalogFinding(fault) }
        return CatalogFinding(fault, column: header.names[column].trimmed, value: row.text(column))
    }

    mutating func warn(_ fault: CatalogFault, _ column: Int?) {
        let finding = finding(fault, column)
        if !warnings.contains(finding) { warnings.append(finding) }
    }

    /// Text in a line, with characters for entities. Nil when the file lacks the column.
    mutating func line(_ column: Int?) -> String? {
        column.map { cleaned(row.text($0).written, $0, isMultiline: false).withoutEntities }
    }

    /// Text as it is, but for control characters.
    mutating func multiline(_ column: Int?) -> String? {
        column.map { cleaned(row.text($0), $0, isMultiline: true) }
    }

    private mutating func cleaned(_ text: String, _ column: Int, isMultiline: Bool) -> String {
        let cleaned = text.withoutControlCharacters(isMultiline: isMultiline)
        if cleaned.unicodeScalars.count != text.unicodeScalars.count || cleaned != text { warn(.textCleaned, column) }
        return cleaned
    }

    /// A text that a product cannot do without, of a name's length.
    /// - Throws: `too_long`.
    mutating func name(_ column: Int?) throws(CatalogFinding) -> String? {
        let text = line(column)
        guard text?.isName != false else { throw finding(.tooLong, column) }
        return text
    }

    /// A text whose end may be left out.
    mutating func shortened(_ text: String?, _ column: Int?, to length: Int = CatalogLimits.nameLengthMax) -> String? {
        guard let text, !text.isShorter(than: length + 1) else { return text }
        warn(.textCut, column)
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(length)))
    }

    /// A whole number, grouped by thousands perhaps. Nil where there is none, or another.
    func whole(_ column: Int?) -> Int64? {
        value(column)?.wholeNumber
    }

    /// - Throws: `bad_quantity`.
    func quantity(_ column: Int?) throws(CatalogFinding) -> Int64? {
        guard value(column) != nil else { return nil }
        guard let count = whole(column), count <= CatalogLimits.stockMax else { throw finding(.badQuantity, column) }
        // Shops write what they have sold beyond their stock as less than nothing.
        return max(0, count)
    }

    func flag(_ column: Int?) -> Bool? {
        switch value(column)?.lowercased() {
        case "true", "yes", "1", "y", "wahr", "vrai": true
        case "false", "no", "0", "n", "falsch", "faux": false
        default: nil
        }
    }

    /// Pictures of a cell; one that is none is left out with a warning.
    mutating func pictures(_ column: Int?) -> [String] {
        guard let text = value(column) else { return [] }
        return text.pictureURLs.filter { url in
            if url.isPictureURL { return true }
            warn(.badPicture, column)
            return false
        }
    }

    mutating func tags(_ column: Int?) -> [String]? {
        guard let column else { return nil }
        var tags = (line(column) ?? "").tagList.compactMap { shortened($0, column) }
        if tags.count > CatalogLimits.tagsMax {
            warn(.tooManyTags, column)
            tags = Array(tags.prefix(CatalogLimits.tagsMax))
        }
        return tags
    }

    /// Reads a price in minor units of a shop's currency.
    /// - Throws: `bad_price`.
    func price(_ column: Int?, _ prices: PriceReading) throws(CatalogFinding) -> Int64? {
        guard let text = value(column) else { return nil }
        guard let amount = prices.amount(text) else { throw finding(.badPrice, column) }
        return amount
    }

    /// Reads a weight in grams into a variant.
    mutating func weight(_ column: Int?, perUnit grams: Double = 1, into parts: inout CatalogVariantParts) {
        guard let text = value(column) else { return }
        guard let number = text.decimalNumber, (0...Double(CatalogLimits.stockMax)).contains(number * grams) else {
            return warn(.badWeight, column)
        }
        // In micrograms, beyond which the product of two decimal fractions is noise.
        let weight = (number * grams * 1e6).rounded() / 1e6
        parts.grams = Int64(weight.rounded())
        parts.gramsExact = grams == 1 ? text.exactFraction : weight == weight.rounded() ? "" : "\(weight)"
    }
}

/// How a file writes prices, and what they are of.
struct PriceReading: Sendable {
    let currency: Currency
    /// Whether a comma is before the cents in the whole file: then a point is between thousands.
    var isCommaDecimal = false

    func amount(_ text: String) -> Int64? {
        guard let text = text.decimalPrice(isCommaDecimal: isCommaDecimal),
            let money = Money(decimalText: text, currency),
            (0...CatalogLimits.priceMax).contains(money.amount)
        else { return nil }
        return money.amount
    }
}
