/// How the text of a file is encoded. It is read as UTF-8 whatever it was.
package enum CSVEncoding: String, Sendable, CaseIterable {
    case utf8 = "UTF-8"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    /// What Excel writes on Windows in the west.
    case windows1252 = "Windows-1252"
    /// What Excel writes on a Mac.
    case macRoman = "MacRoman"

    /// The character of each byte from 0x80; nil where bytes are not characters by themselves. Bytes that mean nothing
    /// are U+FFFD.
    var upperHalf: [Unicode.Scalar]? {
        switch self {
        case .utf8, .utf16LittleEndian, .utf16BigEndian: nil
        case .windows1252: Self.windows1252Characters
        case .macRoman: Self.macRomanCharacters
        }
    }

    /// https://encoding.spec.whatwg.org/#windows-1252, with U+FFFD where that passes control characters on.
    private static let windows1252Characters =
        Array("€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ".unicodeScalars)
        + (0xA0...0xFF).map { Unicode.Scalar(UInt8($0)) }

    /// https://encoding.spec.whatwg.org/#macintosh
    private static let macRomanCharacters = Array(
        ("ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø"
            + "¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ").unicodeScalars)
}

/// Turns bytes of a file into UTF-8, piece by piece.
struct CSVDecoder {
    let encoding: CSVEncoding
    private let upperHalf: [[UInt8]]
    /// A byte of UTF-16 whose other half is in the next piece.
    private var half: UInt8?
    private var lead: UInt16?

    init(_ encoding: CSVEncoding) {
        self.encoding = encoding
        upperHalf = encoding.upperHalf?.map { Array(String($0).utf8) } ?? []
    }

    mutating func decode(_ bytes: ArraySlice<UInt8>, into text: inout [UInt8]) {
        if !upperHalf.isEmpty {
            for byte in bytes {
                if byte < 0x80 { text.append(byte) } else { text += upperHalf[Int(byte) - 0x80] }
            }
            return
        }
        guard encoding != .utf8 else { return text.append(contentsOf: bytes) }
        for byte in bytes {
            guard let first = half else {
                half = byte
                continue
            }
            half = nil
            let (high, low) = encoding == .utf16BigEndian ? (first, byte) : (byte, first)
            decode(unit: UInt16(high) << 8 | UInt16(low), into: &text)
        }
    }

    /// At the end of the file: what is left is half a character.
    mutating func finish(into text: inout [UInt8]) {
        if half != nil || lead != nil { text += Self.replacement }
        (half, lead) = (nil, nil)
    }

    private static let replacement = Array("\u{FFFD}".utf8)

    private mutating func decode(unit: UInt16, into text: inout [UInt8]) {
        if let first = lead {
            lead = nil
            if UTF16.isTrailSurrogate(unit) {
                let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
                text += Unicode.Scalar(value).map { Array(String($0).utf8) } ?? Self.replacement
                return
            }
            text += Self.replacement
        }
        if UTF16.isLeadSurrogate(unit) {
            lead = unit
        } else if unit < 0x80 {
            text.append(UInt8(unit))
        } else {
            text += Unicode.Scalar(unit).map { Array(String($0).utf8) } ?? Self.replacement
        }
    }
}
