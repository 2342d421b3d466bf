import PlazaTesting
import Storage
import Testing

@testable import Search

private let index = TextIndex(name: "post_text")
private let migrations = [Migration("test.001 texts", index.steps)]

/// A database in which each text is indexed under its position, from 1.
private func withTexts(_ texts: [String], _ body: (any Database) async throws -> Void) async throws {
    try await withDatabase(migrations) { database async throws in
        try await database.write { tx in
            for (position, text) in texts.enumerated() { try index.put(Int64(position + 1), text: text, in: tx) }
        }
        try await body(database)
    }
}

extension Database {
    fileprivate func search(_ query: String, before: Int64? = nil, limit: Int = 100) async throws -> [Int64] {
        try await read { db in try index.search(query, before: before, limit: limit, in: db) }
    }

    fileprivate func vocabulary() async throws -> [String: Int64] {
        let rows = try await read { db in
            try db.rows("SELECT term, uses FROM post_text_term /* scan: a test's few words */") {
                ($0.text(0), $0.integer(1))
            }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    fileprivate func variantCount() async throws -> Int64 {
        try await read { db in
            try db.integer("SELECT COUNT(*) FROM post_text_variant /* scan: a test's few words */")
        }
    }
}

@Suite struct Searching {
    private static let texts = [
        "Linen shirt, blue. Made in Porto",  // 1
        "Blue wool jacket",  // 2
        "Crème brûlée for DÉJÀ-VU lovers",  // 3
        "Red shirts AND blue shorts NOT linen",  // 4
        "🧥🔥 jacket 🔥",  // 5
        "Handmade ceramics: cups:plates*bowls",  // 6
        "Elegant accessories for everybody",  // 7
        "Straße, Ελλάς, Ёлка, हिन्दी, 東京",  // 8
    ]

    @Test(
        arguments: [
            ("shirt", [4, 1]), ("shirt ", [1]), ("SHIRT,", [1]), ("shirts", [4]),
            ("blue", [4, 2, 1]), ("blue linen", [4, 1]), ("linen blue shirt", [4, 1]), ("blue sh", [4, 1]),
            ("jac", [5, 2]), ("ja", [5, 2]), ("blue jacket ", [2]), ("jacket red ", []),
            ("creme", [3]), ("CRÈME BRU", [3]), ("cre\u{300}me", [3]), ("deja vu", [3]),
            ("strasse", [8]), ("STRASSE", [8]), ("ελλασ", [8]), ("ΕΛΛΆΣ", [8]), ("елка", [8]), ("हिन्दी", [8]), ("東", []),
            ("東京", [8]),
            ("", []), (" ", []), ("...", []), ("🔥", []), ("🔥 jacket 🔥", [5, 2]), ("\u{0}", []), ("'; DROP TABLE x", []),
        ] as [(String, [Int64])])
    func everyWordMustMatchAndTheLastMayBeUnfinished(query: String, ids: [Int64]) async throws {
        try await withTexts(Self.texts) { database async throws in
            #expect(try await database.search(query) == ids)
        }
    }

    @Test(
        arguments: [
            ("\"shirt\"", [1]), ("blue AND linen", [4]), ("blue NOT linen", [4]), ("shirt* ", [1]),
            ("^blue", [4, 2, 1]),
            ("words:blue ", []), ("blue + linen", [4, 1]), ("-blue", [4, 2, 1]), ("(blue) ", [4, 2, 1]),
            ("blue \"", [4, 2, 1]),
            ("plates*bowls", [6]), ("cups:plates", [6]), ("{blue linen}: shirt", [4, 1]), ("blue' --", [4, 2, 1]),
            ("% _", []),
            ("post_text", []), ("\\", []),
        ] as [(String, [Int64])])
    func aQueryIsNeverSyntax(query: String, ids: [Int64]) async throws {
        try await withTexts(Self.texts) { database async throws in
            #expect(try await database.search(query) == ids)
        }
    }

    @Test(arguments: [
        "OR", "NEAR", "NOT", "AND", "NEAR(blue, 2)", "blue OR", "blue OR shirt", "a:b", "\"\"\"\"", "*", "rank",
    ])
    func keywordsOfTheEngineAreWords(query: String) async throws {
        try await withTexts(["or near not and blue shirt a b rank 2", "blue"]) { database async throws in
            let ids = try await database.search(query + " ")
            #expect(ids == (query.contains { $0.isLetter } ? [1] : []))
        }
    }

    @Test(
        arguments: [
            ("jackket", [5, 2]), ("jcket", [5, 2]), ("jaxket", [5, 2]), ("jakcet", [5, 2]), ("xjacket", [5, 2]),
            ("jacketx", [5, 2]), ("acket", [5, 2]), ("blu jakcet ", [2]), ("linne shrit", [1]), ("créme brulé", [3]),
            ("handmede", [6]), ("handmdee", [6]), ("acessories", [7]), ("accessorise", [7]), ("acessorise", [7]),
            ("everybdoyy", [7]), ("jxckxt", []), ("eleagntt", []), ("ed ", []), ("blew", []),
        ] as [(String, [Int64])])
    func aWordThatNoTextHasIsAMisspelling(query: String, ids: [Int64]) async throws {
        try await withTexts(Self.texts) { database async throws in
            #expect(try await database.search(query) == ids)
        }
    }

    @Test func aWordThatSomeTextHasIsNoMisspelling() async throws {
        try await withTexts(["shirt", "shift", "shirts"]) { database async throws in
            #expect(try await database.search("shift") == [2])
            #expect(try await database.search("shif") == [2])
            #expect(try await database.search("shirt red") == [])
        }
    }

    @Test func theNearestAndMostUsedTermsStandForAMisspelling() async throws {
        let terms = ["shirt", "shift", "short", "shist", "shint", "shibt", "shiat"]
        try await withTexts(terms + ["shiat", "shibt", "shint", "shist", "shirt"]) { database async throws in
            let ids = try await database.search("shixt")
            #expect(ids == [12, 11, 10, 9, 8, 7, 6, 5, 4, 1])
        }
    }

    @Test func pagesContinueWhereTheOneBeforeEnded() async throws {
        try await withTexts((1...50).map { $0.isMultiple(of: 3) ? "blue shirt \($0)" : "red shirt" }) {
            database async throws in
            let all = try await database.search("shirt blue")
            #expect(all == stride(from: Int64(48), through: 3, by: -3).map { $0 })
            var pages: [Int64] = []
            while true {
                let page = try await database.search("blue shirt", before: pages.last, limit: 5)
                if page.isEmpty { break }
                pages += page
                // What is published while somebody reads on does not move the pages behind.
                let newest = 1000 + Int64(pages.count)
                try await database.write { tx in try index.put(newest, text: "blue shirt", in: tx) }
            }
            #expect(pages == all)
        }
    }

    @Test func aLongTextIsFoundByItsFirstWordsAndALongQueryByItsFirstEight() async throws {
        let long = (0..<TextIndex.textWordsMax + 1).map { "word\($0)" }.joined(separator: " ")
        let endless = String(repeating: "x", count: 5_000)
        try await withTexts([long, endless + " y"]) { database async throws in
            #expect(try await database.search("word0 word1999 ") == [1])
            #expect(try await database.search("word2000 ") == [1], "as a misspelling of word200")
            #expect(try await database.vocabulary()["word2000"] == nil)
            #expect(try await database.search((0..<8).map { "word\($0) " }.joined() + "absent") == [1])
            #expect(try await database.search(endless) == [2])
            #expect(try await database.search(long) == [1])
        }
    }

    @Test func joinsWithTheCallersTableInOneStatement() async throws {
        let posts = Migration.Step.table("post", columns: "id BIGINT PRIMARY KEY, likes BIGINT NOT NULL")
        try await withDatabase([Migration("test.001 posts", index.steps + [posts])]) { database async throws in
            let likes = try await database.write { tx in
                for id in 1...200 as ClosedRange<Int64> {
                    try tx.execute("INSERT INTO post (id, likes) VALUES (\(id), \(id * 10))")
                    try index.put(id, text: "blue shirt", in: tx)
                }
                let found = try #require(try index.matches("shirt blu", in: tx))
                let statement: SQL = """
                    SELECT post.id, post.likes
                    FROM \(found) CROSS JOIN post
                    WHERE post.id = found.id AND found.place > \(-150)
                    ORDER BY found.place
                    LIMIT \(3)
                    """
                let plan = try tx.rows("EXPLAIN QUERY PLAN \(statement)") { $0.text(3) }
                #expect(
                    plan.count == 2 && plan[0].contains("VIRTUAL TABLE") && plan[1].hasPrefix("SEARCH post"), "\(plan)")
                return try tx.rows(statement) { $0.integer(1) }
            }
            #expect(likes == [1490, 1480, 1470])
        }
    }

    @Test func aSearchIsTwoStatementsAndThreeWhenMisspelt() async throws {
        try await withTexts(Self.texts) { database async throws in
            for (query, statements) in [("blue shirt", 2), ("blew", 2), ("blue shrit", 3), ("", 0)] {
                let scope = WorkScope()
                try await WorkScope.$current.withValue(scope) { _ = try await database.search(query) }
                #expect(scope.statements == statements, "\(query)")
            }
        }
    }
}

@Suite struct Indexing {
    @Test func aReplacedTextIsFoundByItsNewWordsOnly() async throws {
        try await withTexts(["blue shirt", "blue jacket"]) { database async throws in
            try await database.write { tx in try index.put(1, text: "green shirt", in: tx) }
            #expect(try await database.search("blue") == [2])
            #expect(try await database.search("green shirt") == [1])
            #expect(try await database.vocabulary() == ["blue": 1, "green": 1, "jacket": 1, "shirt": 1])
            try await database.write { tx in try index.put(1, text: "🔥", in: tx) }
            #expect(try await database.search("shirt") == [])
        }
    }

    @Test func aRemovedTextAndItsOwnWordsAreGone() async throws {
        try await withTexts(["blue shirt", "blue jacket"]) { database async throws in
            try await database.write { tx in
                try index.remove(2, in: tx)
                try index.remove(2, in: tx)
                try index.remove(99, in: tx)
            }
            #expect(try await database.search("blue") == [1])
            #expect(try await database.search("jacket") == [])
            #expect(try await database.search("jakcet") == [])
            #expect(try await database.vocabulary() == ["blue": 1, "shirt": 1])
            try await database.write { tx in try index.remove(1, in: tx) }
            #expect(try await database.variantCount() == 0)
            #expect(try await database.vocabulary() == [:])
        }
    }

    @Test func aTransactionThatFailsLeavesNothing() async throws {
        struct Refused: Error {}
        try await withTexts(["blue"]) { database async throws in
            await #expect(throws: Refused.self) {
                try await database.write { tx in
                    try index.put(2, text: "blue green", in: tx)
                    throw Refused()
                }
            }
            #expect(try await database.search("blue") == [1])
            #expect(try await database.vocabulary() == ["blue": 1])
        }
    }

    @Test func manyAtOnceAreAsOneByOne() async throws {
        var random = Random(state: 7)
        let texts = (1...700).map { id in
            (
                id: Int64(id),
                text: (0..<6).map { _ in "term\(UInt8.random(in: 0...90, using: &random))" }.joined(separator: " ")
            )
        }
        let (first, rest) = (texts.prefix(40), Array(texts.dropFirst(20).reversed()))
        try await withDatabase(migrations) { one async throws in
            try await withDatabase(migrations) { many async throws in
                try await one.write { tx in
                    for text in first + rest { try index.put(text.id, text: text.text, in: tx) }
                }
                try await many.write { tx in
                    try index.putMany(Array(first), in: tx)
                    try index.putMany(rest, in: tx)
                }
                #expect(try await one.vocabulary() == many.vocabulary())
                #expect(try await one.variantCount() == many.variantCount())
                for term in 0...90 {
                    let expected = texts.filter { $0.text.split(separator: " ").contains("term\(term)") }.map(\.id)
                    #expect(try await many.search("term\(term) ", limit: 1000) == expected.reversed())
                }
            }
        }
    }

    @Test func theCommonestWordsAreNoLongerCounted() async throws {
        try await withDatabase(migrations) { database async throws in
            let max = Vocabulary.usesMax
            try await database.write { tx in
                try index.putMany((1...max).map { (Int64($0), "common") }, in: tx)
                try index.put(Int64(max + 1), text: "common rare", in: tx)
            }
            #expect(try await database.vocabulary() == ["common": Int64(max), "rare": 1])
            #expect(try await database.search("common", limit: 2) == [Int64(max + 1), Int64(max)])
        }
    }
}

@Suite struct PostgresSchema {
    /// Until an engine runs them here, that they are there.
    @Test func hasAGinIndexAndBytewiseOrder() {
        let statements = Migration("test.001 texts", index.steps).statements(for: .postgres)
        #expect(statements.count == 5)
        #expect(statements.contains { $0.contains("USING gin (lexemes)") })
        #expect(statements.contains { $0.contains("COLLATE \"C\"") })
    }
}

/// Knuth's MMIX generator: the same numbers for the same seed.
struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
