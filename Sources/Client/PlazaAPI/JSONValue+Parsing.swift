extension JSONValue {
    /// Arrays and objects within one another. Deeper is refused: a parser that follows any depth can be made to run out
    /// of stack.
    public static let depthMax = 64

    /// Why a text is no JSON.
    public struct SyntaxError: Error, Equatable {
        /// Bytes before what is wrong.
        public let offset: Int
    }

    /// Reads one value of RFC 8259. A member that is named twice has its last value.
    /// - Throws: ``SyntaxError``, also for what follows the value.
    /// - Complexity: O(n).
    public init(parsing bytes: some Collection<UInt8>) throws(SyntaxError) {
        var parser = Parser(bytes: Array(bytes))
        self = try parser.document()
    }

    public init(parsing text: String) throws(SyntaxError) {
        try self.init(parsing: text.utf8)
    }
}

private struct Parser {
    let bytes: [UInt8]
    var index = 0
    var depth = 0

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private var failure: JSONValue.SyntaxError { JSONValue.SyntaxError(offset: index) }

    mutating func document() throws(JSONValue.SyntaxError) -> JSONValue {
        let value = try value()
        skipSpace()
        guard next == nil else { throw failure }
        return value
    }

    private mutating func value() throws(JSONValue.SyntaxError) -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func require(_ character: Unicode.Scalar) throws(JSONValue.SyntaxError) {
        guard take(character) else { throw failure }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONValue.SyntaxError) -> JSONValue {
        for offset in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[offset] else { throw failure }
            index += 1
        }
        return value
    }

    // MARK: Arrays and objects

    private mutating func object() throws(JSONValue.SyntaxError) -> JSONValue {
        var members: [String: JSONValue] = [:]
        try items("{", "}") { (parser) throws(JSONValue.SyntaxError) in
            parser.skipSpace()
            let name = try parser.string()
            parser.skipSpace()
            try parser.require(":")
            members[name] = try parser.value()
        }
        return .object(members)
    }

    private mutating func array() throws(JSONValue.SyntaxError) -> JSONValue {
        var items: [JSONValue] = []
        try self.items("[", "]") { (parser) throws(JSONValue.SyntaxError) in items.append(try parser.value()) }
        return .array(items)
    }

    private mutating func items(
        _ start: Unicode.Scalar, _ end: Unicode.Scalar,
        _ item: (inout Parser) throws(JSONValue.SyntaxError) -> Void
    ) throws(JSONValue.SyntaxError) {
        try require(start)
        depth += 1
        guard depth <= JSONValue.depthMax else { throw failure }
        defer { depth -= 1 }
        skipSpace()
        if take(end) { return }
        repeat {
            try item(&self)
            skipSpace()
        } while take(",")
        try require(end)
    }

    // MARK: Numbers

    private mutating func number() throws(JSONValue.SyntaxError) -> JSONValue {
        let start = index
        _ = take("-")
        let digits = index
        skipDigits()
        // A number begins with a zero only when that is all before the point.
        guard index > digits, index == digits + 1 || bytes[digits] != UInt8(ascii: "0") else { throw failure }
        let isInteger = next != UInt8(ascii: ".") && next != UInt8(ascii: "e") && next != UInt8(ascii: "E")
        if take(".") { try requireDigits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try requireDigits()
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw failure }
        return .number(value)
    }

    private mutating func requireDigits() throws(JSONValue.SyntaxError) {
        let start = index
        skipDigits()
        guard index > start else { throw failure }
    }

    private mutating func skipDigits() {
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    }

    // MARK: Texts

    private mutating func string() throws(JSONValue.SyntaxError) -> String {
        try require("\"")
        var text = ""
        var start = index
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                text += try plain(start..<index)
                index += 1
                return text
            case UInt8(ascii: "\\"):
                text += try plain(start..<index)
                index += 1
                text.unicodeScalars.append(try escaped())
                start = index
            case ..<0x20: throw failure
            default: index += 1
            }
        }
        throw failure
    }

    private func plain(_ range: Range<Int>) throws(JSONValue.SyntaxError) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else { throw failure }
        return text
    }

    private mutating func escaped() throws(JSONValue.SyntaxError) -> Unicode.Scalar {
        guard let byte = next else { throw failure }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw failure
        }
    }

    /// Half of a pair alone is no character, and no text holds it.
    private mutating func escapedScalar() throws(JSONValue.SyntaxError) -> Unicode.Scalar {
        let first = try fourDigits()
        guard (0xD800..<0xDC00).contains(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw failure }
            return scalar
        }
        try require("\\")
        try require("u")
        let second = try fourDigits()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure }
        return scalar
    }

    private mutating func fourDigits() throws(JSONValue.SyntaxError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw failure }
        var value: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        return value
    }
}
