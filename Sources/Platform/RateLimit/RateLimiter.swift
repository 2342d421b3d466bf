import Synchronization

/// Token buckets for many keys in a table of fixed size.
///
/// Each bucket is one number, the instant at which it will be full again (GCRA:
/// https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm), so a full bucket is worth nothing and its slot is free
/// for another key. When a set of slots has no full bucket left, the one nearest to full is forgotten: those who
/// exhausted theirs stay limited the longest. Memory is taken once, 16 bytes for each slot.
package final class RateLimiter: Sendable {
    /// Two cache lines: what one check reads at most.
    private static let waysPerSet = 8
    private static let shardCount = 64

    private struct Slot {
        var key: UInt64
        /// On the caller's monotonic clock; in the past for a full bucket.
        var fullAt: UInt64
    }

    private final class Shard: Sendable {
        let slots: Mutex<[Slot]>

        init(slotCount: Int) {
            slots = Mutex(Array(repeating: Slot(key: 0, fullAt: 0), count: slotCount))
        }
    }

    private let shards: [Shard]
    private let setMask: UInt64

    /// - Parameter capacity: buckets that are not full at one time; rounded up to a power of two.
    package init(capacity: Int = 1 << 18) {
        precondition(capacity > 0, "a limiter needs room")
        var setsPerShard = 1
        while setsPerShard * Self.waysPerSet * Self.shardCount < capacity { setsPerShard *= 2 }
        setMask = UInt64(setsPerShard - 1)
        shards = (0..<Self.shardCount).map { _ in Shard(slotCount: setsPerShard * Self.waysPerSet) }
    }

    /// Takes one token from the key's bucket.
    /// - Parameter now: nanoseconds of a clock that only moves forward.
    package func check(_ key: RateKey, _ allowance: Allowance, at now: UInt64) -> RateDecision {
        withSlot(of: key, at: now) { slot in
            let fullAt = max(now, slot.fullAt) + allowance.intervalNanoseconds
            let debt = fullAt - now
            guard debt <= allowance.debtMaxNanoseconds else {
                return .limited(retryAfterSeconds: Self.secondsRoundedUp(debt - allowance.debtMaxNanoseconds))
            }
            slot.fullAt = fullAt
            return .allowed(
                remaining: Int64((allowance.debtMaxNanoseconds - debt) / allowance.intervalNanoseconds),
                resetSeconds: Self.secondsRoundedUp(debt),
                limit: allowance.burst
            )
        }
    }

    /// Gives back a token that ``check(_:_:at:)`` took: a password that was right is no attempt at guessing.
    package func refund(_ key: RateKey, _ allowance: Allowance, at now: UInt64) {
        withSlot(of: key, at: now) { slot in
            slot.fullAt =
                slot.fullAt > now + allowance.intervalNanoseconds
                ? slot.fullAt - allowance.intervalNanoseconds : now
        }
    }

    private func withSlot<Value: Sendable>(
        of key: RateKey, at now: UInt64, _ body: (inout Slot) -> Value
    ) -> Value {
        // The top bits choose the shard and the bottom ones the set, so that a shard's sets fill evenly.
        let shard = shards[Int(key.hash >> 58)]
        let start = Int(key.hash & setMask) * Self.waysPerSet
        return shard.slots.withLock { slots in
            var chosen = start
            for index in start..<start + Self.waysPerSet {
                if slots[index].key == key.hash { return body(&slots[index]) }
                if slots[index].fullAt < slots[chosen].fullAt { chosen = index }
            }
            slots[chosen] = Slot(key: key.hash, fullAt: now)
            return body(&slots[chosen])
        }
    }

    private static func secondsRoundedUp(_ nanoseconds: UInt64) -> Int64 {
        max(1, Int64((nanoseconds + 999_999_999) / 1_000_000_000))
    }
}
