/// How often something may be done: `count` times in `perSeconds`, and up to `burst` at once after a rest.
package struct Allowance: Sendable, Hashable {
    package let count: Int64
    package let perSeconds: Int64
    package let burst: Int64

    /// What one use costs, and how much of it may be owed at once.
    let intervalNanoseconds: UInt64
    let debtMaxNanoseconds: UInt64

    /// - Parameter burst: the bucket's size; `count` unless told.
    package init(count: Int64, perSeconds: Int64, burst: Int64? = nil) {
        let burst = burst ?? count
        precondition(count > 0 && perSeconds > 0 && burst > 0, "an allowance allows something")
        self.count = count
        self.perSeconds = perSeconds
        self.burst = burst
        intervalNanoseconds = max(1, UInt64(perSeconds) * 1_000_000_000 / UInt64(count))
        debtMaxNanoseconds = intervalNanoseconds * UInt64(burst)
    }
}

/// The limiter's answer to one use.
package enum RateDecision: Sendable, Equatable {
    /// - Parameters:
    ///   - remaining: uses left right now.
    ///   - resetSeconds: until the bucket is full again, rounded up.
    ///   - limit: the bucket's size.
    case allowed(remaining: Int64, resetSeconds: Int64, limit: Int64)
    /// Nothing has been counted. `retryAfterSeconds` is rounded up and at least 1.
    case limited(retryAfterSeconds: Int64)
}
