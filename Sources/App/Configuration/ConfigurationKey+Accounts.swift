/// How passwords may be tried, accounts be made and sessions be refreshed.
extension ConfigurationKey {
    static let ofAccounts: [ConfigurationKey] = [
        wrongPasswords, slowedSignIns, wrongPasswordsPerAccount, wrongPasswordsPerAddress, signUpsPerHour,
        confirmations, refreshReplaySeconds, handleReservedDays,
    ]

    package static let wrongPasswords = limit(
        "PLAZA_RATE_SIGN_IN", "10",
        "Wrong passwords in ten minutes for one account from one address, until sign-ins are slowed down.")
    package static let slowedSignIns = limit(
        "PLAZA_RATE_SIGN_IN_SLOWED", "20",
        "Slowed sign-ins an hour for one account from one address, until they are refused.")
    package static let wrongPasswordsPerAccount = limit(
        "PLAZA_RATE_SIGN_IN_ACCOUNT", "200",
        "Wrong passwords an hour for one account from all addresses, until only known devices are let through.")
    package static let wrongPasswordsPerAddress = limit(
        "PLAZA_RATE_SIGN_IN_ADDRESS", "120", "Wrong passwords in ten minutes from one address, whatever the account.")
    package static let signUpsPerHour = limit("PLAZA_RATE_SIGN_UP", "300", "Sign-ups an hour from one address.")
    package static let confirmations = limit(
        "PLAZA_RATE_CONFIRMATION", "10", "Wrong passwords in ten minutes where somebody signed in confirms something.")
    package static let refreshReplaySeconds = ConfigurationKey(
        name: "PLAZA_REFRESH_REPLAY_SECONDS", type: "integer", defaultText: "10", range: "0 to 60; 0 is never",
        about: "Seconds in which a refresh token that comes again gives the same tokens again.")

    package static let handleReservedDays = ConfigurationKey(
        name: "PLAZA_HANDLE_RESERVED_DAYS", type: "integer", defaultText: "90", range: "90 to 36500",
        about: "Days in which nobody else gets the handle of an erased account.")

    private static func limit(_ name: String, _ defaultText: String, _ about: String) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: "integer", defaultText: defaultText, range: "0 to 100000000; 0 is no limit", about: about)
    }
}
