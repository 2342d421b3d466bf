import App
import ArgumentParser
import Core
import Events
import Storage

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Look into the log of events; also while the server runs.",
        subcommands: [Failed.self])

    struct Failed: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List events that were set aside because their consumer failed on them again and again.")
        @OptionGroup var shared: SharedOptions
        @Option(help: "How many at most, 1 to 1000.") var limit = 100
        @Flag(help: "For scripts.") var json = false

        func validate() throws {
            guard (1...1_000).contains(limit) else { throw ValidationError("--limit is 1 to 1000.") }
        }

        func run() async throws {
            try await shared.withDatabase { database in
                let limit = limit
                let failures = try await database.read { try EventLog.failures(limit: limit, in: $0) }
                if json {
                    Output.json(.array(failures.map(\.json)))
                } else {
                    Output.table(
                        [["CONSUMER", "EVENT", "TYPE", "SUBJECT", "FAILED", "ERROR"]]
                            + failures.map {
                                [
                                    $0.consumer, "\($0.event.id)", $0.event.type, $0.event.subject, "\($0.failedAt)",
                                    $0.error,
                                ]
                            })
                }
            }
        }
    }
}

extension EventFailure {
    fileprivate var json: JSON {
        [
            "consumer": .string(consumer), "id": .string("\(event.id)"), "type": .string(event.type),
            "subject": .string(event.subject), "time": .string("\(event.time)"),
            "version": .integer(Int64(event.version)), "data": event.data, "error": .string(error),
            "failed_at": .string("\(failedAt)"),
        ]
    }
}
