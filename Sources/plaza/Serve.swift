import Accounts
import App
import ArgumentParser
import Foundation
import HTTP
import Logging

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server.",
        discussion: """
            Makes the data directory on first run, with a schema, secrets and an administrator whose password is shown
            once and kept in administrator.txt. SIGTERM or Ctrl-C stops it: requests and jobs that have begun are
            finished first. kill -9 loses nothing that was acknowledged.
            """)

    @OptionGroup var shared: SharedOptions
    @OptionGroup var accounts: AccountLimitOptions

    @Option(help: .setting(.listen)) var listen: String?
    @Option(help: .setting(.roles)) var roles: String?
    @Option(help: .setting(.allowedOrigins)) var allowedOrigins: String?
    @Option(help: .setting(.trustedProxies)) var trustedProxies: String?
    @Option(help: .setting(.readsPerMinute)) var rateRead: String?
    @Option(help: .setting(.writesPerMinute)) var rateWrite: String?
    @Option(help: .setting(.credentialsPerMinute)) var rateCredentials: String?
    @Option(help: .setting(.searchesPerMinute)) var rateSearch: String?
    @Option(help: .setting(.cardCacheMegabytes)) var cardCacheMb: String?
    @Option(help: .setting(.slowStatementMilliseconds)) var slowStatementMs: String?
    @Option(help: .setting(.workerConcurrency)) var workerConcurrency: String?
    @Option(help: .setting(.receiveSeconds)) var receiveSeconds: String?
    @Option(help: .setting(.socketsPerAccount)) var realtimeConnectionsPerAccount: String?
    @Option(help: .setting(.socketsPerAddress)) var realtimeConnectionsPerAddress: String?
    @Option(help: .setting(.socketCommandsPerSecond)) var realtimeCommandsPerSecond: String?
    @Option(help: .setting(.socketSubscriptions)) var realtimeSubscriptionsPerConnection: String?
    @Option(help: .setting(.socketMessageBytes)) var realtimeMessageBytes: String?
    @Option(help: .setting(.socketSilenceSeconds)) var realtimeSilenceSeconds: String?
    @Option(help: .setting(.feeBasisPoints)) var feeBasisPoints: String?
    @Option(help: .setting(.paymentProvider)) var paymentProvider: String?

    func run() async throws {
        try await Failure.explained {
            let configuration = try shared.configuration(flags.merging(accounts.flags) { $1 })
            let logger = Logging.make(level: configuration.logLevel)
            for name in configuration.unknownNames {
                logger.warning(
                    "unknown setting", metadata: ["name": "\(name)", "remedy": "plaza config lists them all"])
            }
            let plaza = try await Plaza(configuration, logger: logger)
            try await introduceAdministrator(of: plaza)
            try await plaza.serve { port in
                let host = configuration.api.host
                Output.say("Plaza listens on http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
                Output.say("  the page      /")
                Output.say("  the API       /openapi.json")
                Output.say("  its state     /readyz?verbose  /metrics")
                Output.say("  its data      \(plaza.directory.path)")
            }
        }
    }

    private var flags: [String: String?] {
        [
            ConfigurationKey.listen.name: listen, ConfigurationKey.roles.name: roles,
            ConfigurationKey.allowedOrigins.name: allowedOrigins, ConfigurationKey.trustedProxies.name: trustedProxies,
            ConfigurationKey.readsPerMinute.name: rateRead, ConfigurationKey.writesPerMinute.name: rateWrite,
            ConfigurationKey.credentialsPerMinute.name: rateCredentials,
            ConfigurationKey.searchesPerMinute.name: rateSearch, ConfigurationKey.cardCacheMegabytes.name: cardCacheMb,
            ConfigurationKey.slowStatementMilliseconds.name: slowStatementMs,
            ConfigurationKey.workerConcurrency.name: workerConcurrency,
            ConfigurationKey.receiveSeconds.name: receiveSeconds,
            ConfigurationKey.socketsPerAccount.name: realtimeConnectionsPerAccount,
            ConfigurationKey.socketsPerAddress.name: realtimeConnectionsPerAddress,
            ConfigurationKey.socketCommandsPerSecond.name: realtimeCommandsPerSecond,
            ConfigurationKey.socketSubscriptions.name: realtimeSubscriptionsPerConnection,
            ConfigurationKey.socketMessageBytes.name: realtimeMessageBytes,
            ConfigurationKey.socketSilenceSeconds.name: realtimeSilenceSeconds,
            ConfigurationKey.feeBasisPoints.name: feeBasisPoints,
            ConfigurationKey.paymentProvider.name: paymentProvider,
        ]
    }

    private func introduceAdministrator(of plaza: Plaza) async throws {
        let (directory, file) = (plaza.directory, "administrator.txt")
        let made = try await plaza.accounts.ensureAdministrator { handle, password in
            try directory.write(Array("handle: \(handle)\npassword: \(password)\n".utf8), to: file)
        }
        guard let (handle, password) = made else { return }
        Output.say("First run: the administrator is \(handle), with the password \(password)")
        Output.say("  (kept in \(directory.file(file)): change it and delete the file)")
    }
}
