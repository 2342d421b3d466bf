/// What is pushed to and subscribed to: `post:pst_…`. A namespace, which says who answers for it, and a key within it.
package struct ChannelName: Hashable, Sendable, CustomStringConvertible {
    /// Bytes.
    package static let lengthMax = 64

    package let description: String

    /// - Parameter text: 3 to 64 characters of `a-z A-Z 0-9 _ : -`, with a colon after the namespace.
    /// - Returns: nil for any other text.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.count <= Self.lengthMax, let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            colon != bytes.startIndex, bytes.index(after: colon) != bytes.endIndex, bytes.allSatisfy(Self.isAllowed)
        else { return nil }
        description = text
    }

    /// - Precondition: both are of the characters above.
    package init(namespace: String, key: some CustomStringConvertible) {
        guard let name = ChannelName("\(namespace):\(key)") else {
            preconditionFailure("\(namespace):\(key) is the name of a channel")
        }
        self = name
    }

    /// The part before the colon.
    package var namespace: Substring { description.prefix { $0 != ":" } }

    /// The part after the colon.
    package var key: Substring { description.drop { $0 != ":" }.dropFirst() }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
