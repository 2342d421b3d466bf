package import Storage

/// FTS5 writes what is new into segments of its own, and a search looks into each of them: with nineteen it took twice
/// the time that it took with one, measured with 100,000 posts. FTS5 merges some by itself while it writes, as many as keeps writing
/// cheap. The rest is merged here, in pieces, when there is time. PostgreSQL's index is in one piece.
extension TextIndex {
    /// Fewer segments than this are not worth a pass over the whole index.
    static let segmentsToMerge = 6
    /// Pages of 4 KiB that a piece reads and writes, and holds the writer for: some ten milliseconds.
    private static let pagesInPiece = 500
    /// A pass writes the whole index. Spread over the time until the next one it stays below 1 MiB a second.
    private static let pagesPerSecond = 250

    /// When to merge: nil while there are few segments, else in so many seconds. One statement.
    package func secondsUntilMerge(in db: some Queryable) throws -> Int64? {
        guard let segments = try segments(in: db), segments.count >= Self.segmentsToMerge else { return nil }
        return Int64(max(10, segments.pages / Self.pagesPerSecond))
    }

    /// Merges a piece of the index.
    /// - Parameter isFirst: of a pass, which decides what is merged.
    /// - Returns: whether something is left to do.
    package func mergePiece(isFirst: Bool, in tx: WriteTransaction) throws -> Bool {
        guard tx.dialect == .sqlite else { return false }
        if isFirst, try segments(in: tx).map({ $0.count < 2 }) ?? true { return false }
        // A negative number begins a pass over all segments, a positive one goes on with it; a piece that changes fewer
        // than two rows has found nothing: https://www.sqlite.org/fts5.html#the_merge_command
        let before = try tx.integer("SELECT total_changes()")
        let pages = isFirst ? -Self.pagesInPiece : Self.pagesInPiece
        try tx.execute("INSERT INTO \(table) (\(table), rank) VALUES ('merge', \(pages))")
        return try tx.integer("SELECT total_changes()") - before >= 2
    }

    /// How many segments there are, and their pages; nil without FTS5.
    func segments(in db: some Queryable) throws -> (count: Int, pages: Int)? {
        guard db.dialect == .sqlite else { return nil }
        let structure = try db.first("SELECT block FROM \(unsafeRaw: name)_data WHERE id = 10") { $0.bytes(0) }
        return structure.flatMap { SegmentStructure($0).map { ($0.segmentCount, $0.pageCount) } }
    }
}

/// FTS5's record of its segments, as `fts5_index.c` of SQLite describes it: a cookie of four bytes, then numbers of seven
/// bits a byte. Levels, segments and a counter of writes; for each level its merge and its segments; for each segment
/// its id, first and last page.
private struct SegmentStructure {
    let segmentCount: Int
    private(set) var pageCount = 0

    init?(_ bytes: [UInt8]) {
        var rest = bytes.dropFirst(4)
        // Newer versions mark a record that has more in each segment; Plaza's tables are not of that kind.
        guard rest.first != 0xFF, let levels = rest.popNumber(), let segments = rest.popNumber(),
            rest.popNumber() != nil
        else { return nil }
        segmentCount = segments
        for _ in 0..<levels {
            guard rest.popNumber() != nil, let count = rest.popNumber() else { return nil }
            for _ in 0..<count {
                guard rest.popNumber() != nil, let first = rest.popNumber(), let last = rest.popNumber() else {
                    return nil
                }
                pageCount += last - first + 1
            }
        }
    }
}

extension ArraySlice<UInt8> {
    /// SQLite's variable-length integer: seven bits a byte, the most significant first. Nil at the end, or for a ninth byte.
    fileprivate mutating func popNumber() -> Int? {
        var number = 0
        for _ in 0..<8 {
            guard let byte = popFirst() else { return nil }
            number = number << 7 | Int(byte & 0x7F)
            if byte < 0x80 { return number }
        }
        return nil
    }
}
