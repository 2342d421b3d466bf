/// What a word and its misspellings have in common: its start, and its start with one letter left out.
///
/// Two words of which each has a typing error against the other share a variant, so that a lookup of equal strings
/// finds them (SymSpell: https://github.com/wolfgarbe/SymSpell). Only the start counts, which keeps the table to nine
/// rows per word and still finds errors behind it.
enum SpellingVariant {
    static let startScalars = 8
    /// Words of the index that may be found by a misspelling. Shorter ones differ from one another by a letter anyhow.
    static let termScalarsMin = 4
    /// A letter less, as one may have been left out.
    static let queryScalarsMin = 3

    /// The variants of a word, sorted and each once.
    static func all(of word: String) -> [String] {
        let start = Array(word.unicodeScalars.prefix(startScalars))
        var variants: Set<String> = [text(start)]
        for index in start.indices {
            var shorter = start
            shorter.remove(at: index)
            variants.insert(text(shorter))
        }
        return variants.sorted()
    }

    /// Errors that are forgiven: a second one in long words, as far as the variants reach.
    static func distanceMax(for word: String) -> Int {
        word.unicodeScalars.count >= 8 ? 2 : 1
    }

    private static func text(_ scalars: [Unicode.Scalar]) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}
