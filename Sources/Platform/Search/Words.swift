/// The words of a text: runs of letters and digits, lower-case, without diacritics.
///
/// Marks that are no diacritics, such as the vowels of Devanagari and Thai, belong to their word. A text without spaces
/// between its words, as in Chinese, is one word up to the next punctuation.
struct Words {
    /// Longer than any word of a dictionary; what is beyond is cut off, in texts and in queries alike.
    static let scalarsMax = 64

    private(set) var words: [String] = []
    /// Whether the text ends with the last of the words, so that it may be unfinished.
    private(set) var endsInWord = false

    private let countMax: Int
    private var seen: Set<String> = []
    private var word = String.UnicodeScalarView()
    private var wordCount = 0

    /// - Parameter countMax: how many different words are taken, from the start of the text.
    init(of text: String, countMax: Int) {
        self.countMax = countMax
        for scalar in text.unicodeScalars {
            append(scalar)
            if words.count == countMax { return }
        }
        endsInWord = wordCount > 0
        endWord()
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x61...0x7A, 0x30...0x39:
            appendFolded(scalar)
        case 0x41...0x5A:
            appendFolded(Unicode.Scalar(UInt8(scalar.value) | 0x20))
        case 0..<0x80:
            endWord()
        default:
            appendBeyondASCII(scalar)
        }
    }

    private mutating func appendBeyondASCII(_ scalar: Unicode.Scalar) {
        // Soft hyphens and the joiners of Persian stand within words without being part of them.
        if scalar.properties.isDefaultIgnorableCodePoint { return }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            for lower in scalar.properties.lowercaseMapping.unicodeScalars where !isDiacritic(lower) {
                if let base = Diacritics.bases[lower] {
                    for letter in base.unicodeScalars { appendFolded(letter) }
                } else {
                    appendFolded(lower)
                }
            }
        case .nonspacingMark, .spacingMark:
            if wordCount > 0, !isDiacritic(scalar) { appendFolded(scalar) }
        default:
            endWord()
        }
    }

    /// Marks that are set above or below (combining classes from 200), and the points of Hebrew and Arabic (10 to 36).
    private func isDiacritic(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        let combiningClass = scalar.properties.canonicalCombiningClass.rawValue
        return combiningClass >= 200 || (10...36).contains(combiningClass)
    }

    private mutating func appendFolded(_ scalar: Unicode.Scalar) {
        if wordCount < Self.scalarsMax { word.append(scalar) }
        wordCount += 1
    }

    private mutating func endWord() {
        guard wordCount > 0 else { return }
        let text = String(word)
        if seen.insert(text).inserted { words.append(text) }
        word = String.UnicodeScalarView()
        wordCount = 0
    }
}
