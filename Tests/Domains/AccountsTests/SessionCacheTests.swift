import Core
import Testing

@testable import Accounts

@Suite struct SessionCacheTests {
    private func entry(_ number: Int64) -> SessionCache.Entry {
        SessionCache.Entry(
            principal: Principal(account: ID(rawValue: number), session: ID(rawValue: number), role: .person),
            expiresAt: Timestamp(microseconds: 1))
    }

    private func drops(_ lookup: SessionCache.Lookup) -> UInt64? {
        if case .miss(let drops) = lookup { drops } else { nil }
    }

    @Test func whatWasReadBeforeADropIsNotKeptAfterIt() throws {
        let cache = SessionCache()
        let token = TokenHash(of: "token")
        let before = try #require(drops(cache.lookUp(token)))
        cache.drop([token])
        cache.store(entry(1), for: token, readAfter: before)
        let after = try #require(drops(cache.lookUp(token)))
        cache.store(entry(1), for: token, readAfter: after)
        #expect(drops(cache.lookUp(token)) == nil)
    }

    @Test func itHoldsNoMoreThanItsCapacityAndKeepsWhatIsUsed() {
        let cache = SessionCache(capacity: 640)
        let used = TokenHash(of: "used")
        cache.store(entry(0), for: used, readAfter: 0)
        let tokens = (1...10_000).map { TokenHash(of: "token \($0)") }
        for token in tokens {
            cache.store(entry(1), for: token, readAfter: 0)
            _ = cache.lookUp(used)
        }
        let kept = tokens.filter { drops(cache.lookUp($0)) == nil }.count
        #expect(kept <= 640)
        #expect(drops(cache.lookUp(used)) == nil)
    }
}
