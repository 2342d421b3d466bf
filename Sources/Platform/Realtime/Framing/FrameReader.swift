import NIOCore

/// Reads one client's frames (RFC 6455 §5) straight from the bytes that came. Holds nothing between whole messages.
struct FrameReader {
    /// What one frame, or the last of several, has completed. Its payload is in the scratch, unmasked.
    enum Message: Equatable {
        case text
        case ping
        case pong
        /// - Parameter code: nil where none was sent.
        case close(code: UInt16?)
    }

    private struct Header {
        let isFinal: Bool
        let opcode: UInt8
        let headerLength: Int
        let payloadLength: Int
        let mask: UInt32
    }

    private static let (continuation, text, binary): (UInt8, UInt8, UInt8) = (0x0, 0x1, 0x2)
    private static let (close, ping, pong): (UInt8, UInt8, UInt8) = (0x8, 0x9, 0xA)
    private static let controlLengthMax = 125

    /// Of a message whose end has not come.
    private var fragments: [UInt8]?
    private var fragmentCount = 0

    /// Whether a message has begun and not ended.
    var isWithinMessage: Bool { fragments != nil }

    /// Takes frames from `bytes` until a message is whole.
    /// - Parameter scratch: receives the payload; what was in it is gone.
    /// - Returns: nil when more bytes are needed. What was not taken is the beginning of a frame.
    mutating func next(
        _ bytes: inout ByteBuffer, into scratch: inout [UInt8], limits: RealtimeLimits
    ) throws(FrameViolation) -> Message? {
        while let header = try Self.header(of: bytes, limits: limits) {
            try check(header, limits: limits)
            guard bytes.readableBytes >= header.headerLength + header.payloadLength else { return nil }
            bytes.moveReaderIndex(forwardBy: header.headerLength)
            let isControl = header.opcode >= Self.close
            if !isControl, !header.isFinal || header.opcode == Self.continuation {
                fragmentCount += 1
                var message = fragments ?? []
                // Taken out, so that it is not copied while it grows.
                fragments = nil
                Self.take(header, from: &bytes, appendingTo: &message)
                guard header.isFinal else {
                    fragments = message
                    continue
                }
                fragmentCount = 0
                scratch = message
                return try Self.checkedText(scratch)
            }
            scratch.removeAll(keepingCapacity: true)
            Self.take(header, from: &bytes, appendingTo: &scratch)
            switch header.opcode {
            case Self.text: return try Self.checkedText(scratch)
            case Self.ping: return .ping
            case Self.pong: return .pong
            default: return try Self.close(scratch)
            }
        }
        return nil
    }

    private func check(_ header: Header, limits: RealtimeLimits) throws(FrameViolation) {
        switch header.opcode {
        case Self.continuation:
            guard let fragments else { throw .continuesNothing }
            if fragments.count + header.payloadLength > limits.messageBytesMax { throw .messageTooLong }
            if fragmentCount >= limits.fragmentsMax { throw .tooManyFragments }
        case Self.text:
            if fragments != nil { throw .interleaved }
            if header.payloadLength > limits.messageBytesMax { throw .messageTooLong }
        case Self.binary: throw .binary
        case Self.close, Self.ping, Self.pong:
            if !header.isFinal { throw .fragmentedControl }
            if header.payloadLength > Self.controlLengthMax { throw .controlTooLong }
        default: throw .reservedOpcode(header.opcode)
        }
    }

    /// Judges what is there of a header before the rest of it comes: a hostile length must not be waited for.
    private static func header(of bytes: ByteBuffer, limits: RealtimeLimits) throws(FrameViolation) -> Header? {
        let start = bytes.readerIndex
        guard let first = bytes.getInteger(at: start, as: UInt8.self),
            let second = bytes.getInteger(at: start + 1, as: UInt8.self)
        else { return nil }
        if first & 0x70 != 0 { throw .reservedBits }
        if second & 0x80 == 0 { throw .notMasked }
        var (headerLength, length) = (2, Int(second & 0x7F))
        if length == 126 {
            guard let long = bytes.getInteger(at: start + 2, as: UInt16.self) else { return nil }
            if long < 126 { throw .lengthNotMinimal }
            (headerLength, length) = (4, Int(long))
        } else if length == 127 {
            guard let long = bytes.getInteger(at: start + 2, as: UInt64.self) else { return nil }
            if long <= UInt16.max { throw .lengthNotMinimal }
            if long > UInt64(limits.frameBytesMax) { throw .frameTooLong }
            (headerLength, length) = (10, Int(long))
        }
        if length > limits.frameBytesMax { throw .frameTooLong }
        guard let mask = bytes.getInteger(at: start + headerLength, endianness: .little, as: UInt32.self) else {
            return nil
        }
        return Header(
            isFinal: first & 0x80 != 0, opcode: first & 0x0F, headerLength: headerLength + 4, payloadLength: length,
            mask: mask)
    }

    /// Unmasks while it copies, eight bytes at a time.
    private static func take(_ header: Header, from bytes: inout ByteBuffer, appendingTo output: inout [UInt8]) {
        let length = header.payloadLength
        let start = output.count
        output.append(contentsOf: bytes.readableBytesView.prefix(length))
        bytes.moveReaderIndex(forwardBy: length)
        let mask = UInt64(header.mask) | UInt64(header.mask) << 32
        output.withUnsafeMutableBytes { all in
            let payload = UnsafeMutableRawBufferPointer(rebasing: all[start...])
            var index = 0
            while index + 8 <= length {
                let word = payload.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                payload.storeBytes(of: word ^ mask.littleEndian, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < length {
                payload[index] ^= UInt8(truncatingIfNeeded: header.mask >> UInt32(8 * (index % 4)))
                index += 1
            }
        }
    }

    private static func checkedText(_ bytes: [UInt8]) throws(FrameViolation) -> Message {
        guard isUTF8(bytes[...]) else { throw .invalidUTF8 }
        return .text
    }

    private static func close(_ payload: [UInt8]) throws(FrameViolation) -> Message {
        if payload.isEmpty { return .close(code: nil) }
        guard payload.count >= 2 else { throw .badClose }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        switch code {
        // RFC 6455 §7.4.1 and the IANA registry: the others are reserved, or never sent.
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw .badClose
        }
        guard isUTF8(payload[2...]) else { throw .invalidUTF8 }
        return .close(code: code)
    }

    private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        (try? UTF8Span(validating: bytes.span)) != nil
    }
}
