#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How much something is engaged with, fading with time: what posts and products are ranked by.
///
/// An event of weight w at time t is worth w · 2^((now − t) / −halfLife) now. Ranking only compares, so the common
/// factor 2^(−now / halfLife) is left out and what is stored is log₂ Σ w · 2^((t − epoch) / halfLife): it fades without
/// being touched, changes only when something happens to it, and cursors into the ranking stay true. This is
/// forward decay: G. Cormode et al., "Forward Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009.
package struct Score: Sendable, Hashable, Comparable {
    /// Half of a like's worth is gone after a day.
    package static let halfLifeSeconds: Double = 24 * 3_600

    /// log₂ in millionths, as stored.
    package let stored: Int64

    package init(stored: Int64) {
        self.stored = stored
    }

    /// The score of what was published at `time`: its publication weighs 1.
    package init(publishedAt time: Timestamp) {
        stored = Self.rounded(Self.halfLives(until: time))
    }

    /// The score after events of `weight` together at `time`.
    package func adding(weight: Double, at time: Timestamp) -> Score {
        guard weight > 0 else { return self }
        let old = Double(stored) / 1_000_000
        let new = log2(weight) + Self.halfLives(until: time)
        // log₂(2^old + 2^new) without leaving the range of a double.
        return Score(stored: Self.rounded(max(old, new) + log2(1 + exp2(-abs(old - new)))))
    }

    /// The score without an event of `weight` at `time` that it had been given before: what is liked and unliked again
    /// and again gains nothing. Never below what publishing at `published` gave.
    package func removing(weight: Double, at time: Timestamp, published: Timestamp) -> Score {
        let old = Double(stored) / 1_000_000
        let share = exp2(log2(weight) + Self.halfLives(until: time) - old)
        let floor = Score(publishedAt: published)
        guard share < 1 else { return floor }
        return max(floor, Score(stored: Self.rounded(old + log2(1 - share))))
    }

    /// What the engagement is worth at `time`, in weights of that moment.
    package func value(at time: Timestamp) -> Double {
        exp2(Double(stored) / 1_000_000 - Self.halfLives(until: time))
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.stored < right.stored
    }

    private static func halfLives(until time: Timestamp) -> Double {
        (Double(time.microseconds) / 1_000_000 - Double(IDGenerator.epochMilliseconds) / 1_000) / halfLifeSeconds
    }

    private static func rounded(_ value: Double) -> Int64 {
        Int64((value * 1_000_000).rounded())
    }
}
