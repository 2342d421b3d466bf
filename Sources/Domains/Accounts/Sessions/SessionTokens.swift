package import Core
import Crypto
package import Storage

/// What a signed-in device holds. Shown once: only hashes are stored.
package struct SessionTokens: Sendable, Equatable {
    /// Short, because it is what travels with every request.
    static let accessSeconds: Int64 = 15 * 60
    /// From one use to the next: a device that sleeps for a month signs in again.
    static let refreshSeconds: Int64 = 30 * 24 * 3_600

    package let session: ID<Session>
    package let access: String
    package let accessExpiresAt: Timestamp
    package let refresh: String
}

/// The SHA-256 of a token: what is stored and looked up, so that a stolen table opens no session.
///
/// Tokens are 256 random bits, which is why a plain hash will do.
package struct TokenHash: Sendable, Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    init(of token: String) {
        var sha = SHA256()
        var copy = token
        copy.withUTF8 { sha.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        words = sha.finalize().withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
    }

    init(bytes: [UInt8]) {
        precondition(bytes.count == SHA256.byteCount, "a token's hash has 32 bytes")
        words = bytes.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
    }

    var bytes: [UInt8] {
        withUnsafeBytes(of: words) { Array($0) }
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }
}

extension TokenHash: SQLBindable {
    package var sqlValue: SQLValue { .bytes(bytes) }
}

/// A token and its hash, fresh.
struct NewToken {
    let text: String
    let hash: TokenHash

    init(random: RandomSource) {
        text = Base64URL.encode(random.bytes(32))
        hash = TokenHash(of: text)
    }
}
