/// Which mailbox an email address names.
enum MailAddress {
    /// One form for all that are the same mailbox: lower case, composed, the domain in the letters that people read:
    /// `maya@münchen.example` also for `xn--mnchen-3ya`.
    ///
    /// The local part is only composed, since what is alike in it is for its own server to say (RFC 6530 §10.1).
    static func folded(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text.composed.lowercased() }
        let domain = text[text.index(after: at)...]
        let local = String(text[..<at]).composed.lowercased().composed
        return "\(local)@\(foldedDomain(String(domain)))"
    }

    /// Forms in which the mailbox was stored before there was one: the domain in ASCII, and decomposed letters.
    static func spellings(of folded: String) -> [String] {
        guard !folded.utf8.allSatisfy({ $0 < 0x80 }), let at = folded.lastIndex(of: "@") else { return [folded] }
        let domain = folded[folded.index(after: at)...]
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        let ascii = labels.map { Punycode.asciiLabel($0) ?? String($0) }.joined(separator: ".")
        let spellings = [folded, "\(folded[..<at])@\(ascii)", folded.decomposed]
        return spellings.enumerated().filter { index, spelling in
            !spellings[..<index].contains { $0.utf8.elementsEqual(spelling.utf8) }
        }.map(\.element)
    }

    /// As UTS 46 maps it, as far as lower case and compatible forms go.
    private static func foldedDomain(_ text: String) -> String {
        let mapped = text.compatiblyComposed.lowercased().compatiblyComposed
        let labels = mapped.split(omittingEmptySubsequences: false) { ".。".contains($0) }
        return labels.map { label in
            // What is not what it would be encoded as stays as it is: nobody reads it otherwise.
            guard let read = Punycode.readLabel(label), Punycode.asciiLabel(read[...]) == String(label),
                read.unicodeScalars.allSatisfy(isOfNames),
                read.compatiblyComposed.lowercased().utf8.elementsEqual(read.utf8)
            else { return String(label) }
            return read
        }.joined(separator: ".")
    }

    /// Letters, marks, digits and hyphens, as RFC 5892 takes them: nothing that cannot be seen.
    private static func isOfNames(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
            .decimalNumber:
            true
        default: scalar == "-"
        }
    }
}
