import Telemetry
import Testing

@testable import Cache

struct EvictionTests {
    /// A cache full of what nobody asks for any more must still take what is asked for now.
    @Test func whatIsInUseStaysAndWhatIsNotGoes() {
        let cache = Cache<Int, Int>(name: "test", costMax: 1_600, registry: MetricRegistry())
        for key in 0..<10_000 { cache.offer(key, for: key, cost: 1, with: cache.ticket()) }
        let wanted = 1_000_000..<1_000_400
        for _ in 0..<3 {
            for key in wanted where cache.value(for: key) == nil {
                cache.offer(key, for: key, cost: 1, with: cache.ticket())
            }
        }
        let kept = wanted.count { cache.value(for: $0) != nil }
        #expect(kept > 380, "\(kept) of \(wanted.count)")
        #expect(cache.count <= 1_600)
    }
}
