package import Core
import Storage

extension MarketService {
    /// Products that are read for one piece of an export.
    private static let exportBatch = 200

    /// Writes a shop's whole catalog as Shopify's file, in the order of its making.
    /// - Parameter write: takes the file's bytes, some products at a time.
    /// - Returns: the number of products.
    package func exportCatalog(
        of shop: ID<Shop>, columns: ShopifyColumns = .classic, _ write: ([UInt8]) throws -> Void
    ) async throws -> Int {
        let profile = try await self.shop(.id(shop))
        var writer = ShopifyWriter(currency: profile.currency, columns)
        var (after, count) = (ID<Product>(rawValue: 0), 0)
        while true {
            let start = after
            let products = try await database.read(lane: .background) { db in
                let products = try db.rows(
                    """
                    SELECT \(unsafeRaw: StoredProduct.columns)
                    FROM product
                    WHERE shop_id = \(shop) AND id > \(start)
                    ORDER BY id
                    LIMIT \(Self.exportBatch)
                    """
                ) { try StoredProduct($0) }
                return try withVariants(products, in: db)
            }
            for product in products { writer.add(product.draft) }
            try write(writer.take())
            count += products.count
            guard products.count == Self.exportBatch, let last = products.last else { return count }
            after = last.id
        }
    }
}

/// What Shopify calls the columns of its file: both sets are in use.
package enum ShopifyColumns: String, Sendable, CaseIterable {
    case classic
    /// Since 2025.
    case of2025 = "2025"
}

/// Writes products as ``ShopifyRows`` reads them.
struct ShopifyWriter {
    /// A column by its names until 2025 and since.
    private typealias Names = [String]
    private static let fulfillment: Names = ["Variant Fulfillment Service", "Fulfillment service"]
    private static let shipping: Names = ["Variant Requires Shipping", "Requires shipping"]
    private static let taxable: Names = ["Variant Taxable", "Charge tax"]
    private static let giftCard: Names = ["Gift Card", "Gift card"]

    private static let columns: [Names] =
        [
            Shopify.handle, Shopify.title, Shopify.body, Shopify.vendor, Shopify.type, Shopify.tags, Shopify.published,
        ] + zip(Shopify.optionNames, Shopify.optionValues).flatMap { [$0, $1] }
        + [
            Shopify.sku, Shopify.grams, Shopify.tracker, Shopify.quantity, Shopify.policy, fulfillment, Shopify.price,
            Shopify.compareAt, shipping, taxable, Shopify.barcode, Shopify.pictureURL, Shopify.picturePosition,
            Shopify.pictureAlt, giftCard, Shopify.variantPicture, Shopify.weightUnit, Shopify.status,
        ]

    private let currency: Currency
    private var bytes: [UInt8] = []

    init(currency: Currency, _ set: ShopifyColumns) {
        self.currency = currency
        write(Self.columns.map { names in set == .of2025 && names.count > 1 ? names[1] : names[0] })
    }

    /// What was written since the last call.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// A row for each variant or picture, whichever are more.
    mutating func add(_ draft: ProductDraft) {
        for index in 0..<max(draft.variants.count, draft.pictures.count) {
            var fields: [[String]: String] = [Shopify.handle: draft.handle ?? ""]
            if index == 0 { describe(draft, in: &fields) }
            if index < draft.variants.count { describe(draft.variants[index], of: draft, in: &fields) }
            if index < draft.pictures.count {
                fields[Shopify.pictureURL] = draft.pictures[index].url
                fields[Shopify.picturePosition] = "\(index + 1)"
                fields[Shopify.pictureAlt] = draft.pictures[index].alt
            }
            write(Self.columns.map { fields[$0] ?? "" })
        }
    }

    private func describe(_ draft: ProductDraft, in fields: inout [[String]: String]) {
        fields[Shopify.title] = draft.title
        fields[Shopify.body] = draft.body
        fields[Shopify.vendor] = draft.vendor
        fields[Shopify.type] = draft.type
        fields[Shopify.tags] = draft.tags.joined(separator: ", ")
        fields[Shopify.published] = draft.status.isForSale ? "true" : "false"
        fields[Shopify.status] = draft.status.name
        fields[Self.giftCard] = "false"
        for (name, option) in zip(Shopify.optionNames, draft.options) { fields[name] = option }
        if draft.options.isEmpty { fields[Shopify.optionNames[0]] = Shopify.noOption.name }
    }

    private func describe(_ variant: VariantDraft, of draft: ProductDraft, in fields: inout [[String]: String]) {
        for (name, option) in zip(Shopify.optionValues, variant.options) { fields[name] = option }
        if draft.options.isEmpty { fields[Shopify.optionValues[0]] = Shopify.noOption.value }
        fields[Shopify.sku] = variant.sku
        fields[Shopify.barcode] = variant.barcode
        fields[Shopify.price] = Money(variant.price, currency).decimalText
        fields[Shopify.compareAt] = variant.compareAt.map { Money($0, currency).decimalText }
        fields[Shopify.grams] = variant.gramsExact.isEmpty ? "\(variant.grams)" : variant.gramsExact
        fields[Shopify.weightUnit] = variant.weightUnit.rawValue
        fields[Shopify.variantPicture] = variant.picture
        fields[Shopify.quantity] = "\(variant.onHand)"
        fields[Shopify.tracker] = variant.policy == .untracked ? "" : "shopify"
        fields[Shopify.policy] = variant.policy == .backorder ? "continue" : "deny"
        (fields[Self.fulfillment], fields[Self.shipping], fields[Self.taxable]) = ("manual", "true", "true")
    }

    private mutating func write(_ row: [String]) {
        for (index, field) in row.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(field)
        }
        bytes.append(contentsOf: "\r\n".utf8)
    }

    private mutating func append(_ field: String) {
        let quote = UInt8(ascii: "\"")
        guard field.utf8.contains(where: { [quote, UInt8(ascii: ","), 0x0A, 0x0D].contains($0) }) else {
            bytes.append(contentsOf: field.utf8)
            return
        }
        bytes.append(quote)
        for byte in field.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }
}
