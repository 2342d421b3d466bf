/// How long to wait before the next attempt: exponential with full jitter, so that clients that lost their server together
/// do not come back together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
struct ReconnectBackoff {
    let millisecondsMin: Int64
    let millisecondsMax: Int64
    private(set) var failures = 0

    init(millisecondsMin: Int64, millisecondsMax: Int64) {
        self.millisecondsMin = millisecondsMin
        self.millisecondsMax = millisecondsMax
    }

    /// - Parameter random: draws from a range.
    mutating func next(_ random: (ClosedRange<Int64>) -> Int64) -> Int64 {
        let longest = failures >= 32 ? millisecondsMax : min(millisecondsMax, millisecondsMin << failures)
        failures += 1
        return random(0...longest)
    }

    mutating func reset() {
        failures = 0
    }
}
