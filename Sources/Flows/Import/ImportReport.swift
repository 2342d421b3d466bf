import CSV
import Glibc

/// What an import has done.
package struct ImportReport: Sendable {
    /// Rows of the file that were looked at, good or bad.
    package internal(set) var rowsRead = 0
    package internal(set) var peopleCreated = 0
    package internal(set) var postsCreated = 0
    package internal(set) var followsCreated = 0
    /// Pairs of a person and a post; each has a number of watches.
    package internal(set) var watchesCreated = 0
    /// Rows that say what the file or the database says already.
    package internal(set) var duplicates = 0
    package internal(set) var skipped: [ImportFault: Int] = [:]
    /// The first ``faultsListedMax`` of the skipped rows.
    package internal(set) var faults: [FaultyRow] = []
    package internal(set) var timelinesFilled = 0
    package internal(set) var seconds = 0.0
    /// Without the time that filling timelines took.
    package internal(set) var rowsPerSecond = 0.0

    package struct FaultyRow: Sendable, Equatable {
        /// The first line of the file is 1.
        package let line: Int
        package let fault: ImportFault
    }

    static let faultsListedMax = 20

    mutating func skip(line: Int, _ fault: ImportFault) {
        skipped[fault, default: 0] += 1
        if faults.count < Self.faultsListedMax { faults.append(FaultyRow(line: line, fault: fault)) }
    }
}

/// Why a row is skipped while the import goes on. Raw values are stable, for programs.
package enum ImportFault: String, Sendable, CaseIterable {
    case wrongColumnCount = "wrong_column_count"
    case invalidUTF8 = "invalid_utf8"
    case invalidKey = "invalid_key"
    case followsSelf = "follows_self"
    case refused
    case invalidItem = "invalid_item"
    case invalidWeight = "invalid_weight"
    case postDeleted = "post_deleted"

    package var explanation: String {
        switch self {
        case .wrongColumnCount: "It has more or fewer columns than the header."
        case .invalidUTF8: "It is not UTF-8."
        case .invalidKey:
            "A person's key is a number of at most 29 digits, or 3 to 30 of a–z, 0–9, _ and ., starting with a letter or digit."
        case .followsSelf: "Nobody follows themselves."
        case .refused: "A block lies between the two, or one of them has left."
        case .invalidItem: "An item's key has 1 to 200 bytes."
        case .invalidWeight: "A weight is a whole number from 1 to 1000000000."
        case .postDeleted: "The post that was made of the item has been deleted."
        }
    }

    /// Nil for what ends the reading of a file.
    init?(_ reason: CSVError.Reason) {
        switch reason {
        case .wrongColumnCount: self = .wrongColumnCount
        case .invalidUTF8: self = .invalidUTF8
        default: return nil
        }
    }
}

/// How far an import is.
package struct ImportProgress: Sendable {
    package enum Phase: Sendable {
        case reading
        case fillingTimelines
    }

    package let phase: Phase
    /// Rows that were read, or home feeds that were filled.
    package let count: Int
    /// Of the file's bytes, or of the home feeds, from 0 to 1.
    package let share: Double
}

extension ImportProgress {
    /// Others may add to the total meanwhile.
    init(phase: Phase, _ count: Int, of total: Int) {
        self.init(phase: phase, count: count, share: total > count ? Double(count) / Double(total) : 1)
    }
}

/// An import that could not go on. What it had committed stays, and running it again completes it.
package struct ImportStopped: Error, CustomStringConvertible {
    package let cause: any Error
    /// Of what was committed before.
    package let report: ImportReport

    package var description: String {
        let kept =
            report.rowsRead == 0
            ? "Nothing has been imported."
            : "The first \(report.rowsRead) rows have been imported and stay; importing again, once it is mended, "
                + "passes over them."
        return "\(Self.explanation(of: cause)) \(kept)"
    }

    private static func explanation(of cause: any Error) -> String {
        switch cause {
        case let error as CSVError: "Line \(error.line): \(error.explanation)"
        case let error as CSVFileError: "\(error.path) cannot be read: \(String(cString: strerror(error.code)))."
        default: "The database refused: \(cause)."
        }
    }
}

extension CSVError {
    fileprivate var explanation: String {
        switch reason {
        case .unterminatedQuote: "the file ends inside a quoted field: it may have been cut off."
        case .textAfterQuote: "something other than a comma follows a closing quote."
        case .fieldTooLong: "a field is too long."
        case .rowTooLong: "the row is too long."
        case .tooManyColumns: "the header has too many columns."
        case .wrongColumnCount: ImportFault.wrongColumnCount.explanation
        case .missingColumn: "the column \"\(column ?? "")\" is missing in the header."
        case .repeatedColumn: "the column \"\(column ?? "")\" is twice in the header."
        case .invalidUTF8: ImportFault.invalidUTF8.explanation
        case .emptyFile: "the file is empty: it lacks even a header."
        case .badNumber: "the field is not a whole number."
        }
    }
}
