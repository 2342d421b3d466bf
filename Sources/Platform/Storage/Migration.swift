import Crypto

/// A step of the schema, applied once and never changed afterwards.
package struct Migration: Sendable {
    /// `slice.number words`: `social.003 comment counters`.
    package let name: String
    package let steps: [Step]

    /// Written for every engine: `BIGINT`, `DOUBLE PRECISION`, `BYTEA` and `TEXT` are translated where an engine calls
    /// them otherwise.
    package enum Step: Sendable {
        /// A table. `clustered` ones are stored in the order of their primary key, where the engine can.
        case table(String, clustered: Bool = false, columns: String)
        /// Any other statement that all engines take.
        case statement(String)
        /// A statement of one engine, for what the others do differently or need not.
        case only(Dialect, String)
    }

    package init(_ name: String, _ steps: [Step]) {
        self.name = name
        self.steps = steps
    }

    /// Hex SHA-256 over the name and the portable text, the same on every engine.
    package var checksum: String {
        SHA256.hash(data: Array("\(name)\n\(steps)".utf8)).map { byte in
            let hex = String(byte, radix: 16)
            return byte < 16 ? "0" + hex : hex
        }.joined()
    }

    /// The statements of this migration in `dialect`.
    package func statements(for dialect: Dialect) -> [String] {
        steps.compactMap { step in
            switch step {
            case .table(let name, let clustered, let columns):
                switch dialect {
                case .sqlite:
                    "CREATE TABLE \(name) (\(Self.sqliteTypes(columns))) STRICT\(clustered ? ", WITHOUT ROWID" : "")"
                case .postgres:
                    "CREATE TABLE \(name) (\(columns))"
                }
            case .statement(let text):
                dialect == .sqlite ? Self.sqliteTypes(text) : text
            case .only(let only, let text):
                only == dialect ? text : nil
            }
        }
    }

    /// `STRICT` tables know five type names. `INTEGER PRIMARY KEY` is the row's own address, `BIGINT` would not be.
    private static func sqliteTypes(_ text: String) -> String {
        text.replacing("BIGINT", with: "INTEGER")
            .replacing("DOUBLE PRECISION", with: "REAL")
            .replacing("BYTEA", with: "BLOB")
    }
}
