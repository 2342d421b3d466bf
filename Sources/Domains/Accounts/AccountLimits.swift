package import RateLimit

/// What operators set of accounts. An allowance that is nil does not limit.
package struct AccountLimits: Sendable {
    /// Wrong passwords for one account from one address. What is beyond is slowed down, not refused: the owner may be
    /// behind the same address.
    package var signIn = Allowance(count: 10, perSeconds: 600) as Allowance?
    /// Attempts that are slowed down, for one account from one address. What is beyond is refused.
    package var slowedSignIn = Allowance(count: 20, perSeconds: 3_600) as Allowance?
    /// Wrong passwords for one account from all addresses together. Ends what is spread over many. One address
    /// alone can make 110 in the first hour and 80 in each after it, so it cannot keep others out.
    package var signInPerAccount = Allowance(count: 200, perSeconds: 3_600) as Allowance?
    /// Wrong passwords from one address, whatever the login: many people may share one.
    package var signInPerAddress = Allowance(count: 120, perSeconds: 600) as Allowance?
    package var signUpPerAddress = Allowance(count: 300, perSeconds: 3_600) as Allowance?
    /// Wrong passwords of somebody who is signed in and has to confirm something.
    package var confirmation = Allowance(count: 10, perSeconds: 600) as Allowance?
    /// For how long a refresh token gives the same tokens again; 0 is never.
    package var refreshReplaySeconds: Int64 = 10

    /// For how long nobody else gets the handle of an erased account.
    package var handleReservedDays: Int64 = 90

    package init() {}

    package static let standard = AccountLimits()
}
