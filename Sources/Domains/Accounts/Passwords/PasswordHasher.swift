package import Core
import Crypto
import _CryptoExtras

/// Hashes passwords with scrypt, off the threads that serve requests and few at a time.
///
/// One hash holds 128 MiB and a core for a third of a second, so two run at once and a short queue waits.
package struct PasswordHasher: Sendable {
    /// Runs the function itself: password, salt and cost to digest. Tests count and hold it here.
    package typealias Derivation =
        @Sendable (
            _ password: [UInt8], _ salt: [UInt8], _ cost: ScryptCost
        ) throws -> [UInt8]

    private let cost: ScryptCost
    private let random: RandomSource
    private let derive: Derivation
    private let gate: HashingGate
    /// Stands in for the credential that is not there, so that an unknown login costs what a wrong one does.
    private let decoy: PasswordHash

    /// - Parameter queueDepthMax: who would wait longer than about three seconds is told to come back.
    package init(
        cost: ScryptCost = .standard, random: RandomSource, concurrencyMax: Int = 2, queueDepthMax: Int = 16,
        derive: @escaping Derivation = PasswordHasher.scrypt
    ) {
        precondition(cost.isBearable, "what is hashed today must be readable tomorrow")
        self.cost = cost
        self.random = random
        self.derive = derive
        gate = HashingGate(concurrencyMax: concurrencyMax, queueDepthMax: queueDepthMax)
        decoy = PasswordHash(
            cost: cost, salt: random.bytes(PasswordHash.saltLength), digest: random.bytes(PasswordHash.digestLength))
    }

    /// Which form of a password was the one that is stored.
    enum Match {
        case normalized
        /// It was hashed before passwords were normalised.
        case asTyped
    }

    /// - Throws: ``AccountsError/busy`` when too many wait already.
    package func hash(_ password: String) async throws -> PasswordHash {
        let salt = random.bytes(PasswordHash.saltLength)
        return PasswordHash(
            cost: cost, salt: salt,
            digest: try await digest(of: PasswordRules.normalized(password), salt: salt, cost: cost))
    }

    /// Takes the same time for a wrong password and for none to compare with.
    /// - Throws: ``AccountsError/busy`` when too many wait already.
    package func verify(_ password: String, against stored: PasswordHash?) async throws -> Bool {
        try await match(password, against: stored) != nil
    }

    /// A password that is not normal as it was typed is hashed in both forms, whether there is something to compare with
    /// or not.
    func match(_ password: String, against stored: PasswordHash?) async throws -> Match? {
        let normalized = PasswordRules.normalized(password)
        if try await isRight(normalized, stored) { return .normalized }
        // Strings compare by what they look like; hashes by their bytes.
        if normalized.utf8.elementsEqual(password.utf8) { return nil }
        return try await isRight(password, stored) ? .asTyped : nil
    }

    private func isRight(_ password: String, _ stored: PasswordHash?) async throws -> Bool {
        let expected = stored ?? decoy
        let digest = try await digest(of: password, salt: expected.salt, cost: expected.cost)
        // Every byte is looked at, wherever the first difference is.
        let difference = zip(digest, expected.digest).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        return difference == 0 && digest.count == expected.digest.count && stored != nil
    }

    /// Whether a stored hash is easier to guess at than one that would be made now.
    func isBelowToday(_ stored: PasswordHash) -> Bool {
        stored.cost.work < cost.work
    }

    private func digest(of password: String, salt: [UInt8], cost: ScryptCost) async throws -> [UInt8] {
        let derive = derive
        return try await gate.run { try derive(Array(password.utf8), salt, cost) }
    }

    package static let scrypt: Derivation = { password, salt, cost in
        try KDF.Scrypt.deriveKey(
            from: password, salt: salt, outputByteCount: PasswordHash.digestLength, rounds: 1 << cost.logN,
            blockSize: cost.blockSize, parallelism: cost.parallelism
        ).withUnsafeBytes { Array($0) }
    }
}
