import PlazaTesting
import Storage
import Testing

@testable import Search

private let index = TextIndex(name: "post_text")

@Suite struct MergingTests {
    @Test func mergingChangesNothingButTheSegments() async throws {
        try await withDatabase([Migration("test.001 texts", index.steps)]) { database in
            let words = ["bowl", "cup", "kiln", "glaze", "blue", "green", "clay"]
            // A segment a write: FTS5 merges by itself from sixteen on. Some texts change again and one goes, which leaves
            // marks of what is gone.
            for write in 0..<10 {
                try await database.write { tx in
                    let texts = (write * 6 + 1...write * 6 + 6).map { id in
                        (id: Int64(id), text: "\(words[id % 7]) \(words[id % 5]) w\(id)")
                    }
                    try index.putMany(texts, in: tx)
                }
            }
            try await database.write { tx in
                try index.putMany((1...9).map { (id: Int64($0), text: "\(words[$0 % 3]) again") }, in: tx)
            }
            try await database.write { tx in try index.remove(20, in: tx) }
            let queries = words + ["again", "w1", "w33", "blue bowl", "cup aga", "glase"]
            let found = try await database.read { db in try queries.map { try index.search($0, limit: 99, in: db) } }
            #expect(Set(found.map(\.count)).count > 3)
            let before = try #require(try await database.read { db in try index.segments(in: db) })
            #expect(before.count >= TextIndex.segmentsToMerge)
            #expect(try await database.read { db in try index.secondsUntilMerge(in: db) } != nil)

            var pieces = 0
            while try await database.write({ [pieces] tx in try index.mergePiece(isFirst: pieces == 0, in: tx) }) {
                pieces += 1
                try #require(pieces < 100, "merging does not come to an end")
            }
            let after = try #require(try await database.read { db in try index.segments(in: db) })
            #expect(after.count == 1)
            #expect(try await database.read { db in try index.secondsUntilMerge(in: db) } == nil)
            #expect(try await database.write { tx in try index.mergePiece(isFirst: true, in: tx) } == false)
            #expect(
                try await database.read { db in try queries.map { try index.search($0, limit: 99, in: db) } } == found)
        }
    }
}
