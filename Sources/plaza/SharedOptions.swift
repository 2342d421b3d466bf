import App
import ArgumentParser
import Foundation
import Logging
import Storage

/// Options that every command takes which opens a data directory.
struct SharedOptions: ParsableArguments {
    @Option(help: .setting(.dataDirectory)) var dataDir: String?
    @Option(help: .setting(.databaseURL)) var databaseUrl: String?
    @Option(help: .setting(.logLevel)) var logLevel: String?

    var flags: [String: String] {
        [
            ConfigurationKey.dataDirectory.name: dataDir, ConfigurationKey.databaseURL.name: databaseUrl,
            ConfigurationKey.logLevel.name: logLevel,
        ].compactMapValues(\.self)
    }

    /// What is in force, with further flags of a command.
    func configuration(_ further: [String: String?] = [:]) throws -> Configuration {
        let flags = flags.merging(further.compactMapValues(\.self)) { _, new in new }
        return try Configuration(flags: flags, environment: ProcessInfo.processInfo.environment)
    }

    /// Opens the data directory, does some work and closes it again.
    func withPlaza<Value>(
        _ opening: DataDirectory.Opening, _ body: (Plaza) async throws -> Value
    ) async throws -> Value {
        try await Failure.explained {
            let configuration = try configuration()
            let plaza = try await Plaza(
                configuration, opening: opening,
                logger: Logging.make(level: max(configuration.logLevel, .warning)))
            do {
                let value = try await body(plaza)
                await plaza.close()
                return value
            } catch {
                await plaza.close()
                throw error
            }
        }
    }

    /// Opens the database to read in it, and closes it again.
    func withDatabase<Value>(_ body: (any Database) async throws -> Value) async throws -> Value {
        try await Failure.explained { try await Plaza.inspect(try configuration(), body) }
    }
}

enum Logging {
    static func make(level: Logger.Level) -> Logger {
        var logger = Logger(label: "plaza") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }
}

extension ArgumentHelp {
    /// The help of a flag that sets what an environment variable sets.
    static func setting(_ key: ConfigurationKey) -> ArgumentHelp {
        let defaultText = key.defaultText.isEmpty ? "" : " Default: \(key.defaultText)."
        return ArgumentHelp("\(key.about) Takes \(key.range).\(defaultText) \(key.name).")
    }
}
