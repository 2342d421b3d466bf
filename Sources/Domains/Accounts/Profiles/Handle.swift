import Core

/// The rules of handles: 3 to 30 of a–z, 0–9, `_` and `.`, starting with a letter or digit. Case is folded.
enum Handle {
    static let length = 3...30

    /// Names that people would take for the house's own, and words that stand for something else in paths.
    private static let reserved: Set<String> = [
        "admin", "administrator", "all", "anonymous", "api", "current", "everyone", "help", "me", "moderator", "null",
        "plaza", "root", "security", "settings", "staff", "support", "system", "undefined", "www",
    ]

    /// What replaces the handle of an erased account.
    private static let tombstonePrefix = "erased_"

    /// The handle in lower case; nil when it breaks the rules.
    ///
    /// Only ASCII is folded: `lowercased()` would turn the Kelvin sign into a k.
    static func folded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        for byte in text.utf8.prefix(length.upperBound + 1) {
            let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            bytes.append(isUpper ? byte | 0x20 : byte)
        }
        guard length.contains(bytes.count), let first = bytes.first, isLetterOrDigit(first),
            bytes.allSatisfy({ isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") })
        else { return nil }
        let handle = String(decoding: bytes, as: UTF8.self)
        // Whoever had these could be taken for an id in a path, or stand in the way of an erasure.
        let isOurs = handle.hasPrefix("\(Account.idPrefix)_") || handle.hasPrefix(tombstonePrefix)
        return isOurs ? nil : handle
    }

    /// True for a folded handle that nobody can choose at sign-up.
    static func isReserved(_ handle: String) -> Bool {
        reserved.contains(handle)
    }

    /// Neutral and unique: made of the id, which stays public in other people's lists anyway.
    static func tombstone(of account: ID<Account>) -> String {
        tombstonePrefix + account.description.dropFirst(Account.idPrefix.utf8.count + 1).lowercased()
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}

/// What a person types to sign in: a handle, also as `@handle`, or an email address, folded. Spaces around it are the
/// keyboard's.
enum Login: Hashable {
    case handle(String)
    case email(String)

    init(_ text: String) {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        if text.first == "@" { text.removeFirst() }
        self =
            text.utf8.contains(UInt8(ascii: "@"))
            ? .email(MailAddress.folded(String(text))) : .handle(text.lowercased())
    }

    var text: String {
        switch self {
        case .handle(let text), .email(let text): text
        }
    }
}
