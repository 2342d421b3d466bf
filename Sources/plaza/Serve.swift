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

    @Option(name: .long, help: "Where to listen, as address:port; port 0 takes a free one. PLAZA_LISTEN.")
    var listen: String?

    @Option(name: .long, help: "What to run, of api and worker. PLAZA_ROLES.")
    var roles: String?

    @Option(name: .long, help: "Origins that browsers may call from, separated by commas. PLAZA_ALLOWED_ORIGINS.")
    var allowedOrigins: String?

    @Option(name: .long, help: "Proxies whose X-Forwarded-For is believed. PLAZA_TRUSTED_PROXIES.")
    var trustedProxies: String?

    @Option(name: .long, help: "Reads a minute per account or address; 0 is no limit. PLAZA_RATE_READ.")
    var rateRead: String?

    @Option(name: .long, help: "Writes a minute; 0 is no limit. PLAZA_RATE_WRITE.")
    var rateWrite: String?

    @Option(name: .long, help: "Sign-ins and the like a minute; 0 is no limit. PLAZA_RATE_CREDENTIALS.")
    var rateCredentials: String?

    @Option(name: .long, help: "Searches a minute; 0 is no limit. PLAZA_RATE_SEARCH.")
    var rateSearch: String?

    @Option(name: .long, help: "MiB of memory for encoded posts. PLAZA_CARD_CACHE_MB.")
    var cardCacheMb: String?

    @Option(
        name: .long, help: "Log statements that take longer, in milliseconds; 0 logs none. PLAZA_SLOW_STATEMENT_MS.")
    var slowStatementMs: String?

    @Option(name: .long, help: "Jobs that run at once. PLAZA_WORKER_CONCURRENCY.")
    var workerConcurrency: String?

    func run() async throws {
        try await Failure.explained {
            let configuration = try shared.configuration(flags)
            let logger = Logging.make(level: configuration.logLevel)
            for name in configuration.unknownNames {
                logger.warning(
                    "unknown setting", metadata: ["name": "\(name)", "remedy": "plaza config lists them all"])
            }
            let plaza = try await Plaza(configuration, logger: logger)
            if let administrator = try await plaza.accounts.ensureAdministrator() {
                try introduce(administrator, in: plaza.directory)
            }
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
        ]
    }

    private func introduce(_ administrator: (handle: String, password: String), in directory: DataDirectory) throws {
        let lines = "handle: \(administrator.handle)\npassword: \(administrator.password)\n"
        try directory.write(Array(lines.utf8), to: "administrator.txt")
        Output.say(
            "First run: the administrator is \(administrator.handle), with the password \(administrator.password)")
        Output.say("  (kept in \(directory.file("administrator.txt")): change it and delete the file)")
    }
}
