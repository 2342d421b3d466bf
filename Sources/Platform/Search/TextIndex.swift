package import Storage

/// Full-text search over the texts of one kind of thing, such as the captions of posts.
///
/// Owns the tables `<name>`, `<name>_term` and `<name>_variant`. A text is found from the transaction that put it. A
/// query is words, never syntax: each must be in the text, whatever its case and diacritics, and the last may be
/// unfinished. A word that no text has is taken for a misspelling of words that some text has. Results are ordered by
/// id, newest first; nothing is ranked.
package struct TextIndex: Sendable {
    /// No caption or description comes near; what is beyond is not found.
    static let textWordsMax = 2_000
    /// People type two or three; each costs a lookup.
    static let queryWordsMax = 8

    let name: String
    let vocabulary: Vocabulary

    /// - Parameter name: of the table: `post_text`. Letters and underscores of the program's own, as it becomes SQL.
    package init(name: String) {
        precondition(name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }, "a table's name")
        self.name = name
        vocabulary = Vocabulary(index: name)
    }

    /// What the owner's migration must do.
    package var steps: [Migration.Step] {
        [
            // The words arrive split and folded, so the tokenizer has nothing to do but split at spaces: `unicode61`
            // knows the letters of Unicode 6.1 only and would split words of later scripts. Nothing is ranked or
            // matched by position, so neither is stored. The key is the id with its sign changed: FTS5 reads from the
            // least key up in half the time that it takes to read down, and pages begin with the newest.
            .only(
                .sqlite,
                """
                CREATE VIRTUAL TABLE \(name)
                USING fts5(words, tokenize = 'ascii', prefix = '2 3', detail = none, columnsize = 0)
                """),
            // PostgreSQL has no FTS5. The words become lexemes as they are: `to_tsvector` would parse them once more.
            .only(
                .postgres,
                """
                CREATE TABLE \(name) (
                    id BIGINT PRIMARY KEY,
                    words TEXT NOT NULL,
                    lexemes TSVECTOR NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
                )
                """),
            .only(.postgres, "CREATE INDEX \(name)_lexemes ON \(name) USING gin (lexemes)"),
        ] + vocabulary.steps
    }

    /// Makes `text` what is found under `id`, instead of what was.
    package func put(_ id: Int64, text: String, in tx: WriteTransaction) throws {
        try putMany([(id, text)], in: tx)
    }

    /// As ``put(_:text:in:)`` for each, in few statements. Each id is there once.
    package func putMany(_ texts: [(id: Int64, text: String)], in tx: WriteTransaction) throws {
        let texts = texts.map { (id: $0.id, words: Words(of: $0.text, countMax: Self.textWordsMax).words) }
            // Within a transaction FTS5 gathers rows for as long as their keys grow.
            .sorted { key($0.id, tx) < key($1.id, tx) }
        var uses = try usesToForget(texts.map(\.id), in: tx)
        for word in texts.lazy.flatMap(\.words) { uses[word, default: 0] += 1 }
        try vocabulary.change(uses, in: tx)

        for batch in texts.batches(of: Vocabulary.batchSize) {
            let gone = batch.filter(\.words.isEmpty).map(\.id)
            if !gone.isEmpty { try delete(gone, in: tx) }
            let rows = batch.filter { !$0.words.isEmpty }
                .map { row -> SQL in "(\(key(row.id, tx)), \(row.words.joined(separator: " ")))" }
            if !rows.isEmpty { try insert(rows, in: tx) }
        }
    }

    /// Makes `id` not be found any more. Without effect when nothing is.
    ///
    /// Words that no other text has leave the vocabulary too, unless they were once in ``Vocabulary/usesMax`` texts.
    package func remove(_ id: Int64, in tx: WriteTransaction) throws {
        let uses = try usesToForget([id], in: tx)
        guard !uses.isEmpty else { return }
        try vocabulary.change(uses, in: tx)
        try delete([id], in: tx)
    }

    /// -1 for each use of a word in what is stored under `ids`.
    private func usesToForget(_ ids: [Int64], in tx: WriteTransaction) throws -> [String: Int] {
        var uses: [String: Int] = [:]
        for batch in ids.batches(of: Vocabulary.batchSize) {
            try tx.forEach("SELECT words FROM \(table) WHERE \(keyColumn(tx)) IN (\(list: keys(batch, tx)))") { row in
                for word in row.text(0).split(separator: " ") { uses[String(word), default: 0] -= 1 }
            }
        }
        return uses
    }

    private func insert(_ rows: [SQL], in tx: WriteTransaction) throws {
        switch tx.dialect {
        case .sqlite:
            // A virtual table takes no ON CONFLICT.
            try tx.execute("INSERT OR REPLACE INTO \(table) (rowid, words) VALUES \(joined: rows)")
        case .postgres:
            try tx.execute(
                """
                INSERT INTO \(table) (id, words)
                VALUES \(joined: rows)
                ON CONFLICT (id) DO UPDATE SET words = excluded.words
                """)
        }
    }

    private func delete(_ ids: [Int64], in tx: WriteTransaction) throws {
        try tx.execute("DELETE FROM \(table) WHERE \(keyColumn(tx)) IN (\(list: keys(ids, tx)))")
    }

    var table: SQL { "\(unsafeRaw: name)" }

    /// FTS5 calls its key so, and nothing else.
    func keyColumn(_ db: some Queryable) -> SQL {
        db.dialect == .sqlite ? "rowid" : "id"
    }

    /// The key under which an id is stored, and the id that is stored under a key.
    func key(_ id: Int64, _ db: some Queryable) -> Int64 {
        db.dialect == .sqlite ? -id : id
    }

    private func keys(_ ids: some Collection<Int64>, _ db: some Queryable) -> [Int64] {
        ids.map { key($0, db) }
    }
}

extension SQL.StringInterpolation {
    /// Parts with commas between them.
    mutating func appendInterpolation(joined parts: [SQL]) {
        for (index, part) in parts.enumerated() {
            if index > 0 { appendLiteral(", ") }
            appendInterpolation(part)
        }
    }
}

extension Array {
    func batches(of size: Int) -> some Sequence<ArraySlice<Element>> {
        stride(from: 0, to: count, by: size).lazy.map { self[$0..<Swift.min($0 + size, count)] }
    }
}
