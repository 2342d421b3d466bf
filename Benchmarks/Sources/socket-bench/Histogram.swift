/// Latencies, each to 1.6 % of itself, in a few kilobytes.
struct Histogram {
    private static let partsLog2 = 6
    private var counts = [Int](repeating: 0, count: 64 << partsLog2)
    private(set) var count = 0
    private var most: Int64 = 0

    mutating func record(_ nanoseconds: Int64, times: Int = 1) {
        let value = max(nanoseconds, 0)
        counts[Self.slot(value)] += times
        count += times
        most = max(most, value)
    }

    /// The latency that `part` of all do not pass, in milliseconds; 0 of none.
    func milliseconds(_ part: Double) -> Double {
        guard count > 0 else { return 0 }
        let wanted = max(1, Int((Double(count) * part).rounded(.up)))
        var seen = 0
        for (slot, times) in counts.enumerated() {
            seen += times
            if seen >= wanted { return min(Double(Self.upperBound(of: slot)), Double(most)) / 1e6 }
        }
        return Double(most) / 1e6
    }

    var latencies: Latencies {
        Latencies(
            p50Ms: milliseconds(0.5), p99Ms: milliseconds(0.99), p999Ms: milliseconds(0.999),
            mostMs: Double(most) / 1e6)
    }

    /// Numbers below 64 have slots of their own; above, each power of two has 64.
    private static func slot(_ value: Int64) -> Int {
        let shift = max(0, 63 - value.leadingZeroBitCount - partsLog2)
        return shift << partsLog2 + Int(value >> Int64(shift))
    }

    private static func upperBound(of slot: Int) -> Int64 {
        let shift = max(0, slot >> partsLog2 - 1)
        return (Int64(slot - shift << partsLog2) + 1) << Int64(shift) - 1
    }
}

struct Latencies: Encodable {
    let p50Ms: Double
    let p99Ms: Double
    let p999Ms: Double
    let mostMs: Double
}
