/// A weak `ETag` of an answer's bytes (RFC 9110 §8.8.3). Weak, because the same answer may travel compressed.
enum EntityTag {
    static func of(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
        bytes.withUnsafeBytes { raw in
            var offset = 0
            while offset + 8 <= raw.count {
                hash = mix(hash ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset += 8
            }
            for index in offset..<raw.count { hash = mix(hash ^ UInt64(raw[index])) }
        }
        return "W/\"\(String(hash, radix: 36))\""
    }

    static func matches(_ condition: String, _ tag: String) -> Bool {
        condition == "*" || condition.split(separator: ",").contains { $0.trimmingSpaces == tag }
    }

    /// The finaliser of MurmurHash3, by Austin Appleby: every input bit moves every output bit.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ mixed >> 33) &* 0xFF51_AFD7_ED55_8CCD
        mixed = (mixed ^ mixed >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return mixed ^ mixed >> 33
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        drop { $0 == " " }
    }
}
