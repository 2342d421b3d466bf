package import Storage

extension TextIndex {
    /// The ids of the texts that have all words of `query`, newest first.
    ///
    /// Two statements, or three when a word is misspelt.
    /// - Parameter before: the last id of the page before, which this page continues.
    package func search(_ query: String, before: Int64? = nil, limit: Int, in db: some Queryable) throws -> [Int64] {
        guard let found = try matches(query, in: db) else { return [] }
        return try db.rows(
            """
            SELECT found.id
            FROM \(found)
            WHERE found.place > \(-(before ?? .max))
            ORDER BY found.place
            LIMIT \(limit)
            """
        ) { $0.integer(0) }
    }

    /// The same as a source of rows `found(id, place)`, to be joined with the caller's own table in one statement; nil
    /// when no text matches. One statement, or two when a word is misspelt. `place` is the id with its sign changed, so
    /// that the newest comes first.
    ///
    /// The index must lead, so that it stops when the page is full; `CROSS JOIN` makes SQLite keep the order:
    /// ```
    /// SELECT post.id, post.caption
    /// FROM \(found) CROSS JOIN post
    /// WHERE post.id = found.id AND found.place > \(-before)
    /// ORDER BY found.place
    /// LIMIT \(limit)
    /// ```
    package func matches(_ query: String, in db: some Queryable) throws -> SQL? {
        let typed = Words(of: query, countMax: Self.queryWordsMax)
        guard let words = try alternatives(for: typed, in: db) else { return nil }
        switch db.dialect {
        case .sqlite:
            let expression = words.map(\.fts5).joined(separator: " AND ")
            return "(SELECT -rowid AS id, rowid AS place FROM \(table) WHERE \(table) MATCH \(expression)) AS found"
        case .postgres:
            let expression = words.map(\.tsquery).joined(separator: " & ")
            return "(SELECT id, -id AS place FROM \(table) WHERE lexemes @@ CAST(\(expression) AS TSQUERY)) AS found"
        }
    }

    /// For each word what a text must have in its place; nil when none has.
    private func alternatives(for typed: Words, in db: some Queryable) throws -> [QueryWord]? {
        guard let last = typed.words.last else { return nil }
        // A single letter starts too much of any vocabulary to be of use.
        let unfinished = typed.endsInWord && last.unicodeScalars.count > 1 ? last : nil
        let known = try vocabulary.known(among: typed.words, unfinished: unfinished, in: db)
        let corrections = try vocabulary.corrections(of: known.unknown, in: db)
        var words: [QueryWord] = []
        for word in typed.words {
            if !known.unknown.contains(word) {
                words.append(word == unfinished ? .begun(word, known.endings) : .anyOf([word]))
            } else if let terms = corrections[word] {
                words.append(.anyOf(terms))
            } else {
                return nil
            }
        }
        return words
    }
}

/// What a text must have for one word of a query. Terms are letters and digits, so that quotes make them plain text.
private enum QueryWord {
    case anyOf([String])
    case start(String)

    /// FTS5 reads all texts of all words with a start before it finds the first, and those of a few words side by side
    /// as far as the page needs: 2 ms against 0.2 in 100,000 posts.
    static func begun(_ start: String, _ endings: [String]) -> Self {
        endings.count > KnownWords.endingsMax ? .start(start) : .anyOf(endings)
    }

    var fts5: String {
        switch self {
        case .anyOf(let terms): "(" + terms.map { "\"\($0)\"" }.joined(separator: " OR ") + ")"
        case .start(let start): "\"\(start)\"*"
        }
    }

    var tsquery: String {
        switch self {
        case .anyOf(let terms): "(" + terms.map { "'\($0)'" }.joined(separator: " | ") + ")"
        case .start(let start): "'\(start)':*"
        }
    }
}
