/// Where a server is: `https://plaza.example`, with a port and a path before `/v1` where there are such.
struct Endpoint: Sendable, Hashable {
    let isSecure: Bool
    let host: String
    let port: Int
    /// Without a slash at its end.
    let path: String

    /// - Parameter url: of `http` or `https`, or of `ws` or `wss`, which mean the same.
    /// - Returns: nil for any other text.
    init?(_ url: String) {
        guard let separator = url.firstRange(of: "://") else { return nil }
        switch url[..<separator.lowerBound] {
        case "http", "ws": isSecure = false
        case "https", "wss": isSecure = true
        default: return nil
        }
        let rest = url[separator.upperBound...]
        guard !rest.contains("?"), !rest.contains("#"), !rest.contains("@") else { return nil }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash]
        var path = rest[slash...]
        while path.hasSuffix("/") { path.removeLast() }
        var port: Int?
        // The colons of an IPv6 address are within brackets.
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(number) else {
                return nil
            }
            port = number
            authority = authority[..<colon]
        }
        if authority.hasPrefix("["), authority.hasSuffix("]") { authority = authority.dropFirst().dropLast() }
        guard !authority.isEmpty else { return nil }
        host = String(authority)
        self.port = port ?? (isSecure ? 443 : 80)
        self.path = String(path)
    }

    /// As the header `Host` and URLs want it.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// The start of every URL of this server.
    var url: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }
}
