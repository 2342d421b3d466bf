import Core
import HTTP
import RateLimit

/// How much one account, or one address without a session, may ask for.
package struct RatePolicy: Sendable {
    private let allowances: [Route.RateClass: Allowance]

    /// - Parameters: requests a minute; 0 is no limit.
    package init(
        readsPerMinute: Int = 1_200, writesPerMinute: Int = 300, credentialsPerMinute: Int = 300,
        searchesPerMinute: Int = 120
    ) {
        let perMinute: [Route.RateClass: Int] = [
            .read: readsPerMinute, .write: writesPerMinute, .credentials: credentialsPerMinute,
            .search: searchesPerMinute,
        ]
        allowances = perMinute.filter { $0.value > 0 }.mapValues { Allowance(count: Int64($0), perSeconds: 60) }
    }

    /// Keys of different classes never meet.
    private static let scopes: [Route.RateClass: Int64] = [.read: 1, .write: 2, .credentials: 3, .search: 4]

    func admit(
        _ rateClass: Route.RateClass, _ principal: Principal?, _ address: String, limiter: RateLimiter
    ) -> RateVerdict {
        guard let allowance = allowances[rateClass], let scope = Self.scopes[rateClass] else { return .allowed }
        let key = principal.map { RateKey(scope, $0.account.rawValue) } ?? RateKey(scope, address: address)
        switch limiter.check(key, allowance, at: monotonicNanoseconds()) {
        case .allowed: return .allowed
        case .limited(let seconds):
            return .limited(
                count: Int(allowance.count), perSeconds: Int(allowance.perSeconds), retryAfterSeconds: Int(seconds))
        }
    }
}
