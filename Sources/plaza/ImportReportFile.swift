import Core
import Foundation
import Market

/// What became of each row of an imported file, as CSV: line, outcome, handle, code, column,
/// value, remedy. A row has a line for each finding, and one where there is none. What concerns the file is in line 1.
struct ImportReportFile {
    private static let rowsAtOnce = 10_000

    private let handle: FileHandle

    /// Begins the file, before anything is imported.
    /// - Throws: what keeps it from being written.
    init(path: String) throws {
        try Data("line,outcome,handle,code,column,value,remedy\n".utf8).write(to: URL(filePath: path))
        handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seekToEnd()
    }

    func write(_ run: CatalogImport, from market: MarketService) async throws {
        let id = run.id
        let notes = run.notes.map { note in
            ImportedRow.csv(1, ["file", "", note.kind.rawValue, "", note.value, note.kind.explanation])
        }
        try handle.write(contentsOf: Data(notes.joined().utf8))
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
        let findings = (finding.map { [$0] } ?? []) + warnings
        if findings.isEmpty { return Self.csv(line, [outcome.name, handle, "", "", "", ""]) }
        return findings.map { finding in
            Self.csv(
                line,
                [outcome.name, handle, finding.fault.rawValue, finding.column, finding.value, finding.explanation])
        }.joined()
    }

    fileprivate static func csv(_ line: Int64, _ fields: [String]) -> String {
        "\(line)," + fields.map(\.quotedForCSV).joined(separator: ",") + "\n"
    }
}

extension String {
    fileprivate var quotedForCSV: String {
        guard contains(where: { "\",\n\r".contains($0) }) else { return self }
        return "\"" + replacing("\"", with: "\"\"") + "\""
    }
}
