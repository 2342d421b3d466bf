/// Finds the fields of one row in a window of bytes.
///
/// A row that does not end within the window is scanned again from its start once there is more: the window at least
/// doubles, so no byte is looked at more than twice on average.
struct CSVScanner: ~Copyable {
    struct Field {
        /// From the row's start, without the quotes.
        var start: Int
        var end: Int
        /// Quotes that stand twice and mean one.
        var doubledQuotes: Int
    }

    enum Outcome {
        /// The row is whole; with its line end it takes this many bytes.
        case row(byteCount: Int)
        case needsMore
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let separator: UInt8
    private let fieldBytesMax: Int
    /// Fields that are kept; what a row has beyond is counted only.
    private let fieldsMax: Int
    private let fields: UnsafeMutablePointer<Field>
    private(set) var fieldCount = 0
    /// Line ends within the row's quotes.
    private(set) var innerLines = 0
    /// All bytes of the row's fields, or'ed: below 0x80 they are ASCII.
    private var union: UInt8 = 0

    private var window = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var isLast = false
    private var line = 0

    init(fieldBytesMax: Int, fieldsMax: Int, separator: UInt8) {
        self.separator = separator
        self.fieldBytesMax = fieldBytesMax
        self.fieldsMax = fieldsMax
        fields = .allocate(capacity: fieldsMax)
    }

    deinit {
        fields.deallocate()
    }

    var isASCII: Bool { union < 0x80 }

    /// A line without a single character.
    var isBlank: Bool { fieldCount == 1 && fields[0].start == 0 && fields[0].end == 0 }

    subscript(index: Int) -> Field {
        get { fields[index] }
        set { fields[index] = newValue }
    }

    /// - Parameters:
    ///   - window: bytes from the row's start, at least one.
    ///   - isLast: whether the file ends with the window.
    ///   - line: the line on which the row starts.
    mutating func scan(
        _ window: UnsafeBufferPointer<UInt8>, isLast: Bool, line: Int
    ) throws(CSVError) -> Outcome {
        self.window = window
        self.isLast = isLast
        self.line = line
        (fieldCount, innerLines, union) = (0, 0, 0)
        var position = 0
        while true {
            let isQuoted = position < window.count && window[position] == Self.quote
            guard let end = isQuoted ? try quoted(at: position) : try unquoted(at: position) else { return .needsMore }
            guard end < window.count else { return .row(byteCount: end) }
            position = end + 1
            if window[end] == Self.lineFeed { return .row(byteCount: position) }
        }
    }

    /// - Returns: where the separator or line end is, or the window's end when the file ends there; nil when the field
    ///   goes on beyond the window.
    @inline(__always)
    private mutating func unquoted(at start: Int) throws(CSVError) -> Int? {
        let count = window.count
        var position = start
        var union = union
        let separator = separator
        while position < count {
            let byte = window[position]
            if byte == separator || byte == Self.lineFeed { break }
            union |= byte
            position += 1
        }
        self.union = union
        var end = position
        // A carriage return belongs to the line end that it precedes.
        if position == count || window[position] == Self.lineFeed, end > start, window[end - 1] == Self.carriageReturn {
            end -= 1
        }
        try checkLength(end - start)
        guard position < count || isLast else { return nil }
        keep(Field(start: start, end: end, doubledQuotes: 0))
        return position
    }

    /// As ``unquoted(at:)``, for a field whose quote is at `start`.
    private mutating func quoted(at start: Int) throws(CSVError) -> Int? {
        let lineOfQuote = line + innerLines
        var doubled = 0
        var position = start + 1
        while true {
            skipToQuote(&position)
            try checkLength(position - start - 1 - doubled)
            guard position < window.count else {
                if isLast { throw CSVError(.unterminatedQuote, line: lineOfQuote) }
                return nil
            }
            guard position + 1 < window.count, window[position + 1] == Self.quote else { break }
            doubled += 1
            position += 2
        }
        let field = Field(start: start + 1, end: position, doubledQuotes: doubled)
        guard let end = try separator(after: position + 1) else { return nil }
        keep(field)
        return end
    }

    private mutating func skipToQuote(_ position: inout Int) {
        var lines = 0
        while position < window.count {
            let byte = window[position]
            if byte == Self.quote { break }
            if byte == Self.lineFeed { lines += 1 }
            union |= byte
            position += 1
        }
        innerLines += lines
    }

    /// Where the separator or line end is that must follow a closing quote.
    private func separator(after quoteEnd: Int) throws(CSVError) -> Int? {
        var position = quoteEnd
        if position < window.count, window[position] == Self.carriageReturn { position += 1 }
        guard position < window.count else { return isLast ? position : nil }
        let isSeparated = window[position] == Self.lineFeed || (position == quoteEnd && window[position] == separator)
        guard isSeparated else { throw CSVError(.textAfterQuote, line: line + innerLines) }
        return position
    }

    private func checkLength(_ length: Int) throws(CSVError) {
        if length > fieldBytesMax { throw CSVError(.fieldTooLong, line: line) }
    }

    private mutating func keep(_ field: Field) {
        if fieldCount < fieldsMax { fields[fieldCount] = field }
        fieldCount += 1
    }
}
