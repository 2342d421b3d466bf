import Accounts
import CSV
import Core
import Social
import Storage

extension Importer {
    /// Looks whether a file of follows can be read and has the columns, without a database.
    /// - Throws: ``ImportStopped``.
    package static func checkFollows(path: String) throws {
        try ImportFile(path: path).require(["follower", "followee"])
    }

    /// Imports who follows whom from a CSV file with the columns `follower` and `followee`. Edges that are there are
    /// counted as duplicates.
    /// - Parameter batchRows: rows in a transaction. Each writes most pages of the index by followee anew, so larger
    ///   ones are faster; the default takes some 2 s and 60 MiB.
    /// - Throws: ``ImportStopped``, with what was committed before.
    package func importFollows(
        path: String, batchRows: Int = 500_000, progress: @escaping @Sendable (ImportProgress) -> Void = { _ in }
    ) async throws -> ImportReport {
        try await run(path: path, progress: progress) { file in
            try await readFollows(&file, batchRows: batchRows, progress: progress)
        }
    }

    private func readFollows(
        _ file: inout ImportFile, batchRows: Int, progress: @Sendable (ImportProgress) -> Void
    ) async throws {
        let (follower, followee) = (try file.reader.index(of: "follower"), try file.reader.index(of: "followee"))
        let people = people
        var cache = ImportKeyCache<ID<Account>>()
        var count = batchRows
        while count == batchRows {
            var batch = FollowBatch()
            var faults: [ImportReport.FaultyRow] = []
            count = try file.read(upTo: batchRows) { row in
                batch.take(row.text(follower), row.text(followee), line: row.line, &cache)
            } faulty: { line, fault in
                faults.append(.init(line: line, fault: fault))
            }
            let (ready, social) = (batch, social)
            let applied = try await database.write { tx in try ready.apply(people, social, in: tx) }
            for (key, person) in applied.newlyKnown { cache.keep(person, for: key) }
            file.committed(rows: count) { report in
                report.peopleCreated += applied.peopleCreated
                report.followsCreated += applied.followsCreated
                report.duplicates += applied.duplicates
                for row in (faults + applied.faults).sorted(by: { $0.line < $1.line }) {
                    report.skip(line: row.line, row.fault)
                }
            }
            progress(file.progress)
        }
    }
}

/// Some rows of the file, and what to do with them.
private struct FollowBatch: Sendable {
    private struct Row: Sendable {
        let follower: Int32
        let followee: Int32
        let line: Int
    }

    struct Applied: Sendable {
        var peopleCreated = 0
        var followsCreated = 0
        var duplicates = 0
        var faults: [ImportReport.FaultyRow] = []
        var newlyKnown: [(String, ID<Account>)] = []
    }

    private var people = ImportKeys<ID<Account>>()
    private var rows: [Row] = []

    mutating func take(
        _ follower: String, _ followee: String, line: Int, _ cache: inout ImportKeyCache<ID<Account>>
    ) -> ImportFault? {
        guard let from = people.person(follower, &cache), let to = people.person(followee, &cache) else {
            return .invalidKey
        }
        rows.append(Row(follower: from, followee: to, line: line))
        return nil
    }

    func apply(_ creator: ImportPeople, _ social: SocialService, in tx: WriteTransaction) throws -> Applied {
        var people = people
        let unknown = people.unknown
        var applied = Applied(peopleCreated: try creator.resolve(&people, in: tx))
        applied.newlyKnown = unknown.compactMap { number in people.values[number].map { (people.keys[number], $0) } }

        let placed = place(people, &applied)
        let added = try social.addFollows(placed.map(\.edge), in: tx)
        applied.followsCreated = added.addedCount
        applied.duplicates += placed.count - added.addedCount - added.refused.count
        if !added.refused.isEmpty {
            for row in placed where added.refused.contains(row.edge) {
                applied.faults.append(.init(line: row.line, fault: .refused))
            }
        }
        return applied
    }

    /// The edges in the order of their key, each once.
    private func place(
        _ people: ImportKeys<ID<Account>>, _ applied: inout Applied
    ) -> [(edge: FollowEdge, line: Int)] {
        var placed: [(edge: FollowEdge, line: Int)] = []
        placed.reserveCapacity(rows.count)
        for row in rows {
            guard let follower = people[row.follower], let followee = people[row.followee] else { continue }
            if follower == followee {
                applied.faults.append(.init(line: row.line, fault: .followsSelf))
            } else {
                placed.append((FollowEdge(follower: follower, followee: followee), row.line))
            }
        }
        placed.sort { ($0.edge, $0.line) < ($1.edge, $1.line) }
        var last: FollowEdge?
        let count = placed.count
        placed.removeAll { row in
            defer { last = row.edge }
            return row.edge == last
        }
        applied.duplicates += count - placed.count
        return placed
    }
}
