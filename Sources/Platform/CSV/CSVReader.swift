/// Reads CSV as RFC 4180 has it, or in another ``CSVDialect``, from a file of any size in flat memory.
///
/// The first row is the header. Lines end with CRLF or LF, a byte order mark is dropped, lines without a character are
/// passed over (unless there is a single column, where they are an empty field), and a quote within an unquoted field
/// is a character like any other. For one thread at a time.
package final class CSVReader {
    /// What a file may ask of memory.
    package struct Limits: Sendable {
        /// A product's description is a few kilobytes; this leaves room for embedded HTML.
        package var fieldBytesMax = 1 << 20
        /// The window holds one row at least; it grows to twice this.
        package var rowBytesMax = 4 << 20
        /// The widest exports of other shops have some 300.
        package var columnsMax = 1024

        package init() {}
    }

    /// The names in the header, in the file's order.
    package private(set) var columns: [String] = []
    /// The line of the header; the first line of the file is 1.
    package private(set) var headerLine = 1
    /// The size of the file, when it was opened.
    package var totalBytes: Int { source.totalBytes }
    /// Bytes of the file up to the end of the last row: the progress towards ``totalBytes``.
    package var bytesRead: Int { dialect.encoding == .utf8 ? textRead : source.bytesTaken }
    private var textRead = 0

    private let limits: Limits
    package let dialect: CSVDialect
    private let chunkBytes: Int
    private var source: CSVSource
    private var scanner: CSVScanner
    private var window: UnsafeMutableBufferPointer<UInt8>
    /// The part of the window that holds bytes not yet read as rows.
    private var pendingStart = 0
    private var pendingEnd = 0
    private var isAtEnd = false
    /// The line on which the next row starts.
    private var nextLine = 1
    /// Where the current row is in the window.
    private var rowStart = 0
    /// Thrown again by every later call: beyond it nobody knows where a row starts.
    private var failure: (any Error)?

    /// - Throws: ``CSVFileError``, and ``CSVError`` when the header is not one.
    package convenience init(
        path: String, dialect: CSVDialect = CSVDialect(), limits: Limits = Limits(), chunkBytes: Int = 1 << 18
    ) throws {
        try self.init(source: CSVSource(path: path), dialect: dialect, limits: limits, chunkBytes: chunkBytes)
    }

    /// - Throws: ``CSVError`` when the header is not one.
    package convenience init(
        bytes: [UInt8], dialect: CSVDialect = CSVDialect(), limits: Limits = Limits(), chunkBytes: Int = 1 << 18
    ) throws {
        try self.init(source: CSVSource(bytes: bytes), dialect: dialect, limits: limits, chunkBytes: chunkBytes)
    }

    private init(source: consuming CSVSource, dialect: CSVDialect, limits: Limits, chunkBytes: Int) throws {
        precondition(chunkBytes > 0, "a chunk has a byte at least")
        self.source = source
        self.source.decode(from: dialect.encoding)
        self.dialect = dialect
        self.limits = limits
        self.chunkBytes = chunkBytes
        scanner = CSVScanner(
            fieldBytesMax: limits.fieldBytesMax, fieldsMax: limits.columnsMax, separator: dialect.separator)
        window = .allocate(capacity: 2 * chunkBytes)
        try dropByteOrderMark()
        for _ in 0..<dialect.linesAbove { try dropLine() }
        try readHeader()
    }

    deinit {
        window.deallocate()
    }

    /// The next row, readable until the next call; nil at the end of the file.
    ///
    /// After `wrongColumnCount` and `invalidUTF8` the next call goes on with the row that follows. Any other error is
    /// final.
    /// - Throws: ``CSVError`` and ``CSVFileError``.
    package func next() throws -> CSVRow? {
        while let row = try scanRow() {
            if scanner.isBlank && columns.count > 1 { continue }
            guard scanner.fieldCount == columns.count else { throw CSVError(.wrongColumnCount, line: row.line) }
            return row
        }
        return nil
    }

    /// The position of a column.
    /// - Throws: ``CSVError`` with `missingColumn`.
    package func index(of column: String) throws(CSVError) -> Int {
        guard let index = columns.firstIndex(of: column) else {
            throw CSVError(.missingColumn, line: 1, column: column)
        }
        return index
    }

    /// A field of the row that `next()` has just refused with `wrongColumnCount` or `invalidUTF8`, as well as it can be
    /// read: for saying whose row it was. Nil when the row ends before it.
    package func refusedField(_ index: Int) -> String? {
        index < min(scanner.fieldCount, columns.count) ? String(decoding: field(index), as: UTF8.self) : nil
    }

    /// The bytes of a field of the current row.
    func field(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        precondition(index < columns.count, "a column of the header")
        let field = scanner[index]
        return UnsafeBufferPointer(rebasing: UnsafeBufferPointer(window)[rowStart + field.start..<rowStart + field.end])
    }
}

extension CSVReader {
    private func readHeader() throws {
        var row = try scanRow()
        while row != nil, scanner.isBlank { row = try scanRow() }
        guard let row else { throw CSVError(.emptyFile, line: 1) }
        headerLine = row.line
        guard scanner.fieldCount <= limits.columnsMax else { throw CSVError(.tooManyColumns, line: row.line) }
        var seen: Set<String> = []
        for index in 0..<scanner.fieldCount {
            let field = scanner[index]
            let name = String(decoding: window[rowStart + field.start..<rowStart + field.end], as: UTF8.self)
            // Spreadsheets leave columns without a name behind; nobody can ask for those.
            guard name.isEmpty || seen.insert(name).inserted || !dialect.refusesRepeatedColumns else {
                throw CSVError(.repeatedColumn, line: row.line, column: name)
            }
            columns.append(name)
        }
    }

    /// Takes the next row of any number of columns.
    private func scanRow() throws -> CSVRow? {
        if let failure { throw failure }
        do {
            while true {
                if pendingStart == pendingEnd, try !fill() { return nil }
                let bytes = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(window)[pendingStart..<pendingEnd])
                if case .row(let count) = try scanner.scan(bytes, isLast: isAtEnd, line: nextLine) {
                    return try take(count)
                }
                guard bytes.count <= limits.rowBytesMax else { throw CSVError(.rowTooLong, line: nextLine) }
                // An answer of no bytes sets `isAtEnd`, and then the scan says how the row ends.
                _ = try fill()
            }
        } catch let error as CSVError where error.reason == .invalidUTF8 {
            throw error
        } catch {
            failure = error
            throw error
        }
    }

    private func take(_ byteCount: Int) throws(CSVError) -> CSVRow {
        let line = nextLine
        rowStart = pendingStart
        pendingStart += byteCount
        textRead += byteCount
        nextLine += 1 + scanner.innerLines
        if !scanner.isASCII { try validate(window[rowStart..<pendingStart], line: line) }
        for index in 0..<min(scanner.fieldCount, limits.columnsMax) where scanner[index].doubledQuotes > 0 {
            unescape(index)
        }
        return CSVRow(reader: self, line: line)
    }

    /// Separators are ASCII, so a row is valid exactly if each of its fields is.
    private func validate(_ row: Slice<UnsafeMutableBufferPointer<UInt8>>, line: Int) throws(CSVError) {
        let bytes = UnsafeBufferPointer(UnsafeMutableBufferPointer(rebasing: row))
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw CSVError(.invalidUTF8, line: line)
        }
    }

    /// Doubled quotes become one, in place: the row is whole and will not be scanned again.
    private func unescape(_ index: Int) {
        let field = scanner[index]
        var target = rowStart + field.start
        var isSecond = false
        for position in rowStart + field.start..<rowStart + field.end {
            let byte = window[position]
            isSecond = byte == UInt8(ascii: "\"") && !isSecond
            if isSecond { continue }
            window[target] = byte
            target += 1
        }
        scanner[index].end = target - rowStart
    }

    private func dropByteOrderMark() throws {
        while pendingEnd < 3, try fill() {}
        if pendingEnd >= 3, window[0] == 0xEF, window[1] == 0xBB, window[2] == 0xBF {
            pendingStart = 3
            textRead = 3
        }
    }

    /// Passes over a line, whatever is in it.
    private func dropLine() throws {
        while true {
            let pending = window[pendingStart..<pendingEnd]
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                textRead += end + 1 - pendingStart
                pendingStart = end + 1
                nextLine += 1
                return
            }
            guard pending.count <= limits.rowBytesMax else { throw CSVError(.rowTooLong, line: nextLine) }
            guard try fill() else { throw CSVError(.emptyFile, line: nextLine) }
        }
    }

    /// Reads a chunk behind what is pending.
    /// - Returns: false at the end of the file.
    private func fill() throws(CSVFileError) -> Bool {
        if isAtEnd { return false }
        let pending = pendingEnd - pendingStart
        // As much again as is pending, so that a long row is scanned a logarithmic number of times.
        let wanted = max(chunkBytes, pending)
        if pendingStart + pending + wanted > window.count { makeRoom(for: wanted) }
        guard let end = window.baseAddress.map({ $0 + pendingEnd }) else { return false }
        let count = try source.readText(into: end, atMost: wanted)
        pendingEnd += count
        isAtEnd = count == 0
        return count > 0
    }

    /// Moves what is pending to the window's start, or to a larger window.
    private func makeRoom(for wanted: Int) {
        let pending = UnsafeMutableBufferPointer(rebasing: window[pendingStart..<pendingEnd])
        if pending.count + wanted <= window.count {
            _ = window.update(fromContentsOf: pending)
        } else {
            let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * (pending.count + wanted))
            _ = larger.update(fromContentsOf: pending)
            window.deallocate()
            window = larger
        }
        pendingEnd = pending.count
        pendingStart = 0
    }
}
