package import Storage

extension TextIndex {
    /// A text that is not found as it should be.
    package struct Difference: Sendable {
        package let id: Int64
        /// Nil where nothing should be found.
        package let expected: String?
        /// Nil where nothing is found.
        package let found: String?
    }

    /// Visits what differs between the index and `texts`, which are all that it should hold under these ids.
    package func forEachDifference(
        from texts: [(id: Int64, text: String)], after: Int64, through: Int64, in db: some Queryable,
        _ body: (Difference) -> Void
    ) throws {
        var expected: [Int64: String] = [:]
        for (id, text) in texts {
            let words = Words(of: text, countMax: Self.textWordsMax).words
            if !words.isEmpty { expected[id] = words.joined(separator: " ") }
        }
        let ends = [key(after + 1, db), key(through, db)].sorted()
        try db.forEach(
            """
            SELECT \(keyColumn(db)), words
            FROM \(table)
            WHERE \(keyColumn(db)) >= \(ends[0]) AND \(keyColumn(db)) <= \(ends[1])
            """
        ) { row in
            let (id, found) = (key(row.integer(0), db), row.text(1))
            let text = expected.removeValue(forKey: id)
            if text != found { body(Difference(id: id, expected: text, found: found)) }
        }
        for (id, text) in expected.sorted(by: { $0.key < $1.key }) {
            body(Difference(id: id, expected: text, found: nil))
        }
    }
}
