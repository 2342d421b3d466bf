package import Core

/// What the API asks of the slices before a route's handler runs. App fills it in.
package struct RequestGate: Sendable {
    /// Who holds the access token.
    /// - Throws: a ``Problem`` with `invalid_token` or `token_expired`.
    package let authenticate: @Sendable (_ token: String) async throws -> Principal
    /// Takes one from the allowance of the account, or of the address where there is none.
    package let admit:
        @Sendable (_ rateClass: Route.RateClass, _ principal: Principal?, _ address: String) -> RateVerdict

    package init(
        authenticate: @escaping @Sendable (String) async throws -> Principal,
        admit: @escaping @Sendable (Route.RateClass, Principal?, String) -> RateVerdict
    ) {
        self.authenticate = authenticate
        self.admit = admit
    }
}

package enum RateVerdict: Sendable {
    case allowed
    /// Over `count` in `perSeconds`.
    case limited(count: Int, perSeconds: Int, retryAfterSeconds: Int)
}
