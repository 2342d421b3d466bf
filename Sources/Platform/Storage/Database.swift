/// A database that answers statements: the seam between Plaza and its engines.
///
/// A read sees one snapshot. A write is a transaction: when its body throws, nothing of it remains; when `write`
/// returns, what it did survives `kill -9` and power loss. Bodies are synchronous, so nothing else comes between their
/// statements. A body of a write **may run more than once**, and what an earlier run did in the transaction is gone then:
/// whatever it does beyond the transaction goes into ``WriteTransaction/afterCommit(_:)``, which is heard of once.
package protocol Database: Sendable {
    var dialect: Dialect { get }

    /// - Parameter lane: `.interactive` for statements that read a page; `.background` for those that read much, so
    ///   that they do not hold up the former.
    func read<Value: Sendable>(
        lane: ReadLane, _ body: @escaping @Sendable (ReadTransaction) throws -> Value
    ) async throws -> Value

    /// - Throws: ``StorageError/overloaded`` when the queue of waiting writes is full, before anything has been done.
    @discardableResult
    func write<Value: Sendable>(_ body: @escaping @Sendable (WriteTransaction) throws -> Value) async throws -> Value
}

extension Database {
    /// A read on the interactive lane.
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (ReadTransaction) throws -> Value
    ) async throws -> Value {
        try await read(lane: .interactive, body)
    }
}

package enum ReadLane: Sendable {
    case interactive
    case background
}

package enum Dialect: Sendable {
    case sqlite
    case postgres
}

/// Something that can be asked: what ``ReadTransaction`` and ``WriteTransaction`` share.
package protocol Queryable {
    var connection: any SQLConnection { get }
}

extension Queryable {
    /// Every row of the answer, transformed.
    package func rows<Value>(_ sql: SQL, _ transform: (Row) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try connection.run(sql) { values.append(try transform($0)) }
        return values
    }

    /// The first row of the answer, transformed; nil when there is none.
    package func first<Value>(_ sql: SQL, _ transform: (Row) throws -> Value) throws -> Value? {
        var value: Value?
        try connection.run(sql) { row in
            if value == nil { value = try transform(row) }
        }
        return value
    }

    /// Visits each row without keeping any.
    package func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        try connection.run(sql, body)
    }

    /// The single integer that the statement answers, such as a count.
    package func integer(_ sql: SQL) throws -> Int64 {
        try first(sql) { $0.integer(0) } ?? 0
    }

    /// True when the statement answers any row.
    package func exists(_ sql: SQL) throws -> Bool {
        try first(sql) { _ in true } ?? false
    }

    package var dialect: Dialect { connection.dialect }
}

package struct ReadTransaction: Queryable {
    package let connection: any SQLConnection

    package init(connection: any SQLConnection) {
        self.connection = connection
    }
}

package struct WriteTransaction: Queryable {
    package let connection: any SQLConnection
    private let commitActions: CommitActions

    package init(connection: any SQLConnection, commitActions: CommitActions) {
        self.connection = connection
        self.commitActions = commitActions
    }

    /// Runs a statement that answers no rows.
    /// - Returns: the number of rows it changed.
    @discardableResult
    package func execute(_ sql: SQL) throws -> Int {
        try connection.run(sql) { _ in }
    }

    /// Runs `action` once this transaction is durable, before its writer hears of it; never when it fails. For dropping
    /// cached values and waking waiters: it must be quick and must not throw.
    package func afterCommit(_ action: @escaping @Sendable () -> Void) {
        commitActions.actions.append(action)
    }
}

/// What waits for one transaction's commit. Used on the writer's thread alone.
package final class CommitActions {
    package var actions: [@Sendable () -> Void] = []

    package init() {}
}

/// An engine's connection, used by one thread at a time.
package protocol SQLConnection: AnyObject {
    var dialect: Dialect { get }

    /// Runs one statement and visits its rows.
    /// - Returns: the number of rows changed.
    @discardableResult
    func run(_ sql: SQL, _ row: (Row) throws -> Void) throws -> Int
}
