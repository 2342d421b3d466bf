import App
import ArgumentParser
import Core
import Foundation
import HTTP
import Storage
import StorageSQLite

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the schema, or bring it up to date.", subcommands: [Up.self, Status.self])

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Apply the migrations that wait. serve does this itself.")
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            try await shared.withPlaza(.making) { _ in Output.say("The schema is up to date.") }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the migrations and when they were applied.")
        @OptionGroup var shared: SharedOptions
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            try await Failure.explained {
                let lines = try await Plaza.migrationStatus(shared.configuration())
                if json {
                    Output.json(
                        .array(
                            lines.map { line in
                                [
                                    "name": .string(line.name),
                                    "applied_at": line.appliedAt.map { .string("\($0)") } ?? nil,
                                ]
                            }))
                } else {
                    Output.table(
                        [["MIGRATION", "APPLIED"]] + lines.map { [$0.name, $0.appliedAt?.description ?? "waits"] })
                }
            }
        }
    }
}

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "List everything that can be set, what is in force, and where it comes from.")
    @OptionGroup var shared: SharedOptions
    @Flag(help: "For scripts.") var json = false

    func run() async throws {
        try await Failure.explained {
            let configuration = try shared.configuration()
            if json {
                Output.json(.array(configuration.settings.map(\.json)))
            } else {
                for setting in configuration.settings { describe(setting) }
                for name in configuration.unknownNames { Output.say("\(name) is set but unknown: a typing error?\n") }
            }
        }
    }

    private func describe(_ setting: Configuration.Setting) {
        let key = setting.key
        Output.say("\(key.name)=\(setting.shown)")
        Output.say("  \(key.about)")
        Output.say(
            "  \(key.type): \(key.range). Default: \(key.defaultText.isEmpty ? "none" : key.defaultText). From: \(setting.source.rawValue)."
        )
        Output.say("")
    }
}

extension Configuration.Setting {
    /// A secret's value is never shown.
    fileprivate var shown: String {
        key.isSecret && source != .builtIn ? "••••••••" : value
    }

    fileprivate var json: JSON {
        [
            "name": .string(key.name), "value": .string(shown), "source": .string(source.rawValue),
            "default": .string(key.defaultText), "type": .string(key.type), "range": .string(key.range),
            "about": .string(key.about), "secret": .bool(key.isSecret),
        ]
    }
}

struct OpenAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the description of the API, as /openapi.json answers it.")

    func run() async throws {
        try await Failure.explained { Output.say(try await Plaza.openAPIDocument()) }
    }
}

struct AsyncAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "asyncapi",
        abstract: "Print the description of what is said over WebSockets, as /asyncapi.json answers it.")

    func run() async throws {
        try await Failure.explained { Output.say(try await Plaza.asyncAPIDocument()) }
    }
}
