package import Storage

/// Something that follows the log.
///
/// `handle` runs inside the transaction that also moves the consumer's cursor: what it writes is written exactly once
/// for each event. What it does beyond the database goes into `tx.afterCommit`, and may be lost with the process.
package struct EventConsumer: Sendable {
    package typealias Handler = @Sendable ([Event], WriteTransaction) throws -> Void

    /// Names its cursor: never changed, never used again for something else.
    package let name: String
    /// Nil is every type.
    let types: Set<String>?
    /// Events per transaction at most: the time the writer is held.
    let batchMax: Int
    let handle: Handler

    /// A new consumer starts with the oldest event that is kept.
    package init(_ name: String, types: Set<String>? = nil, batchMax: Int = 100, handle: @escaping Handler) {
        precondition(batchMax > 0, "a batch holds an event at least")
        self.name = name
        self.types = types
        self.batchMax = batchMax
        self.handle = handle
    }
}
