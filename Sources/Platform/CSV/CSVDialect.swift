/// How a file writes CSV: its encoding and its separator.
package struct CSVDialect: Sendable, Equatable {
    package var encoding = CSVEncoding.utf8
    /// Between fields: a comma, a semicolon or a tab.
    package var separator = UInt8(ascii: ",")
    /// Whether a header that has a name twice is refused. Without it the first of the name is found.
    package var refusesRepeatedColumns = true

    /// Lines that stand above the header and are passed over.
    package var linesAbove = 0

    package init() {}

    /// What a file most likely is. Reads it once.
    /// - Throws: ``CSVFileError``.
    package static func guessed(path: String) throws(CSVFileError) -> CSVDialect {
        var source = try CSVSource(path: path)
        return try guessed(from: &source)
    }

    package static func guessed(bytes: [UInt8]) throws(CSVFileError) -> CSVDialect {
        var source = CSVSource(bytes: bytes)
        return try guessed(from: &source)
    }

    private static func guessed(from source: inout CSVSource) throws(CSVFileError) -> CSVDialect {
        var survey = EncodingSurvey()
        var start: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = try source.read(into: &chunk)
            guard count > 0 else { break }
            if start.isEmpty { start = Array(chunk[..<min(count, Self.headerBytesMax)]) }
            survey.add(chunk[..<count])
        }
        survey.finish()
        var dialect = CSVDialect()
        dialect.encoding = survey.encoding(start: start)
        var text: [UInt8] = []
        var decoder = CSVDecoder(dialect.encoding)
        decoder.decode(start[...], into: &text)
        dialect.separator = separator(of: text)
        return dialect
    }

    /// The header is looked for here: a thousand names.
    private static let headerBytesMax = 1 << 16

    /// The one that the first line has most of, outside quotes.
    private static func separator(of text: [UInt8]) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in text {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == UInt8(ascii: "\n"), !counts.isEmpty { break }
            if [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].contains(byte) {
                counts[byte, default: 0] += 1
            }
        }
        let comma = UInt8(ascii: ",")
        let other = counts.filter { $0.key != comma }.max { ($0.value, $0.key) < ($1.value, $1.key) }
        guard let other, other.value > counts[comma] ?? 0 else { return comma }
        return other.key
    }
}

/// Counts what tells encodings apart.
private struct EncodingSurvey {
    private var previous: UInt8 = 0
    private var beforePrevious: UInt8 = 0
    /// Bytes that the character begun by an earlier one still needs.
    private var missing = 0
    private var wholeCount = 0
    private var brokenCount = 0
    /// How plausible the text is in each encoding of single bytes.
    private var windowsScore = 0
    private var macScore = 0
    private var zerosAtEven = 0
    private var zerosAtOdd = 0
    private var position = 0

    private static let windows = CSVEncoding.windows1252.upperHalf ?? []
    private static let mac = CSVEncoding.macRoman.upperHalf ?? []

    mutating func add(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            if byte == 0 { if position & 1 == 0 { zerosAtEven += 1 } else { zerosAtOdd += 1 } }
            position += 1
            if byte >= 0x80 || missing > 0 { look(at: byte) }
            judge(before: byte)
            (beforePrevious, previous) = (previous, byte)
        }
    }

    private mutating func look(at byte: UInt8) {
        if missing > 0, byte & 0xC0 == 0x80 {
            missing -= 1
            if missing == 0 { wholeCount += 1 }
        } else {
            if missing > 0 { brokenCount += 1 }
            switch byte {
            case 0xC2...0xDF: missing = 1
            case 0xE0...0xEF: missing = 2
            case 0xF0...0xF4: missing = 3
            case ..<0x80: missing = 0
            default:
                missing = 0
                brokenCount += 1
            }
        }
    }

    /// Judges the last byte but one, once its neighbours are known.
    private mutating func judge(before next: UInt8) {
        guard previous >= 0x80 else { return }
        windowsScore += Self.plausibility(of: Self.windows[Int(previous) - 0x80], between: beforePrevious, next)
        macScore += Self.plausibility(of: Self.mac[Int(previous) - 0x80], between: beforePrevious, next)
    }

    private static let small = UInt8(ascii: "a")...UInt8(ascii: "z")
    private static let capital = UInt8(ascii: "A")...UInt8(ascii: "Z")

    private static func plausibility(of scalar: Unicode.Scalar, between previous: UInt8, _ next: UInt8) -> Int {
        let isAfterLetter = small.contains(previous) || capital.contains(previous)
        let isBeforeLetter = small.contains(next) || capital.contains(next)
        if "ªº∂∑∏π∫Ωµƒ".unicodeScalars.contains(scalar) { return -1 }
        if scalar.properties.isLowercase { return capital.contains(next) ? -3 : isAfterLetter ? 3 : 1 }
        if scalar.properties.isUppercase { return small.contains(previous) ? -3 : 1 }
        if "“‘„‚".unicodeScalars.contains(scalar) { return !isAfterLetter && isBeforeLetter ? 3 : 1 }
        if "”’".unicodeScalars.contains(scalar) { return 3 }
        if "–—…•".unicodeScalars.contains(scalar) { return isAfterLetter && isBeforeLetter ? 0 : 3 }
        if "€£¥©®™°«»·´½¼¾×²³¿¡\u{A0}".unicodeScalars.contains(scalar) { return small.contains(previous) ? 0 : 1 }
        return -3
    }

    mutating func finish() {
        judge(before: UInt8(ascii: "\n"))
    }

    /// - Parameter start: the first bytes of the file.
    func encoding(start: [UInt8]) -> CSVEncoding {
        if start.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
        if start.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
        // A header is mostly ASCII, of which each second byte is zero.
        if zerosAtOdd > position / 8, zerosAtEven == 0 { return .utf16LittleEndian }
        if zerosAtEven > position / 8, zerosAtOdd == 0 { return .utf16BigEndian }
        // A file of UTF-8 with a faulty row stays one: its other rows would be garbled.
        let broken = brokenCount + (missing > 0 ? 1 : 0)
        if broken == 0 || wholeCount > broken || start.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8 }
        if windowsScore == macScore { return .utf8 }
        return windowsScore > macScore ? .windows1252 : .macRoman
    }
}
