import Crypto

/// Where a page ended, sealed so that it can be handed to a client.
///
/// A cursor is bound to a filter (which list, of whom, in which order). It is opaque, tamper-evident and refused with
/// another filter than the one it was made for.
package struct CursorSealer: Sendable {
    /// Bytes of the truncated HMAC-SHA256. A forged cursor only moves within a list that its reader may see anyway.
    private static let tagLength = 8

    private let key: [UInt8]

    /// - Parameter key: 32 secret bytes, the same on every instance.
    package init(key: [UInt8]) {
        self.key = key
    }

    /// - Parameters:
    ///   - fields: the sort key of the last row, most significant first.
    ///   - filter: names the list: `home:acc_…`, `explore`. Not contained in the cursor, only bound to it.
    package func seal(_ fields: [Int64], filter: String) -> String {
        var payload: [UInt8] = []
        for field in fields {
            withUnsafeBytes(of: field.bigEndian) { payload.append(contentsOf: $0) }
        }
        return Base64URL.encode(payload + tag(payload, filter: filter))
    }

    /// - Throws: ``CursorError/invalid`` for anything that ``seal(_:filter:)`` did not make for this filter.
    package func open(_ cursor: String, fields count: Int, filter: String) throws(CursorError) -> [Int64] {
        guard let bytes = Base64URL.decode(cursor), bytes.count == count * 8 + Self.tagLength else {
            throw .invalid
        }
        let payload = Array(bytes.prefix(count * 8))
        guard tag(payload, filter: filter).elementsEqual(bytes.suffix(Self.tagLength)) else { throw .invalid }
        return (0..<count).map { index in
            payload[(index * 8)..<(index * 8 + 8)].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        }
    }

    private func tag(_ payload: [UInt8], filter: String) -> ArraySlice<UInt8> {
        var code = HMAC<SHA256>(key: SymmetricKey(data: key))
        code.update(data: payload)
        code.update(data: Array(filter.utf8))
        return Array(code.finalize())[..<Self.tagLength]
    }
}

package enum CursorError: Error {
    /// Torn, tampered with, or made for another list.
    case invalid
}

/// RFC 4648 §5, without padding.
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count * 4 + 2) / 3)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                output.append(alphabet[Int(buffer >> bits & 63)])
            }
        }
        if bits > 0 { output.append(alphabet[Int(buffer << (6 - bits) & 63)]) }
        return String(decoding: output, as: UTF8.self)
    }

    /// Nil for characters outside the alphabet and for trailing bits that are not zero.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in text.utf8 {
            guard let value = value(of: byte) else { return nil }
            buffer = buffer << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        guard bits < 6, buffer & (1 << bits - 1) == 0 else { return nil }
        return output
    }

    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
