/// What is wrong with a CSV file, and where.
package struct CSVError: Error, Equatable, Sendable {
    /// Stable, for programs: the raw values are never renamed.
    package enum Reason: String, Sendable, CaseIterable {
        /// The file ends inside a quoted field. The line is where the quote was opened.
        case unterminatedQuote
        /// Something other than a separator follows a closing quote.
        case textAfterQuote
        case fieldTooLong
        case rowTooLong
        /// The header has more columns than the limit.
        case tooManyColumns
        /// The row has more or fewer columns than the header.
        case wrongColumnCount
        /// The header lacks a column that is needed.
        case missingColumn
        /// Two columns of the header have one name.
        case repeatedColumn
        case invalidUTF8
        /// There is not even a header.
        case emptyFile
        /// The field is not a whole number of 64 bits.
        case badNumber
    }

    package let reason: Reason
    /// The first line of the file is 1.
    package let line: Int
    /// The name of the column, where the reason is about one.
    package let column: String?

    package init(_ reason: Reason, line: Int, column: String? = nil) {
        self.reason = reason
        self.line = line
        self.column = column
    }
}

/// The system would not let the file be read.
package struct CSVFileError: Error, Equatable, Sendable {
    package let path: String
    /// As `errno` had it.
    package let code: Int32
}
