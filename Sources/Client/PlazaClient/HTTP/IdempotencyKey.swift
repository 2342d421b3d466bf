/// Names a write of money or orders, so that it is done once however often it is sent. A call makes one and keeps it over its
/// own retries; keep one yourself where the wish shall survive a restart of the app.
public struct IdempotencyKey: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    /// - Parameter text: 1 to 200 visible ASCII characters.
    public init(_ text: String) {
        description = text
    }

    /// A new one that nobody else has: 128 random bits.
    public static func random() -> IdempotencyKey {
        IdempotencyKey(
            String(UInt64.random(in: 0...(.max)), radix: 36) + String(UInt64.random(in: 0...(.max)), radix: 36))
    }
}
