package import Accounts
import CSV
package import Core
package import Social
package import Storage

/// Imports who played what how often, from a CSV file with the columns `user`, `item` and `weight`.
///
/// An item becomes one post, by the first user who plays it in the file, and a weight that many watches of it. Applied
/// in batches of one transaction each. Again is the same: an item's post is found by its key, and a pair of user and
/// item counts once.
package struct ImportInteractions: Sendable {
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
        batchRows: Int = 10_000
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
        try ImportFile(path: path).require(["user", "item", "weight"])
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
        let reader = file.reader
        let (user, item) = (try reader.index(of: "user"), try reader.index(of: "item"))
        let weight = try reader.index(of: "weight")
        let history = ImportHistory(clock)
        let writer = InteractionWriter(
            people: ImportPeople(
                accounts: accounts, social: social, ids: IDGenerator(node: node, clock: clock),
                createdAt: history.start),
            social: social, ids: IDGenerator(node: node, clock: clock), clock: clock)
        var known = InteractionBatch.Known()
        var count = batchRows
        while count == batchRows {
            var batch = InteractionBatch(time: history.time(at: file.share))
            var faults: [ImportReport.FaultyRow] = []
            count = try file.read(upTo: batchRows) { row in
                let weight = (try? row.wholeNumber(weight)) ?? 0
                return batch.take(row.text(user), row.text(item), weight: weight, line: row.line, &known)
            } faulty: { line, fault in
                faults.append(.init(line: line, fault: fault))
            }
            batch.endTime = history.time(at: file.share)
            let ready = batch
            let applied = try await database.write { tx in try writer.apply(ready, in: tx) }
            for (key, person) in applied.newPeople { known.people.keep(person, for: key) }
            for (key, item) in applied.newItems { known.items.keep(item, for: key) }
            file.committed(rows: count) { applied.add(to: &$0, faults) }
            progress(file.progress)
        }
    }
}
