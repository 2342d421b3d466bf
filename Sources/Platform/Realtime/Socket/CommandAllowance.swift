/// How often one socket may command, in eight bytes: the moment at which all that it has used is paid off (GCRA, ITU-T
/// I.371).
struct CommandAllowance {
    private var paidOffAt: UInt64 = 0

    /// - Parameter now: monotonic nanoseconds.
    /// - Returns: nil when it may; else the milliseconds to wait.
    mutating func take(at now: UInt64, limits: RealtimeLimits) -> Int64? {
        let interval = 1_000_000_000 / UInt64(limits.commandsPerSecond)
        let from = max(paidOffAt, now)
        let ahead = from - now + interval
        let aheadMax = interval * UInt64(limits.commandBurst)
        guard ahead <= aheadMax else { return Int64((ahead - aheadMax) / 1_000_000) + 1 }
        paidOffAt = from + interval
        return nil
    }
}
