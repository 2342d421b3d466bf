/// Why a text is not JSON that Plaza takes, and where.
package struct JSONError: Error, Equatable {
    package enum Reason: String, Sendable {
        case unexpectedCharacter = "unexpected character"
        case unexpectedEnd = "unexpected end"
        case tooDeep = "nested too deeply"
        case repeatedName = "repeated member name"
        case invalidNumber = "invalid number"
        case invalidString = "invalid string"
        case invalidUTF8 = "invalid UTF-8"
    }
    package let reason: Reason
    /// Byte offset from the start of the text.
    package let offset: Int
}

/// A strict RFC 8259 parser: UTF-8 only, no duplicate names, bounded depth, no lone surrogates.
///
/// Foundation's decoder takes duplicate names and 512 levels, and its errors lose the place; the batch endpoints parse
/// a hundred small objects per request, where it costs several times this.
package struct JSONParser {
    /// No request of ours is deeper than 5.
    package static let depthMax = 32

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    package static func parse(_ bytes: some Collection<UInt8>) throws -> JSON {
        let parsed = try bytes.withContiguousStorageIfAvailable { buffer in
            var parser = JSONParser(bytes: buffer)
            return try parser.document()
        }
        return try parsed ?? parse(Array(bytes))
    }

    package static func parse(_ text: String) throws -> JSON {
        try parse(Array(text.utf8))
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private mutating func document() throws -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw error(.unexpectedCharacter) }
        return value
    }

    private mutating func value(depth: Int) throws -> JSON {
        skipSpace()
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error(.unexpectedCharacter)
        }
    }

    private mutating func object(depth: Int) throws -> JSON {
        guard depth <= Self.depthMax else { throw error(.tooDeep) }
        position += 1
        var members: [JSON.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        var names: Set<String> = []
        while true {
            skipSpace()
            guard position < bytes.count else { throw error(.unexpectedEnd) }
            guard bytes[position] == UInt8(ascii: "\"") else { throw error(.unexpectedCharacter) }
            let nameStart = position
            let name = try string()
            // A linear look is quickest for the few members of an honest object, and quadratic for a hostile one.
            if members.count == 8 { names = Set(members.map(\.name)) }
            let isRepeated = members.count < 8 ? members.contains { $0.name == name } : !names.insert(name).inserted
            if isRepeated { throw JSONError(reason: .repeatedName, offset: nameStart) }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            members.append(JSON.Member(name: name, value: try value(depth: depth)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func array(depth: Int) throws -> JSON {
        guard depth <= Self.depthMax else { throw error(.tooDeep) }
        position += 1
        var items: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(items) }
        while true {
            items.append(try value(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(items) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func string() throws -> String {
        let start = position
        position += 1
        let contentStart = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let content = UnsafeBufferPointer(rebasing: bytes[contentStart..<position])
                position += 1
                return try validated(content, at: contentStart)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: contentStart) }
            guard byte >= 0x20 else { throw error(.invalidString) }
            position += 1
        }
        throw JSONError(reason: .unexpectedEnd, offset: start)
    }

    private mutating func escapedString(from contentStart: Int) throws -> String {
        var content = Array(bytes[contentStart..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return try content.withUnsafeBufferPointer { try validated($0, at: contentStart) }
            case UInt8(ascii: "\\"):
                try escape(into: &content)
            case 0..<0x20:
                throw error(.invalidString)
            default:
                content.append(byte)
            }
        }
        throw error(.unexpectedEnd)
    }

    private mutating func escape(into content: inout [UInt8]) throws {
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content.append(contentsOf: String(Character(try unicodeEscape())).utf8)
        default: throw error(.invalidString)
        }
    }

    private mutating func unicodeEscape() throws -> Unicode.Scalar {
        let first = try hexQuad()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A high surrogate must be followed by a low one.
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw error(.invalidString) }
        let second = try hexQuad()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error(.invalidString) }
        return scalar
    }

    private mutating func hexQuad() throws -> UInt32 {
        guard position + 4 <= bytes.count else { throw error(.unexpectedEnd) }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, bytes[position] < 0x80 else {
                throw error(.invalidString)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private func validated(_ content: UnsafeBufferPointer<UInt8>, at offset: Int) throws -> String {
        guard let string = String(validating: content, as: UTF8.self) else {
            throw JSONError(reason: .invalidUTF8, offset: offset)
        }
        return string
    }

    private mutating func number() throws -> JSON {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let digitsStart = position
        skipDigits()
        let hasLeadingZero = position - digitsStart > 1 && bytes[digitsStart] == UInt8(ascii: "0")
        guard position > digitsStart, !hasLeadingZero else { throw JSONError(reason: .invalidNumber, offset: start) }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits(from: start)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits(from: start)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw JSONError(reason: .invalidNumber, offset: start) }
        return .number(value)
    }

    private mutating func digits(from start: Int) throws {
        let before = position
        skipDigits()
        guard position > before else { throw JSONError(reason: .invalidNumber, offset: start) }
    }

    private mutating func skipDigits() {
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSON) throws -> JSON {
        for index in 0..<text.utf8CodeUnitCount {
            try expect(text.utf8Start[index])
        }
        return value
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws {
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        guard take(byte) else { throw error(.unexpectedCharacter) }
    }

    private func error(_ reason: JSONError.Reason) -> JSONError {
        JSONError(reason: reason, offset: position)
    }
}
