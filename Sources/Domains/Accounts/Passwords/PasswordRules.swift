/// Length beats composition rules (NIST SP 800-63B §5.1.1.2), so these are all there are.
enum PasswordRules {
    /// Unicode scalars. The upper bound keeps a request from buying more hashing than it should.
    static let length = 8...128

    /// The heads of the published lists of leaked passwords, of 8 characters and more.
    private static let worst: Set<String> = [
        "00000000", "11111111", "12341234", "12345678", "123456789", "1234567890", "123123123", "1q2w3e4r",
        "1q2w3e4r5t", "1qaz2wsx", "87654321", "88888888", "987654321", "aa123456", "abc12345", "abcd1234", "asdfasdf",
        "asdfghjkl", "baseball", "changeme", "computer", "football", "iloveyou", "letmein1", "password", "password1",
        "password12", "password123", "passw0rd", "p@ssw0rd", "princess", "q1w2e3r4", "qwerty12", "qwerty123",
        "qwertyui", "qwertyuiop", "sunshine", "superman", "trustno1", "welcome1", "whatever", "zxcvbnm1",
    ]

    static func isGuessable(_ password: String, handle: String) -> Bool {
        let folded = password.lowercased()
        return folded == handle || worst.contains(folded)
    }
}
