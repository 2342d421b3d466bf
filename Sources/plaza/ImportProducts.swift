import App
import ArgumentParser
import Core
import Foundation
import Market

struct ImportProducts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "products", abstract: "A shop's products: a CSV file of Shopify, WooCommerce or Etsy.",
        discussion: """
            A product whose handle the shop has is brought to what the file says; others are made. Nothing is deleted.
            Shopify's inventory file sets stock and nothing else. Products that cannot be taken are listed and passed
            over; what was left out of others is a warning. A file that was written before the shop's last sale is
            refused unless --stock says what becomes of its quantities. Importing again changes nothing, and completes an
            import that was interrupted. The exit code is 2 when something was passed over, and 1 when the file could not be
            read to its end.
            """)
    /// A screen of them; the report has them all.
    private static let rowsListedMax = 20

    @OptionGroup var shared: SharedOptions
    @Argument(help: "The file.") var file: String
    @Option(help: "The shop's handle.") var shop: String
    @Option(help: "shopify, inventory, woocommerce or etsy. Guessed from the header unless told.")
    var format: CatalogFormat?
    @Option(help: "set or keep: whether quantities of variants that are there are set or stay.") var stock: StockChoice?
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
            let options = options
            if stock == nil, !dryRun { try await market.requireFresh(options, shop.id) }
            let run = try await market.importFile(file, options, into: shop) { run in
                line.show(
                    count: Int(run.rowsRead), unit: "rows", share: Double(run.bytesDone) / Double(max(run.bytes, 1)))
            }
            line.finish()
            let seconds = Double(monotonicNanoseconds() - start) / 1e9
            let skipped = try await market.remarkableRows(of: run.id, limit: Self.rowsListedMax)
            if json {
                Output.json(run.json(skipped, seconds: seconds))
            } else {
                run.describe(skipped, seconds: seconds)
            }
            try await report?.write(run, from: market)
            if run.state == .failed { throw ExitCode(1) }
            if run.skipped > 0 { throw ExitCode(2) }
        }
    }
}

extension ImportProducts {
    enum StockChoice: String, ExpressibleByArgument, CaseIterable {
        case set, keep
    }

    private var options: ImportOptions {
        var options = ImportOptions(isDryRun: dryRun)
        options.format = format
        options.keepsStock = stock == .keep
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        options.writtenAt = (attributes?[.modificationDate] as? Date).map {
            Timestamp(microseconds: Int64($0.timeIntervalSince1970 * 1e6))
        }
        return options
    }
}

extension CatalogFormat: ExpressibleByArgument {}
extension ShopifyColumns: ExpressibleByArgument {}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write data to files.", subcommands: [Products.self])

    struct Products: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A shop's products as Shopify's product CSV, on standard output. May run beside a server.")
        @OptionGroup var shared: SharedOptions
        @Option(help: "The shop's handle.") var shop: String
        @Option(help: "classic, or 2025 for the names that Shopify's columns have since then.")
        var columns = ShopifyColumns.classic

        func run() async throws {
            try await shared.withPlaza(.beside) { plaza in
                let shop = try await plaza.market.shop(.handle(shop.lowercased()))
                _ = try await plaza.market.exportCatalog(of: shop.id, columns: columns) { try Output.bytes($0) }
            }
        }
    }
}

extension CatalogImport {
    fileprivate func describe(_ rows: [ImportedRow], seconds: Double) {
        Output.table([
            ["rows read", "\(rowsRead)"], ["products created", "\(created)"], ["products updated", "\(updated)"],
            ["products unchanged", "\(unchanged)"], ["products skipped", "\(skipped)"],
            ["products with warnings", "\(warned)"],
            ["rows a second", "\(Int(Double(rowsRead) / max(seconds, 1e-9)))"],
        ])
        for note in notes { Output.say("\(note.value): \(note.kind.explanation)") }
        for row in rows { row.describe() }
        if isDryRun { Output.say("Nothing was changed: this was a dry run.") }
        if let failure { Output.complain("plaza: \(failure) What was read before stays.") }
    }

    fileprivate func json(_ rows: [ImportedRow], seconds: Double) -> JSON {
        [
            "import": .string("\(id)"), "dry_run": .bool(isDryRun), "state": .string(state.name),
            "failure": failure.map { .string($0) } ?? .null, "rows": .integer(rowsRead), "created": .integer(created),
            "updated": .integer(updated), "unchanged": .integer(unchanged), "skipped": .integer(skipped),
            "warned": .integer(warned), "format": format.map { .string($0.rawValue) } ?? .null,
            "notes": .array(notes.map { ["code": .string($0.kind.rawValue), "value": .string($0.value)] }),
            "faults": .array(rows.flatMap { row in row.finding.map { [row.json($0)] } ?? [] }),
            "warnings": .array(rows.flatMap { row in row.warnings.map(row.json) }),
            "seconds": .number(seconds), "rows_per_second": .number(Double(rowsRead) / max(seconds, 1e-9)),
        ]
    }
}

extension ImportedRow {
    fileprivate func describe() {
        for finding in (finding.map { [$0] } ?? []) + warnings {
            let place = finding.column.isEmpty ? "" : ", \(finding.column)"
            let value = finding.value.isEmpty ? "" : " (\(finding.value))"
            Output.say("line \(line)\(place): \(finding.explanation)\(value)")
        }
    }

    fileprivate func json(_ finding: CatalogFinding) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "line", value: .integer(line)), .init(name: "code", value: .string(finding.fault.rawValue)),
        ]
        if !finding.column.isEmpty { members.append(.init(name: "column", value: .string(finding.column))) }
        if !finding.value.isEmpty { members.append(.init(name: "value", value: .string(finding.value))) }
        return .object(members)
    }
}
