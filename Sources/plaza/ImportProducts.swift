import App
import ArgumentParser
import Core
import Market

struct ImportProducts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "products", abstract: "A shop's products: Shopify's product CSV.",
        discussion: """
            A product whose handle the shop has is brought to what the file says; others are made. Nothing is deleted.
            Products that cannot be taken are listed and passed over. Importing again changes nothing, and completes an
            import that was interrupted. The exit code is 2 when something was passed over, and 1 when the file could not be
            read to its end.
            """)
    /// A screen of them; the report has them all.
    private static let rowsListedMax = 20

    @OptionGroup var shared: SharedOptions
    @Argument(help: "The file.") var file: String
    @Option(help: "The shop's handle.") var shop: String
    @Flag(help: "Only report what would be done.") var dryRun = false
    @Option(help: ArgumentHelp("Write what became of each row to this file, as CSV.", valueName: "report-file"))
    var report: String?
    @Flag(help: "For scripts.") var json = false

    func run() async throws {
        let report = try report.map { try ImportReportFile(path: $0) }
        try await shared.withPlaza(.filling) { plaza in
            let market = plaza.market
            let shop = try await market.shop(.handle(shop.lowercased()))
            let line = ProgressLine("products")
            defer { line.finish() }
            let start = monotonicNanoseconds()
            let run = try await market.importFile(file, isDryRun: dryRun, into: shop) { run in
                line.show(
                    count: Int(run.rowsRead), unit: "rows", share: Double(run.bytesDone) / Double(max(run.bytes, 1)))
            }
            line.finish()
            let seconds = Double(monotonicNanoseconds() - start) / 1e9
            let skipped = try await market.skippedRows(of: run.id, limit: Self.rowsListedMax)
            if json {
                Output.json(run.json(skipped, seconds: seconds))
            } else {
                run.describe(skipped, seconds: seconds)
            }
            try await report?.write(run.id, from: market)
            if run.state == .failed { throw ExitCode(1) }
            if run.skipped > 0 { throw ExitCode(2) }
        }
    }
}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write data to files.", subcommands: [Products.self])

    struct Products: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A shop's products as Shopify's product CSV, on standard output. May run beside a server.")
        @OptionGroup var shared: SharedOptions
        @Option(help: "The shop's handle.") var shop: String

        func run() async throws {
            try await shared.withPlaza(.beside) { plaza in
                let shop = try await plaza.market.shop(.handle(shop.lowercased()))
                _ = try await plaza.market.exportCatalog(of: shop.id) { try Output.bytes($0) }
            }
        }
    }
}

extension CatalogImport {
    fileprivate func describe(_ rows: [ImportedRow], seconds: Double) {
        Output.table([
            ["rows read", "\(rowsRead)"], ["products created", "\(created)"], ["products updated", "\(updated)"],
            ["products unchanged", "\(unchanged)"], ["products skipped", "\(skipped)"],
            ["rows a second", "\(Int(Double(rowsRead) / max(seconds, 1e-9)))"],
        ])
        for row in rows { Output.say("line \(row.line): \(row.fault?.explanation ?? "")") }
        if isDryRun { Output.say("Nothing was changed: this was a dry run.") }
        if let failure { Output.complain("plaza: \(failure) What was read before stays.") }
    }

    fileprivate func json(_ rows: [ImportedRow], seconds: Double) -> JSON {
        [
            "import": .string("\(id)"), "dry_run": .bool(isDryRun), "state": .string(state.name),
            "failure": failure.map { .string($0) } ?? .null, "rows": .integer(rowsRead), "created": .integer(created),
            "updated": .integer(updated), "unchanged": .integer(unchanged), "skipped": .integer(skipped),
            "faults": .array(
                rows.map { ["line": .integer($0.line), "code": .string($0.fault?.rawValue ?? "")] }),
            "seconds": .number(seconds), "rows_per_second": .number(Double(rowsRead) / max(seconds, 1e-9)),
        ]
    }
}
