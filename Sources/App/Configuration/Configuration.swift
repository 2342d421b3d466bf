package import Accounts
package import HTTP
package import Logging
import RateLimit
package import Realtime

/// What is set, from where, and checked.
package struct Configuration: Sendable {
    package enum Source: String, Sendable {
        case flag, environment, builtIn = "default"
    }

    package struct Setting: Sendable {
        package let key: ConfigurationKey
        package let value: String
        package let source: Source
    }

    package let settings: [Setting]
    /// Names that begin with `PLAZA_` but mean nothing: a typing error that would otherwise go unnoticed.
    package let unknownNames: [String]

    package var api = APIConfiguration()
    package private(set) var dataDirectory = "./plaza-data"
    package private(set) var databaseFile = "plaza.sqlite"
    package private(set) var servesAPI = true
    package private(set) var runsJobs = true
    package private(set) var logLevel = Logger.Level.info
    package private(set) var rates = RatePolicy()
    package private(set) var accounts = AccountLimits.standard
    package private(set) var cardCacheBytes = 64 << 20
    package private(set) var slowStatementMilliseconds: Int?
    package private(set) var workerConcurrency = 128
    package var realtime = RealtimeLimits()
    package private(set) var paymentProvider = "none"
    package private(set) var feeBasisPoints: Int64 = 500
    package private(set) var secret: String?

    /// Flags come before the environment, and that before the defaults.
    /// - Throws: ``ConfigurationError`` for the first value that is not taken.
    package init(flags: [String: String] = [:], environment: [String: String] = [:]) throws {
        settings = ConfigurationKey.all.map { key in
            if let value = flags[key.name] { return Setting(key: key, value: value, source: .flag) }
            if let value = environment[key.name] { return Setting(key: key, value: value, source: .environment) }
            return Setting(key: key, value: key.isSecret ? "" : key.defaultText, source: .builtIn)
        }
        let known = Set(ConfigurationKey.all.map(\.name))
        unknownNames = environment.keys.filter { $0.hasPrefix("PLAZA_") && !known.contains($0) }.sorted()
        try readListener()
        try readStorage()
        try readLimits()
        try readAccounts()
        try readRoles()
    }

    private func text(_ key: ConfigurationKey) -> String {
        settings.first { $0.key.name == key.name }?.value ?? key.defaultText
    }

    private func list(_ key: ConfigurationKey) -> [String] {
        text(key).split(separator: ",").map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
    }

    private func integer(_ key: ConfigurationKey, _ bounds: ClosedRange<Int>) throws -> Int {
        guard let value = Int(text(key)), bounds.contains(value) else { throw refused(key) }
        return value
    }

    private func refused(_ key: ConfigurationKey) -> ConfigurationError {
        ConfigurationError(key: key, value: key.isSecret ? "…" : text(key))
    }

    private mutating func readListener() throws {
        let parts = text(.listen).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 2, let port = parts.last.flatMap({ Int($0) }), (0...65_535).contains(port) else {
            throw refused(.listen)
        }
        // An IPv6 address has colons of its own and stands in brackets.
        let host = parts.dropLast().joined(separator: ":").replacing("[", with: "").replacing("]", with: "")
        guard !host.isEmpty else { throw refused(.listen) }
        api.host = host
        api.port = port
        api.allowedOrigins = Set(list(.allowedOrigins))
        guard api.allowedOrigins.allSatisfy(WebOrigin.isOne) else { throw refused(.allowedOrigins) }
        api.trustedProxies = Set(
            try list(.trustedProxies).map { text in
                guard let address = IPAddress.canonical(text) else { throw refused(.trustedProxies) }
                return address
            })
    }

    private mutating func readStorage() throws {
        dataDirectory = text(.dataDirectory)
        guard !dataDirectory.isEmpty else { throw refused(.dataDirectory) }
        let url = text(.databaseURL)
        guard url.hasPrefix("sqlite:"), url.count > "sqlite:".count else { throw refused(.databaseURL) }
        databaseFile = String(url.dropFirst("sqlite:".count))
        // Elsewhere it would be out of reach of the lock that keeps two servers apart.
        guard !databaseFile.contains("/"), databaseFile != ".", databaseFile != ".." else {
            throw refused(.databaseURL)
        }
        let slow = try integer(.slowStatementMilliseconds, 0...60_000)
        slowStatementMilliseconds = slow == 0 ? nil : slow
        if let secret = settings.first(where: { $0.key.isSecret && $0.source != .builtIn })?.value {
            guard secret.utf8.count >= 32, Set(secret).count >= 8 else { throw refused(.secret) }
            self.secret = secret
        }
    }

    private mutating func readLimits() throws {
        let perMinute = 0...100_000_000
        rates = RatePolicy(
            readsPerMinute: try integer(.readsPerMinute, perMinute),
            writesPerMinute: try integer(.writesPerMinute, perMinute),
            credentialsPerMinute: try integer(.credentialsPerMinute, perMinute),
            searchesPerMinute: try integer(.searchesPerMinute, perMinute))
        cardCacheBytes = try integer(.cardCacheMegabytes, 1...65_536) << 20
        workerConcurrency = try integer(.workerConcurrency, 1...1_024)
        realtime.socketsPerAccountMax = try bound(.socketsPerAccount, max: 20_000)
        realtime.socketsPerAddressMax = try bound(.socketsPerAddress, max: 1_000_000)
        realtime.subscriptionsPerSocketMax = try integer(.socketSubscriptions, 1...10_000)
        realtime.messageBytesMax = try integer(.socketMessageBytes, 1_024...16_777_216)
        realtime.frameBytesMax = realtime.messageBytesMax
        realtime.silenceTicks = try integer(.socketSilenceSeconds, 30...86_400)
        api.receiveSeconds = Int64(try integer(.receiveSeconds, 1...300))
        realtime.commandsPerSecond = Int64(try integer(.socketCommandsPerSecond, 1...1_000_000))
        realtime.commandBurst = realtime.commandsPerSecond * 5
        paymentProvider = text(.paymentProvider)
        guard ["none", "test"].contains(paymentProvider) else { throw refused(.paymentProvider) }
        feeBasisPoints = Int64(try integer(.feeBasisPoints, 0...10_000))
        guard let level = Logger.Level(rawValue: text(.logLevel)) else { throw refused(.logLevel) }
        logLevel = level
    }

    private mutating func readAccounts() throws {
        accounts.signIn = try allowance(.wrongPasswords, perSeconds: 600)
        accounts.slowedSignIn = try allowance(.slowedSignIns, perSeconds: 3_600)
        accounts.signInPerAccount = try allowance(.wrongPasswordsPerAccount, perSeconds: 3_600)
        accounts.signInPerAddress = try allowance(.wrongPasswordsPerAddress, perSeconds: 600)
        accounts.signUpPerAddress = try allowance(.signUpsPerHour, perSeconds: 3_600)
        accounts.confirmation = try allowance(.confirmations, perSeconds: 600)
        accounts.refreshReplaySeconds = Int64(try integer(.refreshReplaySeconds, 0...60))
        accounts.handleReservedDays = Int64(try integer(.handleReservedDays, 90...36_500))
    }

    private func allowance(_ key: ConfigurationKey, perSeconds: Int64) throws -> Allowance? {
        let count = try integer(key, 0...100_000_000)
        return count == 0 ? nil : Allowance(count: Int64(count), perSeconds: perSeconds)
    }

    /// 0 is no bound.
    private func bound(_ key: ConfigurationKey, max: Int) throws -> Int {
        let value = try integer(key, 0...max)
        return value == 0 ? .max : value
    }

    private mutating func readRoles() throws {
        let roles = Set(list(.roles))
        guard !roles.isEmpty, roles.isSubset(of: ["api", "worker"]) else { throw refused(.roles) }
        servesAPI = roles.contains("api")
        runsJobs = roles.contains("worker")
    }
}

/// A value that is not taken.
package struct ConfigurationError: Error, CustomStringConvertible {
    package let key: ConfigurationKey
    package let value: String

    package var description: String {
        "\(key.name) cannot be \"\(value)\": it takes \(key.range). Set it as \(key.name) or --\(key.flagName)."
    }
}
