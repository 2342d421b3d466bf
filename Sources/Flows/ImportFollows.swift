package import Accounts
import CSV
package import Core
package import Social
package import Storage

/// Imports who follows whom from a CSV file with the columns `follower` and `followee`.
///
/// Applied in batches of one transaction each. Again is the same: edges that are there are counted as duplicates. When
/// the file ends, the home feeds of those who follow somebody new are filled.
package struct ImportFollows: Sendable {
    private let database: any Database
    private let accounts: AccountsService
    private let social: SocialService
    private let clock: WallClock
    private let node: Int
    private let batchRows: Int

    /// - Parameters:
    ///   - node: of this process, for ids that carry past times.
    ///   - batchRows: rows in a transaction. The writer is held for some 0.2 s by the default.
    package init(
        database: any Database, accounts: AccountsService, social: SocialService, clock: WallClock, node: Int,
        batchRows: Int = 20_000
    ) {
        self.database = database
        self.accounts = accounts
        self.social = social
        self.clock = clock
        self.node = node
        self.batchRows = batchRows
    }

    /// Looks whether the file can be read and has the columns, without a database.
    /// - Throws: ``ImportStopped``.
    package static func check(path: String) throws {
        try ImportFile(path: path).require(["follower", "followee"])
    }

    /// - Throws: ``ImportStopped``, with what was committed before.
    package func run(
        path: String, progress: @escaping @Sendable (ImportProgress) -> Void = { _ in }
    ) async throws -> ImportReport {
        var file = try ImportFile(path: path)
        do {
            try await read(&file, progress: progress)
            file.filled(
                timelines: try await social.fillTimelines { filled, total in
                    progress(.init(phase: .fillingTimelines, filled, of: total))
                })
        } catch {
            throw ImportStopped(cause: error, report: file.report)
        }
        return file.report
    }

    private func read(_ file: inout ImportFile, progress: @Sendable (ImportProgress) -> Void) async throws {
        let (follower, followee) = (try file.reader.index(of: "follower"), try file.reader.index(of: "followee"))
        let people = ImportPeople(
            accounts: accounts, social: social, ids: IDGenerator(node: node, clock: clock),
            createdAt: ImportHistory(clock).start)
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
