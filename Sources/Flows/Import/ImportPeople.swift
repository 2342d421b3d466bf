import Accounts
import Core
import Social
import Storage

/// Finds the people that a file's keys stand for, and creates those that are missing.
///
/// A number is the handle `u` and the number, with two digits at least: handles have three characters. Any other key is
/// the handle itself. So a key that somebody has as a handle already means that person, and the same file means the
/// same people every time.
struct ImportPeople: Sendable {
    let accounts: AccountsService
    let social: SocialService
    /// Makes ids of ``createdAt``.
    let ids: IDGenerator
    let createdAt: Timestamp

    /// Nil for a key that cannot be a handle.
    static func handle(for key: String) -> String? {
        let zero = UInt8(ascii: "0")
        guard !key.isEmpty, key.utf8.allSatisfy({ (zero...zero + 9).contains($0) }) else {
            return AccountsService.storedHandle(key)
        }
        let digits = String(key.drop { $0 == "0" })
        return AccountsService.storedHandle("u" + String(repeating: "0", count: max(0, 2 - digits.count)) + digits)
    }

    /// - Parameter keys: of which ``handle(for:)`` knows a handle.
    /// - Returns: how many people were created.
    func resolve(_ keys: inout ImportKeys<ID<Account>>, in tx: WriteTransaction) throws -> Int {
        let unknown = keys.unknown
        let handles = unknown.map { Self.handle(for: keys.keys[$0]) ?? "" }
        var people = try accounts.accounts(named: handles, in: tx)
        // Keys that differ in case are one handle.
        var isNew = Set(people.keys)
        let missing = handles.filter { isNew.insert($0).inserted }
        let created = try accounts.addImported(
            missing.map { ImportedAccount(handle: $0, displayName: $0, createdAt: createdAt) }, ids: ids, in: tx)
        try social.addPeople(created.map(\.card), in: tx)
        for profile in created { people[profile.handle] = profile.id }
        for (number, handle) in zip(unknown, handles) {
            if let person = people[handle] { keys.set(person, for: number) }
        }
        return created.count
    }
}

extension ImportKeys<ID<Account>> {
    /// The number of a person's key; nil for one that cannot be a handle.
    mutating func person(_ key: String, _ cache: inout ImportKeyCache<ID<Account>>) -> Int32? {
        number(of: key, &cache, isValid: { ImportPeople.handle(for: $0) != nil })
    }
}

/// The past that imported things are given, so that feeds look as if they had grown.
struct ImportHistory: Sendable {
    private static let days: Int64 = 30

    /// When imported people joined.
    let start: Timestamp
    let end: Timestamp

    init(_ clock: WallClock) {
        end = clock.now()
        start = end.advanced(bySeconds: -Self.days * 86_400)
    }

    /// - Parameter share: of the history that has passed, from 0 to 1.
    func time(at share: Double) -> Timestamp {
        let length = Double(end.microseconds - start.microseconds)
        return Timestamp(microseconds: start.microseconds + Int64(length * min(max(share, 0), 1)))
    }
}
