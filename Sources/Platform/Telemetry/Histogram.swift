import Synchronization

/// How long things take: counts of durations in fixed buckets that double from 100 µs to 26 s. Updates are lock-free.
///
/// The same buckets everywhere let any two histograms be compared and added up.
package final class Histogram: Sendable {
    /// 100 µs: what is quicker is quick enough.
    private static let firstBoundNanoseconds: UInt64 = 100_000
    /// The last bound is 100 µs × 2^18 = 26 s, beyond every deadline of a request.
    static let boundCount = 19

    /// One more than there are bounds: the last holds what is beyond them all.
    private let counts: InlineArray<20, Atomic<UInt64>> = InlineArray { _ in Atomic(0) }
    private let sumNanoseconds = Atomic<UInt64>(0)

    init() {}

    package func observe(nanoseconds: UInt64) {
        counts[Self.bucket(of: nanoseconds)].wrappingAdd(1, ordering: .relaxed)
        sumNanoseconds.wrappingAdd(nanoseconds, ordering: .relaxed)
    }

    /// Seconds, the inclusive upper bound of that bucket.
    static func bound(_ index: Int) -> Double {
        Double(firstBoundNanoseconds << index) / 1e9
    }

    static func bucket(of nanoseconds: UInt64) -> Int {
        guard nanoseconds > firstBoundNanoseconds else { return 0 }
        // ceil(log2(nanoseconds / first bound)), and a bound itself belongs to its own bucket.
        let units = (nanoseconds - 1) / firstBoundNanoseconds
        return min(boundCount, UInt64.bitWidth - units.leadingZeroBitCount)
    }

    /// Counts per bucket, not cumulative.
    func snapshot() -> (counts: [UInt64], sumSeconds: Double) {
        let counts = (0...Self.boundCount).map { self.counts[$0].load(ordering: .relaxed) }
        return (counts, Double(sumNanoseconds.load(ordering: .relaxed)) / 1e9)
    }
}
