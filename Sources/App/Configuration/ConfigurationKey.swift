/// One thing an operator can set. The list is the documentation: `plaza config` prints it.
package struct ConfigurationKey: Sendable {
    /// The environment's name: `PLAZA_LISTEN`. The flag is the same in lower case: `--listen`.
    package let name: String
    package let type: String
    package let defaultText: String
    /// What values are taken.
    package let range: String
    package let about: String
    package var isSecret = false

    package static let all: [ConfigurationKey] =
        [
            listen, dataDirectory, databaseURL, roles, logLevel, allowedOrigins, trustedProxies, readsPerMinute,
            writesPerMinute, credentialsPerMinute, searchesPerMinute, cardCacheMegabytes, slowStatementMilliseconds,
            workerConcurrency, receiveSeconds, socketsPerAccount, socketsPerAddress, socketSubscriptions,
            socketCommandsPerSecond, socketMessageBytes, socketSilenceSeconds, feeBasisPoints, paymentProvider, secret,
        ] + ofAccounts

    package static let listen = ConfigurationKey(
        name: "PLAZA_LISTEN", type: "address:port", defaultText: "127.0.0.1:8080",
        range: "address:port, the port 0 to 65535; 0 takes a free one",
        about: "Where the API listens.")
    package static let dataDirectory = ConfigurationKey(
        name: "PLAZA_DATA_DIR", type: "path", defaultText: "./plaza-data", range: "a directory that can be written",
        about: "Where data and generated secrets live. One server at a time.")
    package static let databaseURL = ConfigurationKey(
        name: "PLAZA_DATABASE_URL", type: "URL", defaultText: "sqlite:plaza.sqlite",
        range: "sqlite:FILE, the name of a file in the data directory",
        about: "The database.")
    package static let roles = ConfigurationKey(
        name: "PLAZA_ROLES", type: "list", defaultText: "api,worker", range: "of api, worker",
        about: "What this instance does: answer requests, run jobs and event consumers.")
    package static let logLevel = ConfigurationKey(
        name: "PLAZA_LOG_LEVEL", type: "choice", defaultText: "info",
        range: "trace, debug, info, notice, warning, error, critical",
        about: "How much is logged. Requests are logged at debug.")
    package static let allowedOrigins = ConfigurationKey(
        name: "PLAZA_ALLOWED_ORIGINS", type: "list", defaultText: "",
        range: "origins as browsers send them: https://shop.example or http://localhost:3000, no path",
        about: "Origins that browsers may call from, beside the server's own page.")
    package static let trustedProxies = ConfigurationKey(
        name: "PLAZA_TRUSTED_PROXIES", type: "list", defaultText: "", range: "IP addresses",
        about: "Proxies whose X-Forwarded-For is believed.")
    package static let readsPerMinute = rate("PLAZA_RATE_READ", "1200", "Reads")
    package static let writesPerMinute = rate("PLAZA_RATE_WRITE", "300", "Writes")
    package static let credentialsPerMinute = rate("PLAZA_RATE_CREDENTIALS", "300", "Sign-ins, refreshes and the like")
    package static let searchesPerMinute = rate("PLAZA_RATE_SEARCH", "120", "Searches")
    package static let cardCacheMegabytes = ConfigurationKey(
        name: "PLAZA_CARD_CACHE_MB", type: "integer", defaultText: "64", range: "1 to 65536",
        about: "Memory for encoded posts, in MiB.")
    package static let slowStatementMilliseconds = ConfigurationKey(
        name: "PLAZA_SLOW_STATEMENT_MS", type: "integer", defaultText: "250", range: "0 to 60000; 0 logs none",
        about: "Statements that take longer are logged.")
    package static let workerConcurrency = ConfigurationKey(
        name: "PLAZA_WORKER_CONCURRENCY", type: "integer", defaultText: "128", range: "1 to 1024",
        about: "Jobs that run at once.")
    package static let receiveSeconds = ConfigurationKey(
        name: "PLAZA_RECEIVE_SECONDS", type: "integer", defaultText: "15", range: "1 to 300",
        about: "Seconds that the head of a request or handshake may take to arrive, and each 64 KiB of a body.")
    package static let socketsPerAccount = ConfigurationKey(
        name: "PLAZA_REALTIME_CONNECTIONS_PER_ACCOUNT", type: "integer", defaultText: "5",
        range: "0 to 20000; 0 is no limit",
        about: "Sockets that one account may have open.")
    package static let socketsPerAddress = ConfigurationKey(
        name: "PLAZA_REALTIME_CONNECTIONS_PER_ADDRESS", type: "integer", defaultText: "1000",
        range: "0 to 1000000; 0 is no limit",
        about: "Sockets that one address may have open. Proxies must be named in PLAZA_TRUSTED_PROXIES.")
    package static let socketCommandsPerSecond = ConfigurationKey(
        name: "PLAZA_REALTIME_COMMANDS_PER_SECOND", type: "integer", defaultText: "10", range: "1 to 1000000",
        about: "Commands that one socket may send; five times as many at once after a rest.")
    package static let socketSubscriptions = ConfigurationKey(
        name: "PLAZA_REALTIME_SUBSCRIPTIONS_PER_CONNECTION", type: "integer", defaultText: "100", range: "1 to 10000",
        about: "Channels that one socket may hear, beside its person's own.")
    package static let socketMessageBytes = ConfigurationKey(
        name: "PLAZA_REALTIME_MESSAGE_BYTES", type: "integer", defaultText: "65536", range: "1024 to 16777216",
        about: "Bytes of one frame and of one message that a socket may send.")
    package static let socketSilenceSeconds = ConfigurationKey(
        name: "PLAZA_REALTIME_SILENCE_SECONDS", type: "integer", defaultText: "300", range: "30 to 86400",
        about: "Seconds without a sign of life until a socket is given up.")
    package static let paymentProvider = ConfigurationKey(
        name: "PLAZA_PAYMENT_PROVIDER", type: "choice", defaultText: "none", range: "none, test",
        about: "Who moves money in and out of wallets. test pretends to: everybody can fill their wallet.")
    package static let feeBasisPoints = ConfigurationKey(
        name: "PLAZA_FEE_BASIS_POINTS", type: "integer", defaultText: "500", range: "0 to 10000",
        about: "The platform's share of what sellers get, in hundredths of a percent, of orders from now on.")
    package static let secret = ConfigurationKey(
        name: "PLAZA_SECRET", type: "text", defaultText: "generated into the data directory",
        range: "32 characters or more",
        about: "Seals cursors and signs what the test payment provider sends. The same on all instances.",
        isSecret: true)

    private static func rate(_ name: String, _ defaultText: String, _ what: String) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: "integer", defaultText: defaultText, range: "0 to 100000000; 0 is no limit",
            about: "\(what) a minute per account, or per address without a session.")
    }

    /// `listen` for `PLAZA_LISTEN`: how a flag is called.
    package var flagName: String {
        name.dropFirst("PLAZA_".count).lowercased().replacing("_", with: "-")
    }
}
