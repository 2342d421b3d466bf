import Core

/// What a file says of a product. A part that is nil is not in the file, and stays as it is.
struct CatalogParts: Sendable {
    var title = ""
    var body: String?
    var vendor: String?
    var type: String?
    var tags: [String]?
    var status: ProductStatus?
    var options: [String] = []
    var pictures: [(position: Int64, picture: ProductPicture)]?
    var variants: [CatalogVariantParts] = []
    private var picturesSeen: Set<String> = []
    private var optionsSeen: Set<[String]> = []

    /// Whether it is new: a picture stands once.
    mutating func takePicture(_ url: String) -> Bool {
        picturesSeen.insert(url).inserted
    }

    mutating func takeOptions(_ options: [String]) -> Bool {
        optionsSeen.insert(options).inserted
    }

    /// The product as it is to be, from what it is or from nothing.
    /// - Parameter keepsStock: leaves the quantities of variants that are there.
    func merged(into old: ProductDraft?, handle: String, keepsStock: Bool) throws(CatalogFinding) -> ProductDraft {
        var draft = old ?? ProductDraft(title: title)
        draft.handle = handle
        draft.title = title
        draft.body = body ?? draft.body
        draft.vendor = vendor ?? draft.vendor
        draft.type = type ?? draft.type
        draft.tags = tags ?? draft.tags
        draft.status = status ?? (old == nil ? .active : draft.status)
        if let pictures {
            draft.pictures = pictures.enumerated()
                .sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
                .map(\.element.picture)
        }
        // With another number of options no old variant has a value for each.
        if options.count != draft.options.count { draft.variants = [] }
        draft.options = options
        merge(variants, into: &draft.variants, keepsStock: keepsStock)
        if draft.variants.isEmpty { throw CatalogFinding(.noVariant) }
        if draft.variants.count > CatalogLimits.variantsMax { throw CatalogFinding(.tooManyVariants) }
        return draft
    }

    private func merge(_ parts: [CatalogVariantParts], into variants: inout [VariantDraft], keepsStock: Bool) {
        var places: [[String]: Int] = [:]
        for (index, variant) in variants.enumerated() { places[variant.options] = index }
        for part in parts {
            if let place = places[part.options] {
                let onHand = variants[place].onHand
                variants[place] = part.merged(into: variants[place])
                if keepsStock { variants[place].onHand = onHand }
            } else {
                variants.append(part.merged(into: VariantDraft(price: part.price ?? 0)))
            }
        }
    }
}

struct CatalogVariantParts: Sendable {
    /// A value for each option, of which a row may have more than its product.
    var options: [String]
    var line: Int
    var price: Int64?
    /// Given with the price: an empty one takes it away.
    var compareAt: Int64??
    var sku: String?
    var barcode: String?
    var grams: Int64?
    var gramsExact = ""
    var weightUnit: WeightUnit?
    var picture: String?
    var policy: StockPolicy?
    var onHand: Int64?
    /// Options by their names, in formats where rows have them so.
    var named: [(name: String, value: String)] = []
    var priceColumn = ""

    init(line: Int, options: [String] = []) {
        self.line = line
        self.options = options
    }

    /// The variant of a product with so many options; nil for a row that only brings a picture.
    func with(options count: Int) throws(CatalogFinding) -> CatalogVariantParts? {
        let values = Array(options.prefix(count))
        guard price != nil else {
            // A value without a price would be for sale for nothing.
            if values.contains(where: { !$0.isEmpty }) { throw CatalogFinding(.badPrice, column: priceColumn) }
            return nil
        }
        guard values.count == count, !values.contains("") else { throw CatalogFinding(.missingOption) }
        var variant = self
        variant.options = values
        return variant
    }

    func merged(into old: VariantDraft) -> VariantDraft {
        var draft = old
        draft.options = options
        draft.price = price ?? old.price
        draft.compareAt = compareAt ?? old.compareAt
        draft.sku = sku ?? old.sku
        draft.barcode = barcode ?? old.barcode
        if let grams { (draft.grams, draft.gramsExact) = (grams, gramsExact) }
        draft.weightUnit = weightUnit ?? old.weightUnit
        draft.picture = picture ?? old.picture
        draft.policy = policy ?? old.policy
        draft.onHand = onHand ?? old.onHand
        return draft
    }
}
