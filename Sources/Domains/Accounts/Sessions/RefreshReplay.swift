import Core
import Crypto

/// The tokens that a refresh gave, kept for whoever asks again with the same refresh token: two tabs of one browser, or a
/// phone that lost the answer.
///
/// They are sealed with a key that is made of the refresh token itself, of which only the hash is stored. So every
/// instance on the same database can open them when the token comes again, and a copy of the database opens nothing.
enum RefreshReplay {
    private static let purpose = Array("plaza refresh replay 1".utf8)

    /// - Returns: ChaCha20-Poly1305: nonce, the two tokens with a space between, tag.
    static func seal(access: String, refresh: String, with token: String, random: RandomSource) throws -> [UInt8] {
        let nonce = try ChaChaPoly.Nonce(data: random.bytes(12))
        let box = try ChaChaPoly.seal(Array("\(access) \(refresh)".utf8), using: key(of: token), nonce: nonce)
        return Array(box.combined)
    }

    /// - Returns: nil for what was sealed with another token, or torn.
    static func open(_ sealed: [UInt8], with token: String) -> (access: String, refresh: String)? {
        guard let box = try? ChaChaPoly.SealedBox(combined: sealed),
            let bytes = try? ChaChaPoly.open(box, using: key(of: token))
        else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    private static func key(of token: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array(token.utf8)), info: purpose, outputByteCount: 32)
    }
}
