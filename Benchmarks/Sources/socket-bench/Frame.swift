/// One frame of RFC 6455 in received bytes.
struct Frame {
    enum Opcode {
        static let text: UInt8 = 1
        static let close: UInt8 = 8
        static let ping: UInt8 = 9
        static let pong: UInt8 = 10
    }

    let opcode: UInt8
    let payload: Range<Int>

    /// The frame at `start`, or nil when it is not all there yet.
    /// - Throws: ``Failure`` for what servers of this benchmark do not send: masked, fragmented or extended frames.
    init?(_ bytes: UnsafeRawBufferPointer, at start: Int) throws {
        let available = bytes.count - start
        guard available >= 2 else { return nil }
        let first = bytes[start]
        guard first & 0xF0 == 0x80, bytes[start + 1] < 0x80 else { throw Failure("a frame that begins with \(first)") }
        var (length, header) = (Int(bytes[start + 1]), 2)
        if length >= 126 {
            header = length == 126 ? 4 : 10
            guard available >= header else { return nil }
            length = 0
            for place in start + 2..<start + header { length = length << 8 | Int(bytes[place]) }
        }
        guard available - header >= length else { return nil }
        opcode = first & 0x0F
        payload = start + header..<start + header + length
    }

    /// A client's frame. The mask is four zeros: it costs the server as much as any other, and the load nothing.
    static func masked(_ payload: some Collection<UInt8>, opcode: UInt8 = Opcode.text) -> [UInt8] {
        var bytes: [UInt8] = [0x80 | opcode]
        switch payload.count {
        case ..<126:
            bytes.append(0x80 | UInt8(payload.count))
        case ..<65_536:
            bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(0x80 | 127)
            bytes += (0..<8).map { UInt8(payload.count >> ((7 - $0) * 8) & 0xFF) }
        }
        bytes += [0, 0, 0, 0]
        bytes += payload
        return bytes
    }
}
