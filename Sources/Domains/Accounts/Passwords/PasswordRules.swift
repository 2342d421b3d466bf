/// Length and what is guessed first: there are no rules of composition (NIST SP 800-63B §5.1.1.2).
enum PasswordRules {
    /// Unicode scalars, normalised. The upper bound keeps a request from buying more hashing than it should.
    static let length = 8...128

    /// Units of a repetition that nobody has to guess: `aaaaaaaa`, `12341234`.
    private static let repeatedUnitMax = 4

    /// Parts of a name that are shorter are in too many good passwords to be looked for.
    private static let namePartMin = 4

    /// The 10,000 most common of 8 characters and more, in lower case: the first of zxcvbn's list (NOTICE.md), and some
    /// that it leaves to other rules.
    private static let common: Set<Substring> = {
        Set(String(decoding: PackageResources.common_passwords_txt, as: UTF8.self).split(separator: "\n"))
    }()

    /// What is hashed: the same for whatever a keyboard makes of the same characters (NIST SP 800-63B §5.1.1.2).
    static func normalized(_ password: String) -> String {
        password.compatiblyComposed
    }

    /// - Parameters:
    ///   - password: normalised.
    ///   - names: what the account is called: handle, display name, email address.
    static func isGuessable(_ password: String, names: [String]) -> Bool {
        let folded = password.lowercased()
        return common.contains(folded[...]) || isRepetition(folded) || isRun(folded) || isName(folded, of: names)
    }

    private static func isRepetition(_ text: String) -> Bool {
        let characters = Array(text)
        return (1...repeatedUnitMax).contains { unit in
            characters.count >= 2 * unit && characters.indices.allSatisfy { characters[$0] == characters[$0 % unit] }
        }
    }

    /// `abcdefgh`, `87654321`.
    private static func isRun(_ text: String) -> Bool {
        let scalars = text.unicodeScalars.map { Int($0.value) }
        let steps = Set(zip(scalars.dropFirst(), scalars).map { $0 - $1 })
        return steps == [1] || steps == [-1]
    }

    /// One of the names, whatever digits and signs are around its letters.
    private static func isName(_ text: String, of names: [String]) -> Bool {
        let bare = letters(of: text)
        guard !bare.isEmpty else { return false }
        return names.contains { name in
            let name = normalized(name).lowercased()
            let parts = name.split { !$0.isLetter }.map(String.init).filter { $0.count >= namePartMin }
            return name == text || letters(of: name) == bare || parts.contains(bare)
                || name.split(separator: "@").contains { letters(of: String($0)) == bare }
        }
    }

    private static func letters(of text: String) -> String {
        text.filter(\.isLetter)
    }
}
