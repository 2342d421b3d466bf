/// One row of a file: a view into the reader's window, readable until the next row is asked for.
package struct CSVRow {
    let reader: CSVReader
    /// The line on which the row starts.
    package let line: Int

    /// The bytes of a field, valid UTF-8, without its quotes. They are gone with the next row.
    package func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8> {
        reader.field(column)
    }

    package func text(_ column: Int) -> String {
        String(decoding: bytes(column), as: UTF8.self)
    }

    package func isEmpty(_ column: Int) -> Bool {
        bytes(column).isEmpty
    }

    /// A field of decimal digits, with a minus sign in front perhaps.
    /// - Throws: ``CSVError`` with `badNumber`, also when it does not fit.
    package func integer(_ column: Int) throws(CSVError) -> Int64 {
        let bytes = bytes(column)
        let isNegative = bytes.first == UInt8(ascii: "-")
        var value: Int64 = 0
        var isOverflown = bytes.count == (isNegative ? 1 : 0)
        for byte in bytes.dropFirst(isNegative ? 1 : 0) {
            let digit = byte &- UInt8(ascii: "0")
            // Counted downwards, as the least number has no positive counterpart.
            let (product, overflowsProduct) = value.multipliedReportingOverflow(by: 10)
            let (difference, overflowsDifference) = product.subtractingReportingOverflow(Int64(digit))
            isOverflown = isOverflown || digit > 9 || overflowsProduct || overflowsDifference
            value = difference
        }
        guard !isOverflown, isNegative || value != .min else {
            throw CSVError(.badNumber, line: line, column: reader.columns[column])
        }
        return isNegative ? value : -value
    }

    /// A whole number however a spreadsheet or statistics program wrote it: `324660`, `324660.0`, `3.2466e+05`.
    /// - Throws: ``CSVError`` with `badNumber`, also for fractions and beyond 2⁵³, where such programs lose digits.
    package func wholeNumber(_ column: Int) throws(CSVError) -> Int64 {
        do {
            return try integer(column)
        } catch {
            // Swift would read hexadecimal as well.
            let isDecimal = bytes(column).allSatisfy { "0123456789.eE+-".utf8.contains($0) }
            guard isDecimal, let value = Double(text(column)), value.magnitude <= 0x1p53,
                let whole = Int64(exactly: value)
            else { throw error }
            return whole
        }
    }
}
