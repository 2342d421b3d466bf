import Core
package import RateLimit

/// How often passwords may be tried and accounts be made.
package struct AccountLimits: Sendable {
    /// Per account, and per login as it was typed where there is no account. A right password is not counted.
    package var signInPerLogin: Allowance
    /// Per address, whatever the login: many people may share one.
    package var signInPerAddress: Allowance
    package var signUpPerAddress: Allowance

    package init(signInPerLogin: Allowance, signInPerAddress: Allowance, signUpPerAddress: Allowance) {
        self.signInPerLogin = signInPerLogin
        self.signInPerAddress = signInPerAddress
        self.signUpPerAddress = signUpPerAddress
    }

    package static let standard = AccountLimits(
        signInPerLogin: Allowance(count: 10, perSeconds: 600),
        signInPerAddress: Allowance(count: 60, perSeconds: 600),
        signUpPerAddress: Allowance(count: 30, perSeconds: 3_600))
}

/// Counts attempts before anything is hashed for them.
struct AttemptLimits: Sendable {
    private enum Scope: Int64 {
        case login = 0x61_6363_0001
        case signInAddress, signUpAddress, confirmation, account
    }

    /// Whose password is tried.
    enum Target {
        case account(ID<Account>)
        /// Nobody has this login. It is limited as one that somebody has, or the limit would tell them apart.
        case unknown(Login)

        fileprivate var key: RateKey {
            switch self {
            case .account(let account): RateKey(Scope.account.rawValue, account.rawValue)
            case .unknown(let login): RateKey(Scope.login.rawValue, login.text)
            }
        }
    }

    let limiter: RateLimiter
    let limits: AccountLimits
    let now: @Sendable () -> UInt64

    func signUp(address: String) throws(AccountsError) {
        try take(
            RateKey(Scope.signUpAddress.rawValue, address: address), limits.signUpPerAddress, of: "sign_up_address")
    }

    /// Before anything is read: many logins may be tried from one address.
    func signIn(address: String) throws(AccountsError) {
        try take(
            RateKey(Scope.signInAddress.rawValue, address: address), limits.signInPerAddress, of: "sign_in_address")
    }

    /// An account's handle and email address share one allowance: two would be twice the guesses.
    func signIn(_ target: Target) throws(AccountsError) {
        try take(target.key, limits.signInPerLogin, of: "sign_in")
    }

    /// For a right password, and for one that was never looked at.
    func forgiveSignIn(_ target: Target, address: String) {
        give(RateKey(Scope.signInAddress.rawValue, address: address), limits.signInPerAddress)
        give(target.key, limits.signInPerLogin)
    }

    func confirm(_ account: ID<Account>) throws(AccountsError) {
        try take(RateKey(Scope.confirmation.rawValue, account.rawValue), limits.signInPerLogin, of: "confirmation")
    }

    func forgiveConfirmation(of account: ID<Account>) {
        give(RateKey(Scope.confirmation.rawValue, account.rawValue), limits.signInPerLogin)
    }

    private func take(_ key: RateKey, _ allowance: Allowance, of policy: String) throws(AccountsError) {
        if case .limited(let seconds) = limiter.check(key, allowance, at: now()) {
            throw .tooManyAttempts(policy: policy, allowance, retryAfterSeconds: seconds)
        }
    }

    private func give(_ key: RateKey, _ allowance: Allowance) {
        limiter.refund(key, allowance, at: now())
    }
}
