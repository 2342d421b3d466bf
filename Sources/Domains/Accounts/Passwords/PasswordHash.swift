import Core

/// What scrypt costs (RFC 7914 §2): memory is 128 · 2^logN · r bytes.
package struct ScryptCost: Sendable, Hashable {
    /// Base-2 logarithm of N.
    package let logN: Int
    /// r.
    package let blockSize: Int
    /// p.
    package let parallelism: Int

    package init(logN: Int, blockSize: Int, parallelism: Int) {
        self.logN = logN
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// N · r · p: what time and memory grow with.
    var work: Int { blockSize * parallelism << logN }

    /// OWASP's first choice: 128 MiB and about a third of a second.
    package static let standard = ScryptCost(logN: 17, blockSize: 8, parallelism: 1)

    /// Bounds of what a stored hash may ask for: below it is no protection, above (256 MiB, four passes) a row that
    /// somebody tampered with could take the machine down.
    var isBearable: Bool {
        (10...18).contains(logN) && (1...8).contains(blockSize) && (1...4).contains(parallelism)
    }
}

/// A password as it is stored, like `$scrypt$ln=17,r=8,p=1$<salt>$<digest>` with both in base64url.
package struct PasswordHash: Sendable, Hashable {
    package static let saltLength = 16
    package static let digestLength = 32

    package let cost: ScryptCost
    package let salt: [UInt8]
    package let digest: [UInt8]

    package init(cost: ScryptCost, salt: [UInt8], digest: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.digest = digest
    }

    /// - Throws: ``AccountsError/unusableCredential`` for anything that Plaza did not write or would not bear.
    package init(_ text: String) throws(AccountsError) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", let cost = ScryptCost(parts[2]),
            let salt = Base64URL.decode(parts[3]), salt.count == Self.saltLength,
            let digest = Base64URL.decode(parts[4]), digest.count == Self.digestLength
        else { throw .unusableCredential }
        self.init(cost: cost, salt: salt, digest: digest)
    }

    package var text: String {
        let parameters = "ln=\(cost.logN),r=\(cost.blockSize),p=\(cost.parallelism)"
        return "$scrypt$\(parameters)$\(Base64URL.encode(salt))$\(Base64URL.encode(digest))"
    }
}

extension ScryptCost {
    fileprivate init?(_ text: Substring) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasPrefix("ln="), parts[1].hasPrefix("r="), parts[2].hasPrefix("p="),
            let logN = Int(parts[0].dropFirst(3)), let blockSize = Int(parts[1].dropFirst(2)),
            let parallelism = Int(parts[2].dropFirst(2))
        else { return nil }
        self.init(logN: logN, blockSize: blockSize, parallelism: parallelism)
        guard isBearable else { return nil }
    }
}
