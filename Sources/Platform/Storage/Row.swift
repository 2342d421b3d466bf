package import Core

/// One row of a result, readable only while its callback runs.
///
/// Columns are read by position, in the order of the `SELECT`. The schema fixes their types (`STRICT`, `NOT NULL`), so
/// reading a column as what it is not is a programmer's error.
package struct Row {
    package let columns: any RowColumns

    package init(columns: any RowColumns) {
        self.columns = columns
    }

    package func integer(_ column: Int) -> Int64 { columns.integer(column) }
    package func int(_ column: Int) -> Int { Int(columns.integer(column)) }
    package func bool(_ column: Int) -> Bool { columns.integer(column) != 0 }
    package func real(_ column: Int) -> Double { columns.real(column) }
    package func text(_ column: Int) -> String { columns.text(column) }
    package func bytes(_ column: Int) -> [UInt8] { columns.bytes(column) }
    package func isNull(_ column: Int) -> Bool { columns.isNull(column) }
    package func id<Entity>(_ column: Int, _: Entity.Type = Entity.self) -> ID<Entity> {
        ID(rawValue: columns.integer(column))
    }
    package func timestamp(_ column: Int) -> Timestamp { Timestamp(microseconds: columns.integer(column)) }

    package func textOrNil(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    package func idOrNil<Entity>(_ column: Int, _: Entity.Type = Entity.self) -> ID<Entity>? {
        isNull(column) ? nil : id(column)
    }
    package func timestampOrNil(_ column: Int) -> Timestamp? { isNull(column) ? nil : timestamp(column) }
}

/// An engine's access to the current row.
package protocol RowColumns: AnyObject {
    func isNull(_ column: Int) -> Bool
    func integer(_ column: Int) -> Int64
    func real(_ column: Int) -> Double
    func text(_ column: Int) -> String
    func bytes(_ column: Int) -> [UInt8]
}
