import HTTP

/// What the texts of an account must look like. Collects every fault, so that a form can show them all at once.
struct ProfileRules {
    static let displayNameLength = 1...50
    static let bioLengthMax = 300
    static let urlLengthMax = 2_048
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
        let isVisible = text.contains { !$0.isWhitespace }
        if !isVisible || !Self.displayNameLength.contains(text.unicodeScalars.count) || hasControls(text) {
            fault("display_name", "invalid_display_name", "1 to 50 characters on one line, not only spaces.")
        }
    }

    mutating func bio(_ text: String) {
        if text.unicodeScalars.count > Self.bioLengthMax || hasControls(text, except: "\n\t\r") {
            fault("bio", "invalid_bio", "At most 300 characters.")
        }
    }

    mutating func avatarURL(_ text: String?) {
        guard let text else { return }
        let hasScheme = text.hasPrefix("https://") || text.hasPrefix("http://")
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        if !hasScheme || !isPlain || text.utf8.count > Self.urlLengthMax {
            fault("avatar_url", "invalid_url", "An http or https URL of at most 2048 characters.")
        }
    }

    /// The basic shape only: whether mail arrives there, only mail can tell.
    /// - Returns: the address in lower case.
    mutating func email(_ text: String?) -> String? {
        guard let text else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = !text.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 0x20 }
        let labels = parts.count == 2 ? parts[1].split(separator: ".", omittingEmptySubsequences: false) : []
        let hasDomain = labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
        if !hasDomain || parts[0].isEmpty || !isPlain || text.utf8.count > Self.emailLengthMax {
            fault("email", "invalid_email", "An email address, such as maya@example.com.")
        }
        return text.lowercased()
    }

    mutating func password(_ text: String, field: String = "password", handle: String) {
        if !PasswordRules.length.contains(text.unicodeScalars.count) {
            fault(field, "password_length", "8 to 128 characters.")
        } else if PasswordRules.isGuessable(text, handle: handle) {
            fault(field, "password_guessable", "This is among the first passwords to be tried: choose another.")
        }
    }

    private func hasControls(_ text: String, except allowed: String = "") -> Bool {
        text.unicodeScalars.contains { scalar in
            scalar.properties.generalCategory == .control && !allowed.unicodeScalars.contains(scalar)
        }
    }
}
