import CSV
import Core

/// A file on its way in, and the report on it.
struct ImportFile {
    let reader: CSVReader
    /// Of what is committed.
    private(set) var report = ImportReport()
    private let startedAt = monotonicNanoseconds()

    init(path: String) throws {
        do {
            reader = try CSVReader(path: path)
        } catch {
            throw ImportStopped(cause: error, report: ImportReport())
        }
    }

    func require(_ columns: [String]) throws {
        do {
            for column in columns { _ = try reader.index(of: column) }
        } catch {
            throw ImportStopped(cause: error, report: report)
        }
    }

    /// Reads some rows; `take` refuses one by returning what is wrong with it.
    /// - Parameter faulty: told of rows that are skipped.
    /// - Returns: how many rows were read; fewer than `limit` at the file's end.
    func read(
        upTo limit: Int, take: (CSVRow) -> ImportFault?, faulty: (_ line: Int, ImportFault) -> Void
    ) throws -> Int {
        for count in 0..<limit {
            do {
                guard let row = try reader.next() else { return count }
                if let fault = take(row) { faulty(row.line, fault) }
            } catch let error as CSVError {
                guard let fault = ImportFault(error.reason) else { throw error }
                faulty(error.line, fault)
            }
        }
        return limit
    }

    mutating func committed(rows: Int, _ change: (inout ImportReport) -> Void) {
        report.rowsRead += rows
        change(&report)
        report.seconds = Double(monotonicNanoseconds() - startedAt) / 1e9
        report.rowsPerSecond = Double(report.rowsRead) / max(report.seconds, 1e-9)
    }

    mutating func filled(timelines: Int) {
        report.timelinesFilled = timelines
        report.seconds = Double(monotonicNanoseconds() - startedAt) / 1e9
    }

    var progress: ImportProgress {
        ImportProgress(phase: .reading, count: report.rowsRead, share: share)
    }

    /// How much of the file has been read, from 0 to 1.
    var share: Double {
        Double(reader.bytesRead) / Double(max(reader.totalBytes, 1))
    }
}
