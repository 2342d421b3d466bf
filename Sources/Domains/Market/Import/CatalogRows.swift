import Core

/// The rows of a file that make one product.
struct CatalogRows: Sendable {
    /// Empty when the rows have none.
    private(set) var handle: String
    private(set) var lines: [Int] = []
    private(set) var faults: [Int: CatalogFinding] = [:]
    private(set) var warnings: [Int: [CatalogFinding]] = [:]
    /// What the rows say; nil where the file lacks the column.
    private(set) var parts = CatalogParts()
    /// What an inventory file says; nil in a file of products.
    private(set) var stock: [CatalogStockParts]?

    /// Rows that cannot be taken.
    init(handle: String, _ lines: [CatalogLine], _ fault: CatalogFinding? = nil) {
        self.handle = handle
        for line in lines { add(line) }
        if let fault { skip(fault) }
    }

    private mutating func add(_ line: CatalogLine) {
        lines.append(line.line)
        if let fault = line.fault { faults[line.line] = fault }
        if !line.warnings.isEmpty { warnings[line.line] = line.warnings }
    }

    /// The products of the lines that have one key: one, and those whose title is another than the first one's.
    static func products(of lines: [CatalogLine], handle: String) -> [CatalogRows] {
        if lines.contains(where: { $0.stock != nil }) { return [CatalogRows(stock: lines, handle: handle)] }
        guard let title = lines.first(where: { !$0.title.isEmpty })?.title else {
            // A row that nobody could read may have had the title: then that one is blamed.
            return [CatalogRows(handle: handle, lines, CatalogFinding(.noParent, value: handle))]
        }
        var own: [CatalogLine] = []
        var others: [[CatalogLine]] = []
        var isOwn = true
        for line in lines {
            if !line.title.isEmpty {
                isOwn = line.title == title
                if !isOwn { others.append([]) }
            }
            if isOwn { own.append(line) } else { others[others.count - 1].append(line) }
        }
        return [CatalogRows(product: own, handle: handle)]
            + others.map { CatalogRows(handle: handle, $0, CatalogFinding(.duplicateHandle, value: handle)) }
    }

    private init(product lines: [CatalogLine], handle: String) {
        self.handle = handle
        for line in lines { add(line) }
        // Without parts the row with the title has a fault of its own.
        guard let parts = lines.first(where: { $0.parts != nil })?.parts else { return }
        self.parts = parts
        for line in lines {
            take(line.pictures, of: line)
            for variant in line.variants where faults[line.line] == nil { take(variant, of: line) }
        }
    }

    private mutating func take(_ pictures: [(position: Int64?, picture: ProductPicture)], of line: CatalogLine) {
        for (position, picture) in pictures where parts.takePicture(picture.url) {
            let count = parts.pictures?.count ?? 0
            guard count < CatalogLimits.picturesMax else {
                warnings[line.line, default: []].append(CatalogFinding(.tooManyPictures, value: picture.url))
                return
            }
            parts.pictures?.append((position ?? Int64(count) + 1, picture))
        }
    }

    private mutating func take(_ variant: CatalogVariantParts, of line: CatalogLine) {
        do throws(CatalogFinding) {
            guard let variant = try variant.with(options: parts.options.count) else { return }
            guard parts.variants.count < CatalogLimits.variantsMax else { throw CatalogFinding(.tooManyVariants) }
            guard parts.takeOptions(variant.options) else {
                throw CatalogFinding(.duplicateVariant, value: variant.options.joined(separator: " / "))
            }
            parts.variants.append(variant)
        } catch {
            faults[line.line] = error
        }
    }

    private init(stock lines: [CatalogLine], handle: String) {
        self.handle = handle
        for line in lines { add(line) }
        stock = CatalogStockParts.added(lines.compactMap(\.stock))
    }

    var firstLine: Int { lines.first ?? 0 }

    /// Blames the first row, unless others are to blame.
    mutating func skip(_ finding: CatalogFinding) {
        skip(finding, line: firstLine)
    }

    mutating func skip(_ finding: CatalogFinding, line: Int) {
        guard faults.isEmpty, !lines.isEmpty else { return }
        faults[line] = finding
    }

    mutating func warn(_ finding: CatalogFinding, line: Int) {
        warnings[line, default: []].append(finding)
    }

    /// What became of each row when the product itself became `outcome`.
    func report(_ outcome: ImportedRow.Outcome) -> [ImportedRow] {
        lines.map { line in
            let finding = outcome == .skipped ? faults[line] ?? CatalogFinding(.productSkipped) : nil
            return ImportedRow(
                line: Int64(line), outcome: outcome, handle: handle, finding: finding, warnings: warnings[line] ?? [])
        }
    }
}

/// What an inventory file says of a variant.
struct CatalogStockParts: Sendable {
    let line: Int
    let options: [String]
    let sku: String
    /// Nil: the place does not stock it.
    var count: Int64?
    /// Whether pieces are counted that can be sold, rather than those that are there.
    let isAvailable: Bool

    /// A row for each place becomes one for each variant.
    static func added(_ parts: [CatalogStockParts]) -> [CatalogStockParts] {
        var places: [[String]: Int] = [:]
        var added: [CatalogStockParts] = []
        for part in parts {
            let key = part.options + [part.sku]
            if let place = places[key] {
                added[place].count = part.count.map { $0 + (added[place].count ?? 0) } ?? added[place].count
            } else {
                places[key] = added.count
                added.append(part)
            }
        }
        return added.filter { $0.count != nil }
    }
}
