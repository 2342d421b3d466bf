/// An origin as browsers send it (RFC 6454 §6.2): what is written otherwise never matches.
enum WebOrigin {
    private static let defaultPorts = ["http": 80, "https": 443]

    /// True for `scheme://host` and `scheme://host:port`, in lower case, without the scheme's own port.
    static func isOne(_ text: String) -> Bool {
        guard let separator = text.firstRange(of: "://") else { return false }
        guard let defaultPort = defaultPorts[String(text[..<separator.lowerBound])] else { return false }
        var host = text[separator.upperBound...]
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            let port = host[host.index(after: colon)...]
            guard let number = Int(port), (1...65_535).contains(number), number != defaultPort, port == "\(number)"
            else {
                return false
            }
            host = host[..<colon]
        }
        return isHost(host)
    }

    private static func isHost(_ text: Substring) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            let address = String(text.dropFirst().dropLast())
            return address.contains(":") && IPAddress.canonical(address) == address
        }
        return !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
