import CSV
import Core

/// A file of products, opened: what it is, and what to know of it.
struct CatalogFile {
    let path: String
    let reader: CSVReader
    let format: CatalogFormat
    let rows: any CatalogRowReader
    let notes: [CatalogNote]

    /// Titles and remarks stand above a header, not more.
    private static let linesAboveMax = 10
    /// Names of columns that a report has; a file of an app may have hundreds.
    private static let columnsNotedMax = 300

    /// - Parameter format: guessed from the header when it is nil.
    /// - Throws: `CSVFileError`, and `CSVError` when the header is not one or lacks what is needed.
    init(path: String, format wanted: CatalogFormat? = nil, currency: Currency) throws {
        self.path = path
        var dialect = try CSVDialect.guessed(path: path)
        dialect.refusesRepeatedColumns = false
        var reader = try CSVReader(path: path, dialect: dialect)
        var header = CatalogHeader(reader.columns, line: reader.headerLine)
        func format(of header: CatalogHeader) -> CatalogFormat? {
            wanted.map { $0.isPlausible(header) ? $0 : nil } ?? CatalogFormat(header)
        }
        var found = format(of: header)
        while found == nil, dialect.linesAbove < Self.linesAboveMax {
            dialect.linesAbove += 1
            guard let below = try? CSVReader(path: path, dialect: dialect) else { break }
            let names = CatalogHeader(below.columns, line: below.headerLine)
            found = format(of: names)
            if found != nil { (reader, header) = (below, names) }
        }
        // The error of a header that is none names what Shopify's lacks.
        self.format = found ?? wanted ?? .shopify
        rows = try self.format.rows(header, PriceReading(currency: currency))
        self.reader = reader
        var notes: [CatalogNote] = []
        if reader.dialect.linesAbove > 0 { notes.append(.init(.headerBelow, "\(reader.headerLine)")) }
        if dialect.encoding != .utf8 { notes.append(.init(.encodingRead, dialect.encoding.rawValue)) }
        if dialect.separator != UInt8(ascii: ",") {
            notes.append(.init(.separatorRead, dialect.separator == UInt8(ascii: "\t") ? "tab" : ";"))
        }
        notes += rows.header.passedOver.prefix(Self.columnsNotedMax).map {
            .init(.columnPassedOver, String($0.prefix(100)))
        }
        self.notes = notes
    }
}

/// What a look at the whole file tells before it is read.
private struct CatalogSurvey {
    /// How often the rows of a product begin anew, by the hash of its key, for those whose rows are not together.
    private(set) var runs: [Int: Int] = [:]
    private(set) var isCommaDecimal = false

    /// 64 MiB of hashes. Products of longer files must have their rows together.
    private static let runsMax = 8_000_000

    /// Ends where the file cannot be read on: whoever reads it will hear of that.
    init(_ file: CatalogFile) throws {
        let reader = try CSVReader(path: file.path, dialect: file.reader.dialect)
        var hashes: [Int] = []
        var last: Int?
        var (commas, points) = (0, 0)
        func see(_ key: String) {
            let hash = key.hashValue
            guard !key.isEmpty, hash != last else { return }
            last = hash
            if hashes.count < Self.runsMax { hashes.append(hash) }
        }
        reading: while true {
            do {
                guard let row = try reader.next() else { break }
                see(file.rows.key { row.text($0).written })
                for column in file.rows.priceColumns where !row.isEmpty(column) {
                    switch row.text(column).centsSign {
                    case ",": commas += 1
                    case ".": points += 1
                    default: break
                    }
                }
            } catch let error as CSVError {
                guard CatalogFault(error.reason) != nil else { break reading }
                see(file.rows.key { reader.refusedField($0)?.written ?? "" })
            } catch { break reading }
        }
        isCommaDecimal = commas > 0 && points == 0
        hashes.sort()
        for (hash, next) in zip(hashes, hashes.dropFirst()) where hash == next { runs[hash, default: 1] += 1 }
    }
}

/// Reads the products of a file, one after the other, whole: with all their rows, wherever those stand.
///
/// A row that cannot be read or taken takes its product along: half a product is worse than none. A row of which not
/// even the key can be read is reported by itself. The order of products is that of their last rows, and the same each
/// time a file is read.
struct CatalogReader {
    let file: CatalogFile
    private var rows: any CatalogRowReader
    private var survey: CatalogSurvey?
    /// Products of which there are rows to come, by their keys.
    private var open: [String: [CatalogLine]] = [:]
    /// The key of the last row.
    private var current: String?
    private var runsLeft: [Int: Int] = [:]
    /// Rows of open products.
    private var heldCount = 0
    /// Products that are refused whatever rows are to come: those are not held.
    private var refused: [String: CatalogFinding] = [:]
    private var ready: [CatalogRows] = []
    private var readyStart = 0
    private var isAtEnd = false
    /// Handles that were made of titles.
    private var handlesMade: [String: Int] = [:]

    /// Rows that are held in memory until the last row of their product comes: some hundred megabytes.
    private static let heldMax = 100_000
    /// Beyond this a product is too large whatever its rows say.
    private static let linesMax = 2 * (CatalogLimits.variantsMax + CatalogLimits.picturesMax)

    init(_ file: CatalogFile) {
        self.file = file
        rows = file.rows
    }

    var reader: CSVReader { file.reader }

    /// The next product; nil at the end of the file.
    /// - Throws: `CSVError` and `CSVFileError` when the file cannot be read on. What is open then is not whole.
    mutating func next() throws -> CatalogRows? {
        if survey == nil {
            let survey = try CatalogSurvey(file)
            rows.prices.isCommaDecimal = survey.isCommaDecimal
            runsLeft = survey.runs
            self.survey = survey
        }
        while true {
            if let rows = takeReady() { return rows }
            if isAtEnd { return nil }
            do {
                guard let row = try reader.next() else {
                    isAtEnd = true
                    closeAll()
                    continue
                }
                if reader.columns.indices.allSatisfy(row.isEmpty) { continue }
                take(rows.line(row), key: rows.key { row.text($0).written })
            } catch let error as CSVError {
                guard let fault = CatalogFault(error.reason) else { throw error }
                let key = rows.key { reader.refusedField($0)?.written ?? "" }
                take(CatalogLine(error.line, CatalogFinding(fault)), key: key)
            }
        }
    }

    /// The products whose rows were being read when the file could not be read on: they may lack some.
    mutating func torn() -> CatalogRows? {
        if !isAtEnd {
            isAtEnd = true
            closeAll(CatalogFinding(.tornFile))
        }
        return takeReady()
    }

    private mutating func takeReady() -> CatalogRows? {
        guard readyStart < ready.count else {
            ready.removeAll(keepingCapacity: true)
            readyStart = 0
            return nil
        }
        defer { readyStart += 1 }
        return ready[readyStart]
    }

    private mutating func take(_ line: CatalogLine, key: String) {
        guard !key.isEmpty else {
            // It belongs to nobody, and parts nobody's rows.
            let fault = line.fault ?? CatalogFinding(.missingHandle)
            ready.append(CatalogRows(handle: "", [CatalogLine(line.line, fault)]))
            return
        }
        if key != current {
            endRun()
            current = key
        }
        open[key, default: []].append(line)
        heldCount += 1
        if open[key]?.count == Self.linesMax { refuse(key, CatalogFinding(.tooManyVariants)) }
    }

    private mutating func refuse(_ key: String, _ fault: CatalogFinding) {
        refused[key] = fault
        close(key)
    }

    /// The rows of a product are over, for now at least.
    private mutating func endRun() {
        guard let key = current else { return }
        current = nil
        guard let left = runsLeft[key.hashValue], left > 1, refused[key] == nil else { return close(key) }
        runsLeft[key.hashValue] = left - 1
        if heldCount > Self.heldMax { refuse(key, CatalogFinding(.tooScattered)) }
    }

    private mutating func closeAll(_ fault: CatalogFinding? = nil) {
        current = nil
        let keys = open.keys.sorted { (open[$0]?.first?.line ?? 0) < (open[$1]?.first?.line ?? 0) }
        for key in keys { close(key, fault) }
    }

    private mutating func close(_ key: String, _ fault: CatalogFinding? = nil) {
        guard var lines = open.removeValue(forKey: key) else { return }
        heldCount -= lines.count
        let fault = refused[key] ?? fault
        rows.finish(&lines)
        let products = CatalogRows.products(of: lines, handle: handle(of: lines, key))
        ready += products.map { rows in
            var rows = rows
            if let fault { rows.skip(fault) }
            return rows
        }
    }

    /// The key, or the handle that its title makes: the second product of a title gets a number.
    private mutating func handle(of lines: [CatalogLine], _ key: String) -> String {
        guard let made = lines.first(where: { !$0.handle.isEmpty })?.handle else { return key }
        let count = handlesMade[made, default: 0] + 1
        handlesMade[made] = count
        return count == 1 ? made : "\(made)-\(count)"
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
