/// When a call that may be repeated is repeated: after a problem that the server calls retryable, and when no answer came.
public struct RetryPolicy: Sendable {
    /// All together, the first one too.
    public var attemptsMax = 3
    /// The longest wait before the second attempt; doubled for the next. The wait is drawn from nought to there.
    public var backoffMilliseconds: Int64 = 200
    /// A server that asks for a longer wait than this is not waited for: the caller is told.
    public var retryAfterSecondsMax: Int64 = 10

    public init() {}

    /// Milliseconds before the next attempt; nil when there is none.
    /// - Parameters:
    ///   - attempt: that failed, from 1.
    ///   - random: draws from a range.
    func wait(
        after attempt: Int, _ failure: any Error, random: (ClosedRange<Int64>) -> Int64
    ) -> Int64? {
        guard attempt < attemptsMax else { return nil }
        let drawn = random(0...(backoffMilliseconds << min(attempt - 1, 16)))
        switch failure {
        case PlazaError.problem(let problem):
            guard problem.isRetryable else { return nil }
            guard let seconds = problem.retryAfterSeconds else { return drawn }
            return seconds <= retryAfterSecondsMax ? seconds * 1_000 + drawn : nil
        case is PlazaError, is CancellationError: return nil
        default: return drawn
        }
    }
}
