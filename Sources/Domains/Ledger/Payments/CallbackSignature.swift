import Core
import Crypto

/// Signs callbacks as Stripe does (https://docs.stripe.com/webhooks#verify-manually): `t=1767225600,v1=<hex>`, an
/// HMAC-SHA256 over the time, a dot and the body.
struct CallbackSignature: Sendable {
    /// How far the sender's time may be from ours: who has copied a callback can send it for no longer.
    static let toleranceSeconds: Int64 = 300

    let secret: [UInt8]

    private var key: SymmetricKey { SymmetricKey(data: secret) }

    func header(for body: [UInt8], at time: Timestamp) -> String {
        let seconds = time.microseconds / 1_000_000
        let code = HMAC<SHA256>.authenticationCode(for: Self.signed(seconds, body), using: key)
        return "t=\(seconds),v1=\(code.map { Self.hex($0) }.joined())"
    }

    /// - Throws: ``CallbackRefusal``. The signature is looked at first: nobody learns anything without one.
    func check(_ header: String, for body: [UInt8], now: Timestamp) throws(CallbackRefusal) {
        let fields = header.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        func values(_ name: String) -> [String] { fields.filter { $0.count == 2 && $0[0] == name }.map { $0[1] } }
        guard values("t").count == 1, let seconds = Int64(values("t")[0]) else { throw .forged }
        let isSigned = values("v1").contains { text in
            guard let code = Self.bytes(text) else { return false }
            return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Self.signed(seconds, body), using: key)
        }
        guard isSigned else { throw .forged }
        let (age, overflows) = (now.microseconds / 1_000_000).subtractingReportingOverflow(seconds)
        guard !overflows, age.magnitude <= UInt64(Self.toleranceSeconds) else { throw .outsideOfTolerance }
    }

    private static func signed(_ seconds: Int64, _ body: [UInt8]) -> [UInt8] {
        Array("\(seconds).".utf8) + body
    }

    private static func hex(_ byte: UInt8) -> String {
        byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
    }

    private static func bytes(_ hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count == SHA256.byteCount * 2 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
