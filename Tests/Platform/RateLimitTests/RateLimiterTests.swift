import RateLimit
import Testing

@Suite struct RateLimiterTests {
    private let second: UInt64 = 1_000_000_000
    private let tenPerMinute = Allowance(count: 10, perSeconds: 60)

    private func isAllowed(_ decision: RateDecision) -> Bool {
        if case .allowed = decision { true } else { false }
    }

    @Test func aBurstIsAllowedAndThenRefused() {
        let limiter = RateLimiter(capacity: 64)
        let key = RateKey(1, 7)
        for used in 1...10 {
            let decision = limiter.check(key, tenPerMinute, at: second)
            #expect(decision == .allowed(remaining: Int64(10 - used), resetSeconds: Int64(used * 6), limit: 10))
        }
        #expect(limiter.check(key, tenPerMinute, at: second) == .limited(retryAfterSeconds: 6))
    }

    @Test func waitingAsLongAsToldIsEnough() {
        let limiter = RateLimiter(capacity: 64)
        let key = RateKey(1, "maya")
        for _ in 1...10 { _ = limiter.check(key, tenPerMinute, at: second) }
        #expect(limiter.check(key, tenPerMinute, at: second * 6) == .limited(retryAfterSeconds: 1))
        #expect(isAllowed(limiter.check(key, tenPerMinute, at: second * 7)))
        #expect(limiter.check(key, tenPerMinute, at: second * 7) == .limited(retryAfterSeconds: 6))
    }

    @Test func refusalsCostNothing() {
        let limiter = RateLimiter(capacity: 64)
        let key = RateKey(1, 7)
        for _ in 1...1_000 { _ = limiter.check(key, tenPerMinute, at: second) }
        #expect(isAllowed(limiter.check(key, tenPerMinute, at: second * 7)))
    }

    @Test func aRefundGivesOneTokenBackAndNeverMoreThanTheBucketHolds() {
        let limiter = RateLimiter(capacity: 64)
        let key = RateKey(1, 7)
        for _ in 1...10 { _ = limiter.check(key, tenPerMinute, at: second) }
        limiter.refund(key, tenPerMinute, at: second)
        #expect(isAllowed(limiter.check(key, tenPerMinute, at: second)))
        #expect(!isAllowed(limiter.check(key, tenPerMinute, at: second)))
        for _ in 1...100 { limiter.refund(key, tenPerMinute, at: second) }
        let allowed = (1...100).filter { _ in isAllowed(limiter.check(key, tenPerMinute, at: second)) }
        #expect(allowed.count == 10)
    }

    @Test func keysAndScopesAreApart() {
        let limiter = RateLimiter(capacity: 1_024)
        let once = Allowance(count: 1, perSeconds: 60)
        for key in [RateKey(1, 7), RateKey(2, 7), RateKey(1, 8), RateKey(1, "7"), RateKey(1, address: "192.0.2.7")] {
            #expect(isAllowed(limiter.check(key, once, at: second)))
            #expect(!isAllowed(limiter.check(key, once, at: second)))
        }
    }

    @Test(arguments: [
        ("2001:db8::1", "2001:db8::ffff:2", true),
        ("2001:db8::1", "2001:db8:0:1::1", false),
        ("192.0.2.1", "192.0.2.2", false),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
    ])
    func addressesOfOneIPv6NetworkShareABucket(first: String, second: String, areOne: Bool) {
        #expect((RateKey(1, address: first) == RateKey(1, address: second)) == areOne)
    }

    @Test func anExhaustedKeyStaysLimitedWhileAMillionOthersPass() {
        let limiter = RateLimiter(capacity: 4_096)
        let exhausted = RateKey(1, "attacker")
        for _ in 1...10 { _ = limiter.check(exhausted, tenPerMinute, at: second) }
        for subject in 0..<Int64(1_000_000) { _ = limiter.check(RateKey(2, subject), tenPerMinute, at: second) }
        #expect(!isAllowed(limiter.check(exhausted, tenPerMinute, at: second)))
    }

    @Test func checksFromManyTasksAdmitExactlyTheBurst() async {
        let limiter = RateLimiter(capacity: 64)
        let allowance = Allowance(count: 100, perSeconds: 60)
        let admitted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<100).filter { _ in isAllowed(limiter.check(RateKey(1, 7), allowance, at: second)) }.count
                }
            }
            return await group.reduce(0, +)
        }
        #expect(admitted == 100)
    }
}
