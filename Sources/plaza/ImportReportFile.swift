import Core
import Foundation
import Market

/// What became of each row of an imported file, as CSV: line, outcome, handle, code, remedy.
struct ImportReportFile {
    private static let rowsAtOnce = 10_000

    private let handle: FileHandle

    /// Begins the file, before anything is imported.
    /// - Throws: what keeps it from being written.
    init(path: String) throws {
        try Data("line,outcome,handle,code,remedy\n".utf8).write(to: URL(filePath: path))
        handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seekToEnd()
    }

    func write(_ id: ID<CatalogImport>, from market: MarketService) async throws {
        var line: Int64 = 0
        while true {
            let rows = try await market.reportedRows(of: id, after: line, limit: Self.rowsAtOnce)
            try handle.write(contentsOf: Data(rows.map(\.csv).joined().utf8))
            guard rows.count == Self.rowsAtOnce, let last = rows.last else { return try handle.close() }
            line = last.line
        }
    }
}

extension ImportedRow {
    fileprivate var csv: String {
        let fields = [outcome.name, handle, fault?.rawValue ?? "", fault?.explanation ?? ""]
        return "\(line)," + fields.map(\.quotedForCSV).joined(separator: ",") + "\n"
    }
}

extension String {
    fileprivate var quotedForCSV: String {
        guard contains(where: { "\",\n\r".contains($0) }) else { return self }
        return "\"" + replacing("\"", with: "\"\"") + "\""
    }
}
