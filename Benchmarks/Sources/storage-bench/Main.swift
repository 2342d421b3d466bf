/// Figures of SQLite alone, for Plaza's to be set against.
///
/// - `storage-bench inserts DATABASE SCRATCH COUNT`: one INSERT a transaction into a new file SCRATCH with the table
///   `engagement` of DATABASE, `synchronous = FULL`.
/// - `storage-bench transfers SCRATCH COUNT`: one transfer a transaction through GRDB into a new file SCRATCH,
///   `synchronous = FULL`.
/// - `storage-bench search DATABASE QUERIES SECONDS THREADS`: a page of posts for each line of QUERIES, over and over.
@main
struct StorageBench {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "inserts" where arguments.count == 4:
            let inserts = Inserts(source: arguments[1], scratch: arguments[2], count: Int(arguments[3]) ?? 1_000)
            print(#"{"per_second":\#(try inserts.perSecond())}"#)
        case "transfers" where arguments.count == 3:
            let transfers = Transfers(scratch: arguments[1], count: Int(arguments[2]) ?? 1_000)
            print(#"{"per_second":\#(try transfers.perSecond())}"#)
        case "search" where arguments.count == 5:
            let search = try Search(
                database: arguments[1], queries: arguments[2], seconds: Int(arguments[3]) ?? 5)
            print(#"{"per_second":\#(try await search.perSecond(threads: Int(arguments[4]) ?? 1))}"#)
        default:
            print(
                "usage: storage-bench inserts DATABASE SCRATCH COUNT | transfers SCRATCH COUNT"
                    + " | search DATABASE QUERIES SECONDS THREADS")
        }
    }
}
