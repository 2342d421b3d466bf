import Core
import Synchronization

/// Who holds which access token, so that a request costs no statement.
///
/// Bounded: each shard keeps two generations and forgets the older one when the younger is full. What a transaction
/// revokes, it drops after commit; an answer that was read before such a drop and arrives after it is not kept.
package final class SessionCache: Sendable {
    struct Entry: Sendable {
        let principal: Principal
        let expiresAt: Timestamp
    }

    enum Lookup {
        case hit(Entry)
        /// Hand `drops` back with what was read.
        case miss(drops: UInt64)
    }

    private struct Table {
        var young: [TokenHash: Entry] = [:]
        var old: [TokenHash: Entry] = [:]
        var drops: UInt64 = 0
    }

    private final class Shard: Sendable {
        let table = Mutex(Table())
    }

    private static let shardCount = 32

    private let shards: [Shard]
    private let generationSizeMax: Int

    /// - Parameter capacity: sessions kept at most, about 150 bytes each.
    package init(capacity: Int = 1 << 17) {
        shards = (0..<Self.shardCount).map { _ in Shard() }
        generationSizeMax = max(1, capacity / Self.shardCount / 2)
    }

    func lookUp(_ token: TokenHash) -> Lookup {
        shard(of: token).table.withLock { table in
            if let entry = table.young[token] { return .hit(entry) }
            guard let entry = table.old.removeValue(forKey: token) else { return .miss(drops: table.drops) }
            insert(entry, for: token, into: &table)
            return .hit(entry)
        }
    }

    func store(_ entry: Entry, for token: TokenHash, readAfter drops: UInt64) {
        shard(of: token).table.withLock { table in
            guard table.drops == drops else { return }
            insert(entry, for: token, into: &table)
        }
    }

    func drop(_ tokens: [TokenHash]) {
        for token in tokens {
            shard(of: token).table.withLock { table in
                table.young[token] = nil
                table.old[token] = nil
                table.drops += 1
            }
        }
    }

    private func insert(_ entry: Entry, for token: TokenHash, into table: inout Table) {
        if table.young.count >= generationSizeMax {
            table.old = table.young
            table.young = [:]
        }
        table.young[token] = entry
    }

    private func shard(of token: TokenHash) -> Shard {
        shards[Int(token.low % UInt64(Self.shardCount))]
    }
}
