/// A token bucket: how many commands may leave now. Kept as the time at which it would be full again, as in GCRA
/// (ITU-T I.371), so that nothing has to be refilled.
struct CommandPace {
    let millisecondsPerCommand: Int64
    let burst: Int64
    private var fullAt: Int64 = .min / 2

    init(perSecond: Int64, burst: Int64) {
        precondition((1...1_000).contains(perSecond) && burst >= 1, "a pace lets something through")
        // Rounded up: a little slower than asked is allowed, faster is not.
        millisecondsPerCommand = (1_000 + perSecond - 1) / perSecond
        self.burst = burst
    }

    /// Takes a command's place if there is one.
    mutating func take(now: Int64) -> Bool {
        guard nextFree <= now else { return false }
        fullAt = max(fullAt, now) + millisecondsPerCommand
        return true
    }

    /// When the next command may leave; in the past when it may now.
    var nextFree: Int64 { fullAt - (burst - 1) * millisecondsPerCommand }
}
