package import Core

/// A statement and its parameters.
///
/// Written as a string literal in which every `\(value)` is a bound parameter, never text:
/// ```
/// try db.rows("SELECT handle FROM account WHERE id = \(account)") { $0.text(0) }
/// ```
/// The text of a statement is the same on every run, so that it is prepared once per connection.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// Statement text with a `?` for each binding, in order.
    package private(set) var text: String
    package internal(set) var bindings: [SQLValue]

    package init(stringLiteral value: String) {
        text = value
        bindings = []
    }

    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        bindings = stringInterpolation.bindings
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        var text: String
        var bindings: [SQLValue]

        package init(literalCapacity: Int, interpolationCount: Int) {
            text = ""
            text.reserveCapacity(literalCapacity + interpolationCount)
            bindings = []
            bindings.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            text.append(literal)
        }

        package mutating func appendInterpolation(_ value: some SQLBindable) {
            text.append("?")
            bindings.append(value.sqlValue)
        }

        package mutating func appendInterpolation(_ value: (some SQLBindable)?) {
            text.append("?")
            bindings.append(value?.sqlValue ?? .null)
        }

        /// The members of an `IN (…)`. The list is padded with its last value to a power of two, so that lists of any
        /// length share a few prepared statements. An empty list matches nothing.
        package mutating func appendInterpolation(list values: some Collection<some SQLBindable>) {
            guard !values.isEmpty else {
                text.append("NULL")
                return
            }
            var size = 1
            while size < values.count { size *= 2 }
            text.append("?")
            for _ in 1..<size { text.append(", ?") }
            var last = SQLValue.null
            for value in values {
                last = value.sqlValue
                bindings.append(last)
            }
            for _ in values.count..<size { bindings.append(last) }
        }

        /// A part of a statement with bindings of its own.
        package mutating func appendInterpolation(_ fragment: SQL) {
            text.append(fragment.text)
            bindings.append(contentsOf: fragment.bindings)
        }

        /// Text that goes into the statement as it is. Only for names that the program itself made.
        package mutating func appendInterpolation(unsafeRaw rawText: String) {
            text.append(rawText)
        }
    }
}

/// What a column or parameter can hold, on every engine.
package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
}

/// A type that can be a bound parameter.
package protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
    package var sqlValue: SQLValue { self }
}

extension Int64: SQLBindable {
    package var sqlValue: SQLValue { .integer(self) }
}

extension Int: SQLBindable {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}

/// Stored as 0 or 1.
extension Bool: SQLBindable {
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension Double: SQLBindable {
    package var sqlValue: SQLValue { .real(self) }
}

extension String: SQLBindable {
    package var sqlValue: SQLValue { .text(self) }
}

extension [UInt8]: SQLBindable {
    package var sqlValue: SQLValue { .bytes(self) }
}

extension ID: SQLBindable {
    package var sqlValue: SQLValue { .integer(rawValue) }
}

extension Timestamp: SQLBindable {
    package var sqlValue: SQLValue { .integer(microseconds) }
}

extension Role: SQLBindable {
    package var sqlValue: SQLValue { .integer(rawValue) }
}
