extension SQL.StringInterpolation {
    /// `VALUES` of many rows.
    /// - Parameters:
    ///   - template: the parameters of one row, such as `(?, CAST(? AS BIGINT))`: where nothing else tells PostgreSQL
    ///     a parameter's type, it must be cast.
    ///   - values: those of all rows, in order.
    package mutating func appendInterpolation(values: [SQLValue], rows: Int, of template: StaticString) {
        text.append("VALUES ")
        for row in 0..<rows {
            if row > 0 { text.append(", ") }
            template.withUTF8Buffer { text.append(String(decoding: $0, as: UTF8.self)) }
        }
        bindings.append(contentsOf: values)
    }
}

extension WriteTransaction {
    /// Rows in a statement at most: SQLite takes 32,766 parameters.
    private static let rowsMax = 256

    /// Runs a statement over rows, many at a time and in order.
    ///
    /// Batches are powers of two, so that any number of rows shares nine prepared statements.
    /// - Parameters:
    ///   - bind: appends the parameters of one row, as many as `template` has.
    ///   - statement: makes the statement around its `VALUES`.
    ///   - visit: sees each row that the statement answers.
    /// - Returns: the number of rows changed.
    @discardableResult
    package func executeMany<Element>(
        _ rows: [Element], as template: StaticString, _ bind: (Element, inout [SQLValue]) -> Void,
        statement: (SQL) -> SQL, returning visit: (Row) throws -> Void = { _ in }
    ) throws -> Int {
        var changed = 0
        var start = 0
        var values: [SQLValue] = []
        while start < rows.count {
            var size = Self.rowsMax
            while size > rows.count - start { size /= 2 }
            values.removeAll(keepingCapacity: true)
            for row in rows[start..<start + size] { bind(row, &values) }
            changed += try connection.run(statement("\(values: values, rows: size, of: template)"), visit)
            start += size
        }
        return changed
    }

    /// Runs a statement once for each row, in order.
    ///
    /// For rows by the hundred thousand. A statement of many rows must be able to undo half of itself: for that SQLite
    /// keeps a copy of each page it is about to change, and so it does for `RETURNING`. One row needs neither.
    /// - Parameters:
    ///   - statement: with a `?` for each parameter of a row.
    ///   - bind: appends the parameters of one row.
    ///   - visit: sees each row for which the statement changed anything.
    package func executeEach<Element>(
        _ rows: [Element], _ statement: SQL, _ bind: (Element, inout [SQLValue]) -> Void,
        changed visit: (Element) -> Void = { _ in }
    ) throws {
        var statement = statement
        for row in rows {
            statement.bindings.removeAll(keepingCapacity: true)
            bind(row, &statement.bindings)
            if try connection.run(statement, { _ in }) > 0 { visit(row) }
        }
    }
}

extension Queryable {
    /// Values in an `IN` list at most.
    private static var listMax: Int { 1_024 }

    /// Visits the rows that a query answers for each part of a list that is too long for one statement.
    package func forEach<Value>(
        in list: [Value], _ statement: (ArraySlice<Value>) -> SQL, _ body: (Row) throws -> Void
    ) throws {
        for start in stride(from: 0, to: list.count, by: Self.listMax) {
            try forEach(statement(list[start..<min(start + Self.listMax, list.count)]), body)
        }
    }
}
