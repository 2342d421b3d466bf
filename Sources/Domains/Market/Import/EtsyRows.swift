import CSV
import Core

/// Etsy's file of listings, as "Download your listings" writes it.
///
/// A row is a listing. Its variations are lists of values with one price for all, and one quantity. The file has no
/// handles: they are made of the titles.
struct EtsyRows: CatalogRowReader {
    private(set) var header: CatalogHeader
    var prices: PriceReading
    private let title, price, currency: Int
    private let description, quantity, tags, materials, sku: Int?
    private let images: [Int]
    private let variations: [(name: Int, values: Int)]

    private static let imagesMax = 20

    /// - Throws: `CSVError` with `missingColumn` or `repeatedColumn`.
    init(_ names: CatalogHeader, _ prices: PriceReading) throws(CSVError) {
        var header = names
        self.prices = prices
        title = try header.need(["TITLE"])
        price = try header.need(["PRICE"])
        currency = try header.need(["CURRENCY_CODE"])
        description = try header.find(["DESCRIPTION"])
        quantity = try header.find(["QUANTITY"])
        tags = try header.find(["TAGS"])
        materials = try header.find(["MATERIALS"])
        sku = try header.find(["SKU"])
        images = try header.numbered("IMAGE", upTo: Self.imagesMax)
        var variations: [(name: Int, values: Int)] = []
        for number in 1...2 {
            guard let name = try header.find(["VARIATION \(number) NAME"]),
                let values = try header.find(["VARIATION \(number) VALUES"])
            else { continue }
            // What kind of variation it is, which its name says as well.
            _ = try header.find(["VARIATION \(number) TYPE"])
            variations.append((name, values))
        }
        self.variations = variations
        self.header = header
    }

    var priceColumns: [Int] { [price] }

    /// Two listings may have one title: the SKU tells them apart.
    func key(_ field: (Int) -> String) -> String {
        let title = field(title)
        return title.isEmpty ? "" : "\(title)\u{0}\(sku.map(field) ?? "")"
    }

    func line(_ row: CSVRow) -> CatalogLine {
        var line = CatalogLine(row.line)
        var values = RowValues(row, header)
        do throws(CatalogFinding) {
            guard let title = try values.name(title) else { return line }
            line.title = title
            line.handle = MarketService.handle(for: title)
            guard values.value(currency).map({ $0.uppercased() == prices.currency.rawValue }) ?? true else {
                throw values.finding(.wrongCurrency, currency)
            }
            var parts = CatalogParts()
            parts.title = title
            parts.body = values.shortened(
                values.multiline(description)?.asHTML, description, to: CatalogLimits.bodyLengthMax)
            parts.status = .active
            parts.tags = tagList(&values)
            parts.pictures = images.isEmpty ? nil : []
            for column in images {
                line.pictures += values.pictures(column).map { (nil, ProductPicture(url: $0)) }
            }
            line.variants = try variants(&values, options: &parts.options)
            line.parts = parts
        } catch {
            line.fault = error
        }
        line.warnings = values.warnings
        return line
    }

    /// Etsy writes spaces in tags as underscores. Materials are tags here.
    private func tagList(_ values: inout RowValues) -> [String]? {
        guard tags != nil || materials != nil else { return nil }
        var seen: Set<String> = []
        return [tags, materials].flatMap { values.tags($0) ?? [] }.map { $0.replacing("_", with: " ") }
            .filter { seen.insert($0).inserted }
    }

    private func variants(
        _ values: inout RowValues, options: inout [String]
    ) throws(CatalogFinding) -> [CatalogVariantParts] {
        var combinations: [[String]] = [[]]
        for (name, column) in variations {
            guard let name = try values.name(name), !name.isEmpty else { continue }
            let choices = (try values.name(column) ?? "").tagList
            guard !choices.isEmpty else { continue }
            options.append(name)
            combinations = combinations.flatMap { first in choices.map { first + [$0] } }
        }
        let skus = (values.line(sku) ?? "").split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0).written.unshielded }
        guard let price = try values.price(price, prices) else { throw values.finding(.badPrice, price) }
        let quantity = try values.quantity(quantity)
        if combinations.count > 1, quantity != nil { values.warn(.sharedQuantity, self.quantity) }
        return combinations.enumerated().map { index, combination in
            var parts = CatalogVariantParts(line: values.row.line, options: combination)
            parts.price = price
            if sku != nil {
                parts.sku = skus.count == combinations.count ? skus[index] : combinations.count == 1 ? skus.first : ""
            }
            parts.onHand = combinations.count == 1 ? quantity : nil
            return parts
        }
    }
}

extension String {
    /// Plain text as HTML.
    fileprivate var asHTML: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\r\n", with: "\n").replacing("\n", with: "<br>\n")
    }
}
