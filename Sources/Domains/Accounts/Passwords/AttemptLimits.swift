import Core
import RateLimit

/// Counts attempts before anything is hashed for them.
///
/// Wrong passwords are counted by account and address together, so that nobody uses up what is the owner's. A device that
/// signed in before has an allowance of its own and is in nobody else's. A login that nobody has is limited as one that
/// somebody has, or the limits would tell them apart.
struct AttemptLimits: Sendable {
    private enum Scope: Int64 {
        case login = 0x61_6363_0001
        case signInAddress, signUpAddress, confirmation, account, pair, slowedPair, device
    }

    /// Seconds that an attempt is slowed down by: too long to guess with, and with a hash and its queue well within the
    /// ten seconds that a request may take.
    static let slowedSeconds: Int64 = 4

    /// Whose password is tried.
    enum Target {
        case account(ID<Account>)
        /// Nobody has this login.
        case unknown(Login)

        fileprivate var key: RateKey {
            switch self {
            case .account(let account): RateKey(Scope.account.rawValue, account.rawValue)
            case .unknown(let login): RateKey(Scope.login.rawValue, login.text)
            }
        }
    }

    /// What one attempt has taken, to be given back if it turns out to be none.
    struct Attempt {
        fileprivate var taken: [(key: RateKey, allowance: Allowance)] = []
        /// Waits ``AttemptLimits/slowedSeconds`` before anything is hashed.
        fileprivate(set) var isSlowed = false
    }

    let limiter: RateLimiter
    let limits: AccountLimits
    let now: @Sendable () -> UInt64

    func signUp(address: String) throws(AccountsError) {
        var attempt = Attempt()
        try take(
            RateKey(Scope.signUpAddress.rawValue, address: address), limits.signUpPerAddress, of: "sign_up_address",
            for: &attempt)
    }

    /// Before anything is read: many logins may be tried from one address.
    func signIn(address: String) throws(AccountsError) -> Attempt {
        var attempt = Attempt()
        try take(
            RateKey(Scope.signInAddress.rawValue, address: address), limits.signInPerAddress, of: "sign_in_address",
            for: &attempt)
        return attempt
    }

    /// A device that signed in to the account before is let through whatever others do.
    /// - Returns: nil when it has tried too often itself: it is treated as any other then.
    func signIn(deviceOf session: ID<Session>) -> Attempt? {
        var attempt = Attempt()
        do {
            try take(
                RateKey(Scope.device.rawValue, session.rawValue), limits.signIn, of: "sign_in_device", for: &attempt)
            return attempt
        } catch {
            return nil
        }
    }

    /// An account's handle and email address share one allowance: two would be twice the guesses.
    func signIn(_ target: Target, address: String, for attempt: inout Attempt) throws(AccountsError) {
        let pair = RateKey(Scope.pair.rawValue, target.key, address: address)
        do {
            try take(pair, limits.signIn, of: "sign_in", for: &attempt)
        } catch {
            let slowed = RateKey(Scope.slowedPair.rawValue, target.key, address: address)
            try take(slowed, limits.slowedSignIn, of: "sign_in", for: &attempt)
            attempt.isSlowed = true
        }
        try take(target.key, limits.signInPerAccount, of: "sign_in_account", for: &attempt)
    }

    func confirm(_ account: ID<Account>) throws(AccountsError) -> Attempt {
        var attempt = Attempt()
        try take(
            RateKey(Scope.confirmation.rawValue, account.rawValue), limits.confirmation, of: "confirmation",
            for: &attempt)
        return attempt
    }

    /// For a right password, and for one that was never looked at.
    func forgive(_ attempt: Attempt) {
        for (key, allowance) in attempt.taken { limiter.refund(key, allowance, at: now()) }
    }

    private func take(
        _ key: RateKey, _ allowance: Allowance?, of policy: String, for attempt: inout Attempt
    ) throws(AccountsError) {
        guard let allowance else { return }
        if case .limited(let seconds) = limiter.check(key, allowance, at: now()) {
            throw .tooManyAttempts(policy: policy, allowance, retryAfterSeconds: seconds)
        }
        attempt.taken.append((key, allowance))
    }
}
