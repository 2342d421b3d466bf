import NIOCore

/// Writes the server's frames: never masked, never fragmented (RFC 6455 §5.1).
enum FrameWriter {
    static let ping = ByteBuffer(bytes: [0x89, 0x00])

    static func text(_ payload: [UInt8]) -> ByteBuffer {
        text(length: payload.count) { $0.writeBytes(payload) }
    }

    /// - Parameter write: must write `length` bytes.
    static func text(length: Int, _ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.reserveCapacity(length + 10)
        frame.writeInteger(UInt8(0x81))
        switch length {
        case ..<126: frame.writeInteger(UInt8(length))
        case ...Int(UInt16.max):
            frame.writeInteger(UInt8(126))
            frame.writeInteger(UInt16(length))
        default:
            frame.writeInteger(UInt8(127))
            frame.writeInteger(UInt64(length))
        }
        write(&frame)
        return frame
    }

    /// - Parameter payload: of the ping; 125 bytes at most.
    static func pong(_ payload: [UInt8]) -> ByteBuffer {
        var frame = ByteBuffer(bytes: [0x8A, UInt8(payload.count)])
        frame.writeBytes(payload)
        return frame
    }

    /// - Parameter reason: 123 bytes at most.
    static func close(code: UInt16, reason: String = "") -> ByteBuffer {
        precondition(reason.utf8.count <= 123, "a close frame's reason has 123 bytes at most")
        var frame = ByteBuffer(bytes: [0x88, UInt8(2 + reason.utf8.count)])
        frame.writeInteger(code)
        frame.writeString(reason)
        return frame
    }
}
