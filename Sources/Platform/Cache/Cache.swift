public import Synchronization
package import Telemetry

/// A bounded cache of values that the database holds, which never keeps one that a commit has overtaken.
///
/// Filling it races with writers: a reader loads a value, a writer commits another and drops the entry, and the reader
/// would put its stale value back. So a reader takes a ``Ticket`` before it reads, and what it then offers is taken only
/// if nothing of that shard has been dropped since. Values leave by the clock algorithm when the cost passes the bound.
///
/// The class and what is called for each key of a page are public: the compiler specialises no `package` function for
/// another module, inlinable or not, and unspecialised code spends half of a look-up on looking up types.
public final class Cache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// The state of the cache before a read of the database.
    package struct Ticket: Sendable {
        fileprivate let drops: [UInt64]
    }

    @usableFromInline struct Entry: Sendable {
        @usableFromInline let value: Value
        @usableFromInline let cost: Int
        @usableFromInline var isUsed: Bool
    }

    @usableFromInline struct Shard: Sendable {
        @usableFromInline var entries: [Key: Entry] = [:]
        /// Keys in the order of their arrival; the hand goes round.
        @usableFromInline var ring: [Key] = []
        @usableFromInline var hand = 0
        @usableFromInline var cost = 0
        @usableFromInline var drops: UInt64 = 0
    }

    /// A class, so that each shard's lock lies on its own.
    @usableFromInline final class LockedShard: Sendable {
        @usableFromInline let shard = Mutex(Shard())
    }

    @usableFromInline static var shardCount: Int { 16 }

    @usableFromInline let shards: [LockedShard]
    private let costMaxPerShard: Int
    private let hits: Counter
    private let misses: Counter

    /// - Parameters:
    ///   - name: the label of its metrics.
    ///   - costMax: what all values together may cost, in the unit of `cost` in ``offer(_:for:cost:with:)``: bytes.
    package init(name: String, costMax: Int, registry: MetricRegistry) {
        shards = (0..<Self.shardCount).map { _ in LockedShard() }
        costMaxPerShard = costMax / Self.shardCount
        hits = registry.counter(
            "plaza_cache_hits_total", help: "Values found in the cache. Falling against misses: it is too small.",
            labels: [("cache", name)])
        misses = registry.counter(
            "plaza_cache_misses_total",
            help: "Values that had to be read. Rising with traffic: the cache is too small.",
            labels: [("cache", name)])
    }

    @inlinable public func value(for key: Key) -> Value? {
        let value = kept(for: key)
        count(hits: value == nil ? 0 : 1, misses: value == nil ? 1 : 0)
        return value
    }

    /// What is kept for each of the keys, in their order. Each is as it was at some moment of the call, not all at one.
    @inlinable public func values(for keys: [Key]) -> [Value?] {
        var values: [Value?] = []
        values.reserveCapacity(keys.count)
        var hits = 0
        for key in keys {
            let value = kept(for: key)
            if value != nil { hits += 1 }
            values.append(value)
        }
        count(hits: hits, misses: keys.count - hits)
        return values
    }

    @inlinable func kept(for key: Key) -> Value? {
        shards[shardIndex(of: key)].shard.withLock { shard in
            guard let index = shard.entries.index(forKey: key) else { return nil }
            let entry = shard.entries[index].value
            // Mostly it is set: writing it again would cost as much as finding it.
            if !entry.isUsed { shard.entries.values[index].isUsed = true }
            return entry.value
        }
    }

    @usableFromInline func count(hits: Int, misses: Int) {
        if hits > 0 { self.hits.add(hits) }
        if misses > 0 { self.misses.add(misses) }
    }

    /// Take it before the transaction that reads what will be offered.
    package func ticket() -> Ticket {
        Ticket(drops: shards.map { $0.shard.withLock(\.drops) })
    }

    /// Keeps a value that was read after `ticket` was taken, unless something was dropped meanwhile.
    package func offer(_ value: Value, for key: Key, cost: Int, with ticket: Ticket) {
        let index = shardIndex(of: key)
        shards[index].shard.withLock { shard in
            guard shard.drops == ticket.drops[index], cost <= costMaxPerShard else { return }
            if let old = shard.entries.updateValue(Entry(value: value, cost: cost, isUsed: false), forKey: key) {
                shard.cost -= old.cost
            } else {
                shard.ring.append(key)
            }
            shard.cost += cost
            while shard.cost > costMaxPerShard { evictOne(from: &shard) }
        }
    }

    /// Forgets a value. Call it after the commit that changed it, before the writer hears of the commit.
    @inlinable public func drop(_ key: Key) {
        shards[shardIndex(of: key)].shard.withLock { drop(key, from: &$0) }
    }

    /// Forgets values, taking each shard's lock once.
    @inlinable public func drop(_ keys: [Key]) {
        var keysOfShard = [[Key]](repeating: [], count: Self.shardCount)
        for key in keys { keysOfShard[shardIndex(of: key)].append(key) }
        for (locked, keys) in zip(shards, keysOfShard) where !keys.isEmpty {
            locked.shard.withLock { shard in
                for key in keys { drop(key, from: &shard) }
            }
        }
    }

    @inlinable func drop(_ key: Key, from shard: inout Shard) {
        shard.drops += 1
        if let old = shard.entries.removeValue(forKey: key) { shard.cost -= old.cost }
        // The key stays in the ring as a ghost until the hand passes; bound them.
        if shard.ring.count > shard.entries.count * 2 + 64 { compact(&shard) }
    }

    /// Forgets every value that `predicate` names. O(n): for rare changes.
    package func dropAll(where predicate: (Value) -> Bool) {
        for locked in shards {
            locked.shard.withLock { shard in
                shard.drops += 1
                shard.entries = shard.entries.filter { !predicate($0.value.value) }
                shard.cost = shard.entries.values.reduce(0) { $0 + $1.cost }
                compact(&shard)
            }
        }
    }

    package var count: Int {
        shards.reduce(0) { $0 + $1.shard.withLock(\.entries.count) }
    }

    private func evictOne(from shard: inout Shard) {
        while !shard.ring.isEmpty {
            if shard.hand >= shard.ring.count { shard.hand = 0 }
            let key = shard.ring[shard.hand]
            guard let index = shard.entries.index(forKey: key) else {
                removeFromRing(&shard)
                continue
            }
            if shard.entries.values[index].isUsed {
                shard.entries.values[index].isUsed = false
                shard.hand += 1
                continue
            }
            shard.cost -= shard.entries.remove(at: index).value.cost
            return removeFromRing(&shard)
        }
    }

    /// The last key takes the place of the removed one: order hardly matters to the clock, and this is O(1). The hand
    /// passes it by: it is the youngest mostly, and would be the next to go.
    private func removeFromRing(_ shard: inout Shard) {
        shard.ring.swapAt(shard.hand, shard.ring.count - 1)
        shard.ring.removeLast()
        shard.hand += 1
    }

    @usableFromInline func compact(_ shard: inout Shard) {
        shard.ring = Array(shard.entries.keys)
        shard.hand = 0
    }

    @inlinable func shardIndex(of key: Key) -> Int {
        key.hashValue & (Self.shardCount - 1)
    }
}
