import Core

/// The rows of a file that make one product.
struct CatalogRows: Sendable {
    /// Empty when the rows have none.
    let handle: String
    private(set) var lines: [Int] = []
    private(set) var faults: [Int: CatalogFault] = [:]
    /// Rows among these that are no rows: nobody knows whose they are, and the product does without them.
    private(set) var strays: [(line: Int, fault: CatalogFault)] = []
    /// What the rows say; nil where the file lacks the column.
    var parts = CatalogParts()

    init(handle: String) {
        self.handle = handle
    }

    mutating func add(line: Int, _ fault: CatalogFault? = nil) {
        lines.append(line)
        if let fault { faults[line] = fault }
    }

    mutating func add(stray line: Int, _ fault: CatalogFault) {
        strays.append((line, fault))
    }

    var rowCount: Int { lines.count + strays.count }
    var firstLine: Int { min(lines.first ?? .max, strays.first?.line ?? .max) }
    var lastLine: Int { max(lines.last ?? 0, strays.last?.line ?? 0) }

    mutating func skip(_ fault: CatalogFault) {
        guard faults.isEmpty, let first = lines.first else { return }
        faults[first] = fault
    }

    /// What became of each row when the product itself became `outcome`.
    func report(_ outcome: ImportedRow.Outcome) -> [ImportedRow] {
        let isSkipped = outcome == .skipped
        return lines.map { line in
            ImportedRow(
                line: Int64(line), outcome: outcome, handle: handle,
                fault: isSkipped ? faults[line] ?? .productSkipped : nil)
        } + strays.map { ImportedRow(line: Int64($0.line), outcome: .skipped, handle: "", fault: $0.fault) }
    }
}

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

    /// The product as it is to be, from what it is or from nothing.
    func merged(into old: ProductDraft?, handle: String) throws(CatalogRefusal) -> ProductDraft {
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
        try merge(variants, into: &draft.variants)
        if draft.variants.isEmpty { throw CatalogRefusal(.noVariant) }
        if draft.variants.count > CatalogLimits.variantsMax { throw CatalogRefusal(.tooManyVariants) }
        return draft
    }

    private func merge(
        _ parts: [CatalogVariantParts], into variants: inout [VariantDraft]
    ) throws(CatalogRefusal) {
        var places: [[String]: Int] = [:]
        for (index, variant) in variants.enumerated() { places[variant.options] = index }
        for part in parts {
            if let place = places[part.options] {
                variants[place] = part.merged(into: variants[place])
            } else {
                variants.append(part.merged(into: VariantDraft(price: part.price)))
            }
        }
    }
}

struct CatalogVariantParts: Sendable {
    var options: [String]
    var price: Int64
    /// Given with the price: an empty one takes it away.
    var compareAt: Int64??
    var sku: String?
    var barcode: String?
    var grams: Int64?
    var weightUnit: WeightUnit?
    var picture: String?
    var policy: StockPolicy?
    var onHand: Int64?

    func merged(into old: VariantDraft) -> VariantDraft {
        var draft = old
        draft.options = options
        draft.price = price
        draft.compareAt = compareAt ?? old.compareAt
        draft.sku = sku ?? old.sku
        draft.barcode = barcode ?? old.barcode
        draft.grams = grams ?? old.grams
        draft.weightUnit = weightUnit ?? old.weightUnit
        draft.picture = picture ?? old.picture
        draft.policy = policy ?? old.policy
        draft.onHand = onHand ?? old.onHand
        return draft
    }
}

/// Why a product of a file is not taken.
struct CatalogRefusal: Error {
    let fault: CatalogFault

    init(_ fault: CatalogFault) { self.fault = fault }
}
