import HTTPTypes

extension Problem {
    /// Says which allowance is used up and when to come back: `RateLimit` and `RateLimit-Policy`
    /// (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/).
    package func limited(
        by policy: String, count: Int64, perSeconds: Int64, retryAfterSeconds: Int64
    ) -> Problem {
        var copy = retrying(afterSeconds: retryAfterSeconds)
        copy.headers[.rateLimit] = "\"\(policy)\";r=0;t=\(retryAfterSeconds)"
        copy.headers[.rateLimitPolicy] = "\"\(policy)\";q=\(count);w=\(perSeconds)"
        return copy
    }
}
