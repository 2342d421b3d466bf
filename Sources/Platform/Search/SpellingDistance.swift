/// How many typing errors lie between two words.
enum SpellingDistance {
    /// The number of letters inserted, left out, replaced, or swapped with their neighbour, where nothing is edited
    /// twice (optimal string alignment; Boytsov 2011, https://doi.org/10.1145/1963190.1963191, section 2.2).
    ///
    /// O(the product of the lengths), which ``Words/scalarsMax`` bounds.
    static func between(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 1..<(left.count + 1) {
            var current = [row]
            for column in 1..<(right.count + 1) {
                let isSame = left[row - 1] == right[column - 1]
                var best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    best = min(best, beforeLast[column - 2] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
