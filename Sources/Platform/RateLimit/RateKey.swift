#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is counted: a scope (which allowance) and a subject within it (an account, an address, a login name).
///
/// Kept as a 64-bit hash, seeded per process. Among a million live keys two meet with a chance of 3 in 10⁸, and then
/// share one bucket.
package struct RateKey: Sendable, Hashable {
    let hash: UInt64

    package init(_ scope: Int64, _ subject: Int64) {
        var hasher = Hasher()
        hasher.combine(scope)
        hasher.combine(subject)
        hash = UInt64(bitPattern: Int64(hasher.finalize()))
    }

    package init(_ scope: Int64, _ subject: String) {
        var hasher = Hasher()
        hasher.combine(scope)
        hasher.combine(subject)
        hash = UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// A client's address. IPv6 counts by its /64: whoever has one address there has all of them.
    package init(_ scope: Int64, address: String) {
        if let network = Self.network64(ofIPv6: address) {
            self.init(scope, network)
        } else {
            self.init(scope, address)
        }
    }

    /// A subject as one client's address reaches it: an account from here.
    package init(_ scope: Int64, _ subject: RateKey, address: String) {
        var hasher = Hasher()
        hasher.combine(scope)
        hasher.combine(subject.hash)
        hasher.combine(RateKey(scope, address: address).hash)
        hash = UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// The upper half of an IPv6 address. Nil for IPv4, also when it is written as `::ffff:192.0.2.1`.
    private static func network64(ofIPv6 address: String) -> Int64? {
        guard address.utf8.contains(UInt8(ascii: ":")) else { return nil }
        var parsed = in6_addr()
        guard inet_pton(AF_INET6, address, &parsed) == 1 else { return nil }
        return withUnsafeBytes(of: parsed) { bytes in
            let isMappedIPv4 = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return isMappedIPv4 ? nil : bytes.load(as: Int64.self)
        }
    }
}
