import Storage

/// The words of all texts of an index, each with its use and the misspellings by which it is found.
struct Vocabulary {
    /// A word of more texts is no longer counted. So the commonest words, of which every text has some, are read and not
    /// written by those who publish at the same time.
    static let usesMax = 1_000
    /// Rows in a statement: two parameters each, of which SQLite takes 32,766 and PostgreSQL 65,535.
    static let batchSize = 256
    /// A misspelling has a handful of candidates in any language; a vocabulary made to have more must not cost more.
    static let candidatesMax = 1_000
    static let correctionsMax = 5

    private let term: SQL
    private let variant: SQL
    private let names: (term: String, variant: String)

    init(index: String) {
        names = ("\(index)_term", "\(index)_variant")
        term = "\(unsafeRaw: names.term)"
        variant = "\(unsafeRaw: names.variant)"
    }

    var steps: [Migration.Step] {
        [
            .table(names.term, clustered: true, columns: "term TEXT NOT NULL PRIMARY KEY, uses BIGINT NOT NULL"),
            .table(
                names.variant, clustered: true,
                columns: "variant TEXT NOT NULL, term TEXT NOT NULL, PRIMARY KEY (variant, term)"),
            // Words with one start lie together in the order of their bytes, which is SQLite's, but no locale's.
            .only(.postgres, "ALTER TABLE \(names.term) ALTER COLUMN term TYPE TEXT COLLATE \"C\""),
        ]
    }

    /// What is known of the words of a query, of which one may be `unfinished`.
    func known(among words: [String], unfinished: String?, in db: some Queryable) throws -> KnownWords {
        var sought: SQL = "SELECT term FROM \(term) WHERE term IN (\(list: words))"
        if let unfinished {
            sought = """
                \(sought)
                UNION ALL
                SELECT term
                FROM (
                    SELECT term
                    FROM \(term)
                    WHERE term >= \(unfinished) AND term < \(unfinished + "\u{10FFFF}")
                    ORDER BY term
                    LIMIT \(KnownWords.endingsMax + 1)
                ) AS begun
                """
        }
        var terms: Set<String> = []
        try db.forEach(sought) { terms.insert($0.text(0)) }
        let endings = unfinished.map { start in terms.filter { $0.utf8.starts(with: start.utf8) }.sorted() } ?? []
        var unknown = Set(words).subtracting(terms)
        if let unfinished, !endings.isEmpty { unknown.remove(unfinished) }
        return KnownWords(unknown: unknown, endings: endings)
    }

    /// The terms of which each word may be a misspelling: the nearest first, and of these the most used.
    func corrections(of words: Set<String>, in db: some Queryable) throws -> [String: [String]] {
        let words = words.filter { $0.unicodeScalars.count >= SpellingVariant.queryScalarsMin }
        guard !words.isEmpty else { return [:] }
        let variants = Set(words.flatMap(SpellingVariant.all)).sorted()
        var candidates: [String: Int64] = [:]
        try db.forEach(
            """
            SELECT term.term, term.uses
            FROM \(variant) AS variant CROSS JOIN \(term) AS term
            WHERE variant.variant IN (\(list: variants)) AND term.term = variant.term
            LIMIT \(Self.candidatesMax)
            """
        ) { candidates[$0.text(0)] = $0.integer(1) }

        var corrections: [String: [String]] = [:]
        for word in words {
            let best = Self.nearest(to: word, among: candidates)
            if !best.isEmpty { corrections[word] = best }
        }
        return corrections
    }

    private static func nearest(to word: String, among candidates: [String: Int64]) -> [String] {
        let distanceMax = SpellingVariant.distanceMax(for: word)
        let length = word.unicodeScalars.count
        return candidates.lazy
            .filter { abs($0.key.unicodeScalars.count - length) <= distanceMax }
            .map { (distance: SpellingDistance.between(word, $0.key), uses: $0.value, term: $0.key) }
            .filter { $0.distance <= distanceMax }
            .sorted { ($0.distance, -$0.uses, $0.term) < ($1.distance, -$1.uses, $1.term) }
            .prefix(correctionsMax)
            .map(\.term)
    }
}

/// What a vocabulary knows of the words of a query.
struct KnownWords {
    /// Beyond them the index itself looks for all words with that start.
    static let endingsMax = 32

    /// The words that are no term, nor the start of one that may still be typed.
    let unknown: Set<String>
    /// The terms that the unfinished word starts, itself among them. More than ``endingsMax`` are not all there are.
    let endings: [String]
}

extension Vocabulary {
    /// Adds to the uses of words, or takes from them. Words without use are forgotten.
    func change(_ uses: [String: Int], in tx: WriteTransaction) throws {
        var added: [String] = []
        var gone: [String] = []
        let changes = uses.filter { $0.value != 0 }.sorted { $0.key < $1.key }
        for batch in changes.batches(of: Self.batchSize) {
            try count(Array(batch), in: tx) { term, usesNow in
                if usesNow <= 0 {
                    gone.append(term)
                } else if usesNow == uses[term] ?? 0 {
                    added.append(term)
                }
            }
        }
        try addVariants(of: added.filter(Self.hasVariants).sorted(), in: tx)
        try forget(gone.sorted(), in: tx)
    }

    /// Visits each word with its uses now, but those that have ``usesMax``.
    private func count(_ changes: [(key: String, value: Int)], in tx: WriteTransaction, _ visit: (String, Int) -> Void)
        throws
    {
        let rows = Self.padded(
            changes.map { change -> SQL in "(\(change.key), CAST(\(change.value) AS BIGINT))" },
            with: "('', CAST(0 AS BIGINT))")
        // The row is left alone before ON CONFLICT sees it, as PostgreSQL would lock it there.
        try tx.forEach(
            """
            WITH change(term, uses) AS (VALUES \(joined: rows))
            INSERT INTO \(term) (term, uses)
            SELECT change.term, change.uses
            FROM change LEFT JOIN \(term) AS known ON known.term = change.term
            WHERE change.term <> '' AND COALESCE(known.uses, 0) < \(Self.usesMax)
            ORDER BY change.term
            ON CONFLICT (term) DO UPDATE SET uses = \(term).uses + excluded.uses
            RETURNING term, uses
            """
        ) { visit($0.text(0), $0.int(1)) }
    }

    private func addVariants(of terms: [String], in tx: WriteTransaction) throws {
        let rows = terms.flatMap { term in
            SpellingVariant.all(of: term).map { variant -> SQL in "(\(variant), \(term))" }
        }
        for batch in rows.batches(of: Self.batchSize) {
            guard let last = batch.last else { continue }
            try tx.execute(
                """
                INSERT INTO \(variant) (variant, term)
                VALUES \(joined: Self.padded(Array(batch), with: last))
                ON CONFLICT (variant, term) DO NOTHING
                """)
        }
    }

    private func forget(_ terms: [String], in tx: WriteTransaction) throws {
        for batch in terms.batches(of: Self.batchSize) {
            try tx.execute("DELETE FROM \(term) WHERE term IN (\(list: batch))")
        }
        for term in terms where Self.hasVariants(term) {
            try tx.execute(
                """
                DELETE FROM \(variant)
                WHERE variant IN (\(list: SpellingVariant.all(of: term))) AND term = \(term)
                """)
        }
    }

    private static func hasVariants(_ term: String) -> Bool {
        term.unicodeScalars.count >= SpellingVariant.termScalarsMin
    }

    /// To a power of two, so that lists of any length share a few prepared statements.
    private static func padded(_ rows: [SQL], with filler: SQL) -> [SQL] {
        var size = 1
        while size < rows.count { size *= 2 }
        return rows + Array(repeating: filler, count: size - rows.count)
    }
}
