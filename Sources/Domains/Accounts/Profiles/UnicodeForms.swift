import Foundation

/// Texts that look alike are the same text in one of Unicode's normal forms: https://www.unicode.org/reports/tr15/
extension String {
    /// Form C: `é` is one scalar, whether a keyboard sends one or two.
    var composed: String {
        isASCII ? self : precomposedStringWithCanonicalMapping
    }

    /// Form KC: as ``composed``, and `ﬁ`, `①` and full-width letters are what they stand for. Unicode keeps it for ever as
    /// it is for characters that exist, so what was hashed can be hashed again.
    var compatiblyComposed: String {
        // Foundation leaves apart what only its mapping has made composable, as U+FF76 U+FF9E: hence the second pass.
        isASCII ? self : precomposedStringWithCompatibilityMapping.precomposedStringWithCanonicalMapping
    }

    /// Form D: what some keyboards and file systems send.
    var decomposed: String {
        isASCII ? self : decomposedStringWithCanonicalMapping
    }

    private var isASCII: Bool {
        utf8.allSatisfy { $0 < 0x80 }
    }
}
