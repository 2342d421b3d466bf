import Core
import HTTP

/// What the texts of an account must look like, whether they come in a request, from a file or from the command line.
/// Collects every fault, so that a form can show them all at once.
struct ProfileRules {
    static let displayName = Schema.text(Account.displayNameLength)
    static let bio = Schema.text(0...Account.bioLengthMax, multiline: true)
    static let avatarURL = Schema.text(1...Account.avatarURLLengthMax, format: .url)
    static let email = Schema.text(1...emailLengthMax, format: .email)
    /// RFC 5321 §4.5.3.1.3, less the angle brackets.
    static let emailLengthMax = 254

    private(set) var faults: [FieldProblem] = []

    mutating func fault(_ field: String, _ code: String, _ message: String) {
        faults.append(FieldProblem(pointer: "/\(field)", code: code, message: message))
    }

    /// - Throws: ``AccountsError/invalid(_:)`` with what has been found so far.
    func finish() throws(AccountsError) {
        guard faults.isEmpty else { throw .invalid(faults) }
    }

    /// - Returns: the folded handle; an empty one with a fault.
    mutating func handle(_ text: String, mayBeReserved: Bool = false) -> String {
        guard let handle = Handle.folded(text) else {
            fault("handle", "invalid_handle", "3 to 30 of a–z, 0–9, _ and ., starting with a letter or digit.")
            return ""
        }
        if !mayBeReserved, Handle.isReserved(handle) {
            fault("handle", "reserved_handle", "This handle is kept for Plaza: choose another.")
        }
        return handle
    }

    mutating func displayName(_ text: String) {
        check(text, Self.displayName, "display_name")
    }

    mutating func bio(_ text: String) {
        check(text, Self.bio, "bio")
    }

    mutating func avatarURL(_ text: String?) {
        if let text { check(text, Self.avatarURL, "avatar_url") }
    }

    /// The basic shape only: whether mail arrives there, only mail can tell.
    /// - Returns: the one form of the mailbox: ``MailAddress``.
    mutating func email(_ text: String?) -> String? {
        guard let text else { return nil }
        let folded = MailAddress.folded(text)
        check(folded, Self.email, "email")
        return folded
    }

    /// - Parameter names: what the account is called.
    mutating func password(_ text: String, field: String = "password", names: [String]) {
        let password = PasswordRules.normalized(text)
        if !PasswordRules.length.contains(password.unicodeScalars.count) {
            fault(field, "password_length", "8 to 128 characters.")
        } else if PasswordRules.isGuessable(password, names: names) {
            fault(field, "password_guessable", "This is among the first passwords to be tried: choose another.")
        }
    }

    private mutating func check(_ text: String, _ shape: Schema, _ field: String) {
        for problem in shape.problems(in: .string(text)) { fault(field, problem.code, problem.message) }
    }
}
