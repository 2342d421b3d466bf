/// A 63-bit, time-ordered identifier of one `Entity`.
///
/// From the high bit down: 41 bits of milliseconds since ``IDGenerator/epochMilliseconds``, 10 bits of node, 12 bits of
/// sequence. `BIGINT` in SQL, `prefix_` and 13 characters of Crockford base32 outside, which sort as the number does.
package struct ID<Entity: EntityKind>: RawRepresentable, Hashable, Sendable, Comparable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Reads the outside form. Nil for another kind's prefix, a wrong length, or characters outside the alphabet.
    package init?(_ text: some StringProtocol) {
        guard let value = EntityID.value(of: text, prefix: Entity.idPrefix) else { return nil }
        self.rawValue = value
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }

    // Written out, as those of RawRepresentable are generic and look up their witnesses on each call.
    package static func == (left: Self, right: Self) -> Bool {
        left.rawValue == right.rawValue
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(rawValue)
    }

    /// When the id was made, to the millisecond.
    package var createdAt: Timestamp {
        Timestamp(microseconds: ((rawValue >> 22) + IDGenerator.epochMilliseconds) * 1_000)
    }
}

extension ID: CustomStringConvertible {
    package var description: String {
        String(unsafeUninitializedCapacity: Entity.idPrefix.utf8.count + 1 + Base32.length) { buffer in
            write(into: buffer)
        }
    }

    /// Bytes of the outside form.
    package static var textLength: Int { Entity.idPrefix.utf8.count + 1 + Base32.length }

    /// Writes the outside form without an intermediate string.
    /// - Returns: the number of bytes written, always ``textLength``.
    @discardableResult
    package func write(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var position = 0
        for byte in Entity.idPrefix.utf8 {
            buffer[position] = byte
            position += 1
        }
        buffer[position] = UInt8(ascii: "_")
        position += 1
        Base32.encode(rawValue, into: UnsafeMutableBufferPointer(rebasing: buffer[position...]))
        return position + Base32.length
    }
}

/// The outside form of an id whose kind is known by its prefix alone.
package enum EntityID {
    package static func isValid(_ text: some StringProtocol, prefix: String) -> Bool {
        value(of: text, prefix: prefix) != nil
    }

    fileprivate static func value(of text: some StringProtocol, prefix: String) -> Int64? {
        let (prefix, bytes) = (prefix.utf8, text.utf8)
        guard bytes.count == prefix.count + 1 + Base32.length, bytes.starts(with: prefix) else { return nil }
        let rest = bytes.dropFirst(prefix.count)
        guard rest.first == UInt8(ascii: "_") else { return nil }
        return Base32.decode(rest.dropFirst())
    }
}

/// Crockford's base32 of a 64-bit number, fixed length, upper case. https://www.crockford.com/base32.html
enum Base32 {
    /// 13 × 5 bits hold 64.
    static let length = 13

    private static let alphabet: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    static func encode(_ value: Int64, into buffer: UnsafeMutableBufferPointer<UInt8>) {
        var rest = UInt64(bitPattern: value)
        for index in stride(from: length - 1, through: 0, by: -1) {
            buffer[index] = alphabet.utf8Start[Int(rest & 31)]
            rest >>= 5
        }
    }

    /// Case is folded; the look-alikes I, L and O read as 1, 1 and 0. Negative numbers are refused.
    static func decode(_ bytes: some Sequence<UInt8>) -> Int64? {
        var value: UInt64 = 0
        var count = 0
        for byte in bytes {
            guard let digit = digit(byte), value >> 59 == 0 else { return nil }
            value = value << 5 | digit
            count += 1
        }
        guard count == length else { return nil }
        return Int64(exactly: value)
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        let letter = byte & 0xDF
        switch (byte, letter) {
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), _): return UInt64(byte - UInt8(ascii: "0"))
        case (_, UInt8(ascii: "O")): return 0
        case (_, UInt8(ascii: "I")), (_, UInt8(ascii: "L")): return 1
        case (_, UInt8(ascii: "A")...UInt8(ascii: "H")): return UInt64(letter - UInt8(ascii: "A")) + 10
        case (_, UInt8(ascii: "J")...UInt8(ascii: "K")): return UInt64(letter - UInt8(ascii: "J")) + 18
        case (_, UInt8(ascii: "M")...UInt8(ascii: "N")): return UInt64(letter - UInt8(ascii: "M")) + 20
        case (_, UInt8(ascii: "P")...UInt8(ascii: "T")): return UInt64(letter - UInt8(ascii: "P")) + 22
        case (_, UInt8(ascii: "V")...UInt8(ascii: "Z")): return UInt64(letter - UInt8(ascii: "V")) + 27
        default: return nil
        }
    }
}
