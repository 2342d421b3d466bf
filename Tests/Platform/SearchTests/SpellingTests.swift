import Testing

@testable import Search

@Suite struct Spelling {
    @Test(arguments: [
        ("shirt", "shirt", 0), ("shirt", "shirts", 1), ("shirt", "hirt", 1), ("shirt", "short", 1),
        ("shirt", "shrit", 1),
        ("", "abc", 3), ("kitten", "sitting", 3), ("ca", "abc", 3), ("abcd", "badc", 2),
    ])
    func distanceCountsTypingErrors(left: String, right: String, distance: Int) {
        #expect(SpellingDistance.between(left, right) == distance)
        #expect(SpellingDistance.between(right, left) == distance)
    }

    /// Whatever single error is made in a word, wherever: a variant is shared.
    @Test(arguments: ["abcd", "jacket", "handmade", "accessories", "aaaaaaaaaa"])
    func oneErrorAwayAlwaysSharesAVariant(word: String) {
        let variants = Set(SpellingVariant.all(of: word))
        for misspelt in misspellings(of: word) {
            #expect(SpellingDistance.between(word, misspelt) <= 1)
            #expect(!variants.isDisjoint(with: SpellingVariant.all(of: misspelt)), "\(misspelt)")
        }
    }

    @Test func aWordHasNineVariantsAtMost() {
        #expect(SpellingVariant.all(of: "abcdefghijkl").count == 9)
        #expect(SpellingVariant.all(of: "aaaaaaaa") == ["aaaaaaa", "aaaaaaaa"])
    }

    private func misspellings(of word: String) -> [String] {
        let letters = Array(word)
        var all: [[Character]] = []
        for index in letters.indices {
            all.append(Array(letters[..<index] + letters[(index + 1)...]))
            for letter in "axz" {
                all.append(letters[..<index] + [letter] + letters[(index + 1)...])
                all.append(letters[..<index] + [letter] + letters[index...])
                all.append(letters + [letter])
            }
            if index > 0 {
                var swapped = letters
                swapped.swapAt(index - 1, index)
                all.append(swapped)
            }
        }
        return all.map { String($0) }
    }
}

@Suite struct WordSplitting {
    @Test(
        arguments: [
            ("Hello, World", ["hello", "world"], true), ("don't stop.", ["don", "t", "stop"], false),
            ("  ", [], false), ("a A a", ["a"], true), ("#sale50 @ann_b", ["sale50", "ann", "b"], true),
            ("İstanbul", ["istanbul"], true), ("n\u{303}", ["n"], true), ("5\u{FE0F}\u{20E3}", ["5"], false),
            ("so\u{AD}ft", ["soft"], true), ("سَلام", ["سلام"], true), ("Đặng Łódź", ["dang", "lodz"], true),
            ("\u{301}a", ["a"], true), ("½", ["½"], true), ("👩‍👩‍👧", [], false),
        ] as [(String, [String], Bool)])
    func wordsAreFoldedLettersAndDigits(text: String, words: [String], endsInWord: Bool) {
        let split = Words(of: text, countMax: 100)
        #expect(split.words == words)
        #expect(split.endsInWord == endsInWord)
    }

    /// SQLite's own tokenizer folds the letters of Latin in the same way, but for those it does not decompose.
    @Test func everyDecomposableLetterIsInTheTable() {
        let composed = (0xC0...0x24F as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init).filter { scalar in
            "abcdefghijklmnopqrstuvwxyz".contains { letter in
                (0x300...0x331 as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init).contains { mark in
                    // Equality of strings is canonical equivalence.
                    String(scalar) == "\(letter)\(mark)"
                }
            }
        }
        #expect(composed.count > 100)
        for scalar in composed {
            #expect(Words(of: String(scalar), countMax: 1).words.first?.utf8.count == 1, "\(scalar)")
        }
    }

    @Test func whateverTheTextTheWordsAreTheirOwnFolding() {
        for value in 0...0x2FFFF as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let words = Words(of: "a\(scalar)b", countMax: 10).words
            let again = Words(of: words.joined(separator: " "), countMax: 10).words
            #expect(words == again, "U+\(String(value, radix: 16))")
        }
    }
}
