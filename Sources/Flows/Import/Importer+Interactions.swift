import CSV
import Core
import Social
import Storage

extension Importer {
    /// Looks whether a file of interactions can be read and has the columns, without a database.
    /// - Throws: ``ImportStopped``.
    package static func checkInteractions(path: String) throws {
        try ImportFile(path: path).require(["user", "item", "weight"])
    }

    /// Imports who played what how often, from a CSV file with the columns `user`, `item` and `weight`.
    ///
    /// An item becomes one post, by the first user who plays it in the file, and a weight that many watches of it. An
    /// item's post is found by its key, and a pair of user and item counts once.
    /// - Parameter batchRows: rows in a transaction: the default takes some seconds.
    /// - Throws: ``ImportStopped``, with what was committed before.
    package func importInteractions(
        path: String, batchRows: Int = 100_000, progress: @escaping @Sendable (ImportProgress) -> Void = { _ in }
    ) async throws -> ImportReport {
        try await run(path: path, progress: progress) { file in
            try await readInteractions(&file, batchRows: batchRows, progress: progress)
        }
    }

    private func readInteractions(
        _ file: inout ImportFile, batchRows: Int, progress: @Sendable (ImportProgress) -> Void
    ) async throws {
        let reader = file.reader
        let (user, item) = (try reader.index(of: "user"), try reader.index(of: "item"))
        let weight = try reader.index(of: "weight")
        let history = ImportHistory(clock)
        let writer = InteractionWriter(people: people, social: social, ids: ids, clock: clock)
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
