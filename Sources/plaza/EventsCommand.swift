import ArgumentParser
import Core
import Events

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Look into the log of events; also while the server runs.",
        subcommands: [Failed.self])

    struct Failed: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List events that were set aside because their consumer failed on them again and again.")
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await listing.show(
                { try EventLog.failures(limit: $0, in: $1) }, json: \.json,
                header: ["CONSUMER", "EVENT", "TYPE", "SUBJECT", "FAILED", "ERROR"]
            ) { failure in
                [
                    failure.consumer, "\(failure.event.id)", failure.event.type, failure.event.subject,
                    "\(failure.failedAt)", failure.error,
                ]
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
