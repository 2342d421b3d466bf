import Core
import NIOCore
import Testing

@testable import Realtime

@Suite struct FrameReaderTests {
    static var limits: RealtimeLimits {
        var limits = RealtimeLimits()
        (limits.frameBytesMax, limits.messageBytesMax, limits.fragmentsMax) = (70_000, 70_000, 4)
        return limits
    }

    /// What comes of bytes that arrive in pieces.
    private func read(_ bytes: [UInt8], inPiecesOf count: Int = .max) throws -> [String] {
        var (reader, scratch, waiting) = (FrameReader(), [UInt8](), ByteBuffer())
        var found: [String] = []
        for start in stride(from: 0, to: bytes.count, by: min(count, max(1, bytes.count))) {
            waiting.writeBytes(bytes[start..<min(bytes.count, start + min(count, bytes.count))])
            while let message = try reader.next(&waiting, into: &scratch, limits: Self.limits) {
                found.append("\(message) \(String(decoding: scratch, as: UTF8.self))")
            }
        }
        #expect(waiting.readableBytes == 0 && !reader.isWithinMessage, "nothing is left over")
        return found
    }

    @Test(arguments: [1, 2, 3, 7, 64, .max])
    func messagesComeWholeHoweverTheirBytesArrive(piece: Int) throws {
        let long = String(repeating: "ü", count: 100)
        let longest = String(repeating: "x", count: 66_000)
        let bytes =
            ClientFrame.text("hello") + ClientFrame.make([], opcode: 9) + ClientFrame.text(long)
            + ClientFrame.text("one ", isFinal: false) + ClientFrame.make([1], opcode: 10)
            + ClientFrame.make(Array("two ".utf8), opcode: 0, isFinal: false)
            + ClientFrame.make(Array("three".utf8), opcode: 0) + ClientFrame.text(longest) + ClientFrame.text("")
        #expect(
            try read(bytes, inPiecesOf: piece) == [
                "text hello", "ping ", "text \(long)", "pong \u{1}", "text one two three", "text \(longest)", "text ",
            ])
    }

    @Test func aMessageOfManyFramesMaySplitACharacter() throws {
        let euro = Array("€".utf8)
        let bytes =
            ClientFrame.make([euro[0]], isFinal: false) + ClientFrame.make([euro[1]], opcode: 0, isFinal: false)
            + ClientFrame.make([euro[2]], opcode: 0)
        #expect(try read(bytes) == ["text €"])
    }

    struct Wrong: Sendable, CustomStringConvertible {
        let description: String
        let bytes: [UInt8]
        let violation: FrameViolation
        let code: UInt16

        init(_ description: String, _ bytes: [UInt8], _ violation: FrameViolation, _ code: UInt16) {
            (self.description, self.bytes, self.violation, self.code) = (description, bytes, violation, code)
        }
    }

    static let wrong: [Wrong] = [
        Wrong("unmasked", ClientFrame.make([1], isMasked: false), .notMasked, 1002),
        Wrong("first reserved bit", ClientFrame.make([1], reserved: 0x40), .reservedBits, 1002),
        Wrong("second reserved bit", ClientFrame.make([1], reserved: 0x20), .reservedBits, 1002),
        Wrong("third reserved bit", ClientFrame.make([1], reserved: 0x10), .reservedBits, 1002),
        Wrong("reserved opcode", ClientFrame.make([1], opcode: 3), .reservedOpcode(3), 1002),
        Wrong("reserved control opcode", ClientFrame.make([], opcode: 11), .reservedOpcode(11), 1002),
        Wrong("binary", ClientFrame.make([1], opcode: 2), .binary, 1003),
        Wrong("ping in pieces", ClientFrame.make([], opcode: 9, isFinal: false), .fragmentedControl, 1002),
        Wrong("long ping", ClientFrame.make([UInt8](repeating: 0, count: 126), opcode: 9), .controlTooLong, 1002),
        Wrong("length in two bytes too many", ClientFrame.make([1], lengthBytes: 2), .lengthNotMinimal, 1002),
        Wrong("length in eight bytes too many", ClientFrame.make([1], lengthBytes: 8), .lengthNotMinimal, 1002),
        Wrong("continues nothing", ClientFrame.make([1], opcode: 0), .continuesNothing, 1002),
        Wrong(
            "interleaved", ClientFrame.text("a", isFinal: false) + ClientFrame.text("b"), .interleaved, 1002),
        // Only the header comes: what it claims must not be waited for.
        Wrong("long frame", ClientFrame.make([], claimedLength: 70_001), .frameTooLong, 1009),
        Wrong("endless frame", ClientFrame.make([], claimedLength: .max), .frameTooLong, 1009),
        Wrong(
            "long message",
            ClientFrame.make([UInt8](repeating: 0x61, count: 60_000), isFinal: false)
                + ClientFrame.make([], opcode: 0, claimedLength: 10_001), .messageTooLong, 1009),
        Wrong(
            "too many pieces",
            ClientFrame.text("a", isFinal: false)
                + (0..<4).flatMap { _ in ClientFrame.make([0x61], opcode: 0, isFinal: false) }, .tooManyFragments, 1009),
        Wrong("no UTF-8", ClientFrame.make([0xC3, 0x28]), .invalidUTF8, 1007),
        Wrong("a surrogate", ClientFrame.make([0xED, 0xA0, 0x80]), .invalidUTF8, 1007),
        Wrong(
            "half a character at the end",
            ClientFrame.make([0x61, 0xE2], isFinal: false) + ClientFrame.make([0x82], opcode: 0), .invalidUTF8, 1007),
        Wrong("half a close code", ClientFrame.make([3], opcode: 8), .badClose, 1002),
        Wrong("close 999", ClientFrame.close(999), .badClose, 1002),
        Wrong("close 1005", ClientFrame.close(1005), .badClose, 1002),
        Wrong("close 1006", ClientFrame.close(1006), .badClose, 1002),
        Wrong("close 1015", ClientFrame.close(1015), .badClose, 1002),
        Wrong("close 2999", ClientFrame.close(2999), .badClose, 1002),
        Wrong("close 5000", ClientFrame.close(5000), .badClose, 1002),
        Wrong("close with no UTF-8", ClientFrame.close(1000, [0xFF]), .invalidUTF8, 1007),
    ]

    @Test(arguments: wrong) func whatBreaksTheRulesIsNamed(_ wrong: Wrong) throws {
        for piece in [1, .max] {
            let error = #expect(throws: FrameViolation.self) { try read(wrong.bytes, inPiecesOf: piece) }
            #expect(error == wrong.violation)
            #expect(error?.closeCode == wrong.code)
        }
    }

    @Test(arguments: [1000, 1001, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999] as [UInt16])
    func aCloseIsUnderstood(code: UInt16) throws {
        #expect(try read(ClientFrame.close(code)).count == 1)
        var (reader, scratch, bytes) = (FrameReader(), [UInt8](), ByteBuffer(bytes: ClientFrame.close(code)))
        #expect(try reader.next(&bytes, into: &scratch, limits: Self.limits) == .close(code: code))
    }

    /// Whatever comes, it is a message, a violation or a wait; never a crash, never more than the limits kept.
    @Test(arguments: 0..<40 as Range<UInt64>) func anyBytesAreSurvived(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            var bytes = ByteBuffer()
            for _ in 0..<random.below(12) {
                var frame = ClientFrame.make(
                    (0..<random.below(140)).map { _ in UInt8(truncatingIfNeeded: random.next()) },
                    opcode: UInt8(random.below(16)), isFinal: random.below(3) > 0)
                if random.below(4) == 0, !frame.isEmpty {
                    frame[random.below(frame.count)] ^= UInt8(1 << random.below(8))
                }
                bytes.writeBytes(frame)
            }
            var (reader, scratch) = (FrameReader(), [UInt8]())
            do {
                while try reader.next(&bytes, into: &scratch, limits: Self.limits) != nil {
                    #expect(scratch.count <= Self.limits.messageBytesMax)
                }
            } catch {
                #expect([1002, 1003, 1007, 1009].contains(error.closeCode), "seed \(seed)")
            }
        }
    }
}

extension SplitMix64 {
    fileprivate mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
}
