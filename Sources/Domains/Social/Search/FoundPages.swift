import Cache
import Storage
import Telemetry

/// What searches in one text index have found, kept for as long as the index does not change: people look at the same
/// results again, and at the same time as others.
///
/// The index's version is part of the key. It is read before the transaction that searches, and it grows once a change
/// is durable and before the writer hears of it; so what a commit overtakes is kept under a version that nobody asks for.
final class FoundPages: Sendable {
    struct Key: Hashable, Sendable {
        fileprivate let version: UInt64
        fileprivate let query: String
        fileprivate let before: Int64
        fileprivate let limit: Int
    }

    /// Some ten thousand pages.
    private static let bytesMax = 4 * 1_024 * 1_024

    private let version = Generation()
    private let pages: Cache<Key, [Int64]>

    init(name: String, registry: MetricRegistry) {
        pages = Cache(name: name, costMax: Self.bytesMax, registry: registry)
    }

    /// Take it before the transaction that searches.
    func key(_ query: String, before: Int64, limit: Int) -> Key {
        Key(version: version.current, query: query, before: before, limit: limit)
    }

    func page(for key: Key) -> [Int64]? {
        pages.value(for: key)
    }

    func keep(_ page: [Int64], for key: Key) {
        let overhead = 128
        pages.offer(
            page, for: key, cost: overhead + key.query.utf8.count + page.count * MemoryLayout<Int64>.size,
            with: pages.ticket())
    }

    /// Tells that the transaction has changed the index.
    func changed(in tx: WriteTransaction) {
        tx.afterCommit { [version] in version.advance() }
    }
}
