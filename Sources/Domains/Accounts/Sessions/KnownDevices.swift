import Core

/// Tells a device that signed in to an account before by the token that it was given then.
///
/// The token opens nothing. It only has the device's attempts counted apart from those of strangers, so that they cannot
/// lock its owner out. Sealed, so that every instance knows it and nothing is stored.
struct KnownDevices {
    /// A year: whoever comes back later is a stranger again.
    private static let validDays: Int64 = 365
    private static let daySeconds: Int64 = 86_400
    private static let filter = "known device 1"

    let sealer: CursorSealer
    let clock: WallClock

    func token(for account: ID<Account>, _ session: ID<Session>) -> String {
        // Whole days, so that an answer that is given again is the same.
        let expiryDay = today + Self.validDays
        return sealer.seal([account.rawValue, session.rawValue, expiryDay], filter: Self.filter)
    }

    /// - Returns: whose the device is, with what this attempt takes of its allowance; nil for a stranger, and for a device
    ///   that has tried too often.
    func attempt(
        of origin: SignInOrigin, _ attempts: AttemptLimits
    ) -> (account: ID<Account>, attempt: AttemptLimits.Attempt)? {
        guard let token = origin.deviceToken,
            let fields = try? sealer.open(token, fields: 3, filter: Self.filter),
            fields[2] > today,
            let attempt = attempts.signIn(deviceOf: ID(rawValue: fields[1]))
        else { return nil }
        return (ID(rawValue: fields[0]), attempt)
    }

    private var today: Int64 { clock.now().microseconds / (Self.daySeconds * 1_000_000) }
}
