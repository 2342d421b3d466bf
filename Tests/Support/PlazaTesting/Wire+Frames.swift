package import Core

/// A wire that speaks WebSocket.
extension Wire {
    /// A frame as the server sends it.
    package struct Frame: Sendable {
        package let opcode: UInt8
        package let payload: [UInt8]

        package var text: String { String(decoding: payload, as: UTF8.self) }
        package var closeCode: Int? {
            opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
        }
        /// The lines of a text frame.
        package var lines: [JSON] {
            text.split(separator: "\n").map { (try? JSONParser.parse(Array($0.utf8))) ?? .null }
        }
    }

    private static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    /// The bytes of a text frame, as a client sends it; shorter than 126.
    package static func textFrame(_ text: String) -> [UInt8] {
        let payload = Array(text.utf8)
        precondition(payload.count < 126, "a frame of a test is short")
        let masked = payload.enumerated().map { $0.element ^ mask[$0.offset % 4] }
        return [0x81, 0x80 | UInt8(payload.count)] + mask + masked
    }

    /// The next frame; nil when the server has hung up.
    /// - Throws: ``Torn`` when it hangs up within a frame.
    package mutating func frame() async throws -> Frame? {
        while true {
            if let frame = takeFrame() { return frame }
            guard try await receive() else {
                guard received.isEmpty else { throw Torn() }
                return nil
            }
        }
    }

    /// The next line that `isMeant`; those before it are passed over.
    /// - Throws: ``Torn`` when the server closes before it has come.
    package mutating func line(where isMeant: (JSON) -> Bool) async throws -> JSON {
        while let frame = try await frame(), frame.opcode != 8 {
            if let line = frame.lines.first(where: isMeant) { return line }
        }
        throw Torn()
    }

    private mutating func takeFrame() -> Frame? {
        guard received.count >= 2 else { return nil }
        let short = Int(received[1])
        precondition(short <= 127, "a server masks nothing")
        let lengthBytes = short < 126 ? 0 : short == 126 ? 2 : 8
        let start = 2 + lengthBytes
        guard received.count >= start else { return nil }
        let length = lengthBytes == 0 ? short : received[2..<start].reduce(0) { $0 << 8 | Int($1) }
        guard received.count >= start + length else { return nil }
        let frame = Frame(opcode: received[0] & 0x0F, payload: Array(received[start..<start + length]))
        received.removeFirst(start + length)
        return frame
    }
}
