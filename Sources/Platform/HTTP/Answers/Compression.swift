import CZlib

/// Gzip for large answers to clients that take it. RFC 1952.
enum Gzip {
    /// Below it the header and the time cost more than the bytes saved.
    static let bytesMin = 1_400

    /// Whether an `Accept-Encoding` names gzip, and not with a weight of zero (RFC 9110 §12.5.3).
    static func isAccepted(by header: String) -> Bool {
        header.lowercased().split(separator: ",").contains { choice in
            let parts = choice.split { $0 == ";" || $0 == " " }
            guard parts.first == "gzip" else { return false }
            return parts.dropFirst().allSatisfy { !$0.hasPrefix("q=") || (Double($0.dropFirst(2)) ?? 1) > 0 }
        }
    }

    /// Nil when zlib cannot, or when the result is no smaller.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        // 15 bits of window, plus 16 for the gzip wrapper. Level 1: on JSON it is within a tenth of level 6 in size.
        let code = deflateInit2_(
            &stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        var input = bytes
        let output = [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(buffer.count)
                count = deflate(&stream, Z_FINISH) == Z_STREAM_END ? buffer.count - Int(stream.avail_out) : 0
            }
        }
        return output.isEmpty ? nil : output
    }
}
