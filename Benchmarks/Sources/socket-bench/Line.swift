import Glibc

/// One thing that a server says.
struct Line {
    enum Kind {
        /// Of a command; to a plain server everything is a command, and everything it says a reply and a push.
        case reply
        case refusal
        case push
        case other
    }

    let kind: Kind
    let bytes: UnsafeRawBufferPointer

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// - Parameter bytes: an object of Plaza's protocol, whose members come in the order that docs/REALTIME.md shows.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        guard bytes.count > 8 else {
            kind = .other
            return
        }
        switch (bytes[2], bytes[3]) {
        case (UInt8(ascii: "c"), UInt8(ascii: "h")):
            kind = .push
        case (UInt8(ascii: "i"), UInt8(ascii: "d")):
            let member = bytes[6...].first { $0 == UInt8(ascii: "o") || $0 == UInt8(ascii: "e") }
            kind = member == UInt8(ascii: "e") ? .refusal : .reply
        default:
            kind = .other
        }
    }

    init(plain bytes: UnsafeRawBufferPointer) {
        kind = .push
        self.bytes = bytes
    }
}

extension Target {
    /// The things that a text frame holds: one to each line, or to a plain server's the whole.
    @inline(__always)
    func forEachLine(in payload: UnsafeRawBufferPointer, _ body: (Line) -> Void) {
        guard dialect == .plaza else { return body(Line(plain: payload)) }
        var start = 0
        while start < payload.count, let base = payload.baseAddress {
            let newline = memchr(base + start, 10, payload.count - start)
            let end = newline.map { UnsafeRawPointer($0) - base } ?? payload.count
            body(Line(UnsafeRawBufferPointer(rebasing: payload[start..<end])))
            start = end + 1
        }
    }

    /// Counts what answers commands.
    /// - Throws: ``Failure`` when one was refused: such a run measures refusing.
    func replies(in payload: UnsafeRawBufferPointer) throws -> Int {
        guard dialect == .plaza else { return 1 }
        var (count, refusal) = (0, String?.none)
        forEachLine(in: payload) { line in
            switch line.kind {
            case .reply: count += 1
            case .refusal: refusal = line.text
            case .push, .other: break
            }
        }
        if let refusal { throw Failure("refused: \(refusal)") }
        return count
    }
}
