import NIOCore

/// Frames as clients send them, right and wrong.
enum ClientFrame {
    static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    /// - Parameters:
    ///   - opcode: 1 is text, 2 binary, 8 close, 9 ping, 10 pong.
    ///   - reserved: bits 6 to 4 of the first byte.
    ///   - claimedLength: what the header says; the payload's own length unless told.
    ///   - lengthBytes: 0, 2 or 8 further bytes of length; as few as do unless told.
    static func make(
        _ payload: [UInt8], opcode: UInt8 = 1, isFinal: Bool = true, reserved: UInt8 = 0, isMasked: Bool = true,
        claimedLength: UInt64? = nil, lengthBytes: Int? = nil
    ) -> [UInt8] {
        let length = claimedLength ?? UInt64(payload.count)
        let lengthBytes = lengthBytes ?? (length < 126 ? 0 : length <= UInt16.max ? 2 : 8)
        let marker: UInt8 = lengthBytes == 0 ? UInt8(length) : lengthBytes == 2 ? 126 : 127
        var bytes = [(isFinal ? 0x80 : 0) | reserved | opcode, (isMasked ? 0x80 : 0) | marker]
        for shift in (0..<lengthBytes).reversed() { bytes.append(UInt8(truncatingIfNeeded: length >> (8 * shift))) }
        guard isMasked else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $0.element ^ mask[$0.offset % 4] }
    }

    static func text(_ text: String, isFinal: Bool = true) -> [UInt8] {
        make(Array(text.utf8), isFinal: isFinal)
    }

    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        make([UInt8(code >> 8), UInt8(code & 0xFF)] + reason, opcode: 8)
    }
}

/// A frame as the server sends it.
struct ServerFrame: Equatable {
    let opcode: UInt8
    let payload: [UInt8]

    var text: String { String(decoding: payload, as: UTF8.self) }
    var closeCode: UInt16? { payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil }

    /// Takes the frames that are whole.
    static func whole(in bytes: inout ByteBuffer) -> [ServerFrame] {
        var frames: [ServerFrame] = []
        while let (frame, length) = frame(at: bytes.readerIndex, in: bytes) {
            frames.append(frame)
            bytes.moveReaderIndex(forwardBy: length)
        }
        return frames
    }

    private static func frame(at start: Int, in bytes: ByteBuffer) -> (ServerFrame, length: Int)? {
        guard let first = bytes.getInteger(at: start, as: UInt8.self),
            let second = bytes.getInteger(at: start + 1, as: UInt8.self)
        else { return nil }
        precondition(first & 0x70 == 0 && second & 0x80 == 0, "a server masks nothing")
        var (head, length) = (2, Int(second))
        if length == 126 {
            guard let long = bytes.getInteger(at: start + 2, as: UInt16.self) else { return nil }
            (head, length) = (4, Int(long))
        } else if length == 127 {
            guard let long = bytes.getInteger(at: start + 2, as: UInt64.self) else { return nil }
            (head, length) = (10, Int(long))
        }
        guard let payload = bytes.getBytes(at: start + head, length: length) else { return nil }
        return (ServerFrame(opcode: first & 0x0F, payload: payload), head + length)
    }
}
