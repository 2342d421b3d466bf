import Core

/// When a failed job runs again: exponential backoff with full jitter.
///
/// The delay is evenly spread between nothing and 2 s × 2^(failures − 1), at most an hour. Jobs that failed together do
/// not come back together: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
/// Twenty attempts reach over five hours on average.
enum JobBackoff {
    static let firstDelaySeconds: Int64 = 2
    static let delaySecondsMax: Int64 = 3_600

    static func delay(afterFailures failures: Int64, random: RandomSource) -> Duration {
        // 2 s × 2^11 is beyond the hour already.
        let ceiling = min(delaySecondsMax, firstDelaySeconds << min(max(0, failures - 1), 11))
        return .microseconds(Int64(Double(ceiling * 1_000_000) * random.fraction()))
    }
}
