#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

enum IPAddress {
    /// The one way in which the system writes this address; nil when it is none.
    static func canonical(_ text: String) -> String? {
        for family in [AF_INET, AF_INET6] {
            // As large as the larger of the two.
            var address = in6_addr()
            guard inet_pton(family, text, &address) == 1 else { continue }
            var characters = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(family, &address, &characters, socklen_t(INET6_ADDRSTRLEN)) != nil else { return nil }
            return String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        }
        return nil
    }
}
