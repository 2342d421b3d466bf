import App
import ArgumentParser
import Core
import Storage

/// Options of every command that lists the first of some rows, and how it shows them.
struct ListingOptions: ParsableArguments {
    @OptionGroup var shared: SharedOptions
    @Option(help: "How many at most, 1 to 1000.") var limit = 100
    @Flag(help: "For scripts.") var json = false

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit is 1 to 1000.") }
    }

    func show<Row: Sendable>(
        _ read: @escaping @Sendable (_ limit: Int, ReadTransaction) throws -> [Row], json: (Row) -> JSON,
        header: [String], cells: (Row) -> [String]
    ) async throws {
        let limit = limit
        let rows = try await shared.withDatabase { database in
            try await database.read { try read(limit, $0) }
        }
        if self.json {
            Output.json(.array(rows.map(json)))
        } else {
            Output.table([header] + rows.map(cells))
        }
    }
}
