import App
import ArgumentParser

/// How passwords may be tried, accounts be made and sessions be refreshed.
struct AccountLimitOptions: ParsableArguments {
    @Option(help: .setting(.wrongPasswords)) var rateSignIn: String?
    @Option(help: .setting(.slowedSignIns)) var rateSignInSlowed: String?
    @Option(help: .setting(.wrongPasswordsPerAccount)) var rateSignInAccount: String?
    @Option(help: .setting(.wrongPasswordsPerAddress)) var rateSignInAddress: String?
    @Option(help: .setting(.signUpsPerHour)) var rateSignUp: String?
    @Option(help: .setting(.confirmations)) var rateConfirmation: String?
    @Option(help: .setting(.refreshReplaySeconds)) var refreshReplaySeconds: String?
    @Option(help: .setting(.handleReservedDays)) var handleReservedDays: String?

    var flags: [String: String?] {
        [
            ConfigurationKey.wrongPasswords.name: rateSignIn, ConfigurationKey.slowedSignIns.name: rateSignInSlowed,
            ConfigurationKey.wrongPasswordsPerAccount.name: rateSignInAccount,
            ConfigurationKey.wrongPasswordsPerAddress.name: rateSignInAddress,
            ConfigurationKey.signUpsPerHour.name: rateSignUp, ConfigurationKey.confirmations.name: rateConfirmation,
            ConfigurationKey.refreshReplaySeconds.name: refreshReplaySeconds,
            ConfigurationKey.handleReservedDays.name: handleReservedDays,
        ]
    }
}
