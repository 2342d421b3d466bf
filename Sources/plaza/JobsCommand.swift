import App
import ArgumentParser
import Core
import Jobs
import Storage
import StorageSQLite

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Look after the job queue; also while the server runs.",
        subcommands: [Summary.self, Dead.self, Retry.self, Discard.self])

    struct Summary: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Count jobs by kind and state.")
        @OptionGroup var shared: SharedOptions
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            try await shared.withDatabase { database in
                let lines = try await database.read { try JobSummary($0).lines }
                if json {
                    Output.json(
                        .array(
                            lines.map { line in
                                [
                                    "kind": .string(line.kind), "state": .string("\(line.state)"),
                                    "count": .integer(Int64(line.count)),
                                ]
                            }))
                } else {
                    Output.table([["KIND", "STATE", "COUNT"]] + lines.map { [$0.kind, "\($0.state)", "\($0.count)"] })
                }
            }
        }
    }

    struct Dead: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List dead letters: jobs that failed for good.")
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await listing.show(
                { try DeadLetters.page(limit: $0, in: $1) }, json: \.json,
                header: ["JOB", "KIND", "ATTEMPTS", "DIED", "ERROR"]
            ) { ["\($0.id)", $0.kind, "\($0.attempts)", "\($0.diedAt)", $0.error] }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Put a dead letter back into the queue, or all.")
        @OptionGroup var shared: SharedOptions
        @Argument(help: "The job's id.") var job: String?
        @Flag(help: "Every dead letter.") var all = false

        func validate() throws {
            guard all != (job != nil) else { throw ValidationError("Name one job, or say --all.") }
        }

        func run() async throws {
            try await shared.withPlaza(.beside) { plaza in
                let letters = DeadLetters(queue: plaza.jobs)
                if let job {
                    let id = try JobsCommand.id(job)
                    try await plaza.database.write { tx in try letters.retry(id, in: tx) }
                    Output.say("1 job is back in the queue.")
                } else {
                    let count = try await retryAll(letters, in: plaza)
                    Output.say(count == 1 ? "1 job is back in the queue." : "\(count) jobs are back in the queue.")
                }
            }
        }

        /// In transactions of a page each, so that a running server's writes get between.
        private func retryAll(_ letters: DeadLetters, in plaza: Plaza) async throws -> Int {
            let startedAt = plaza.clock.now()
            var (total, place): (Int, DeadLetters.Place?) = (0, nil)
            repeat {
                let page = try await plaza.database.write { [place] tx in try letters.retryAll(after: place, in: tx) }
                total += page.retried
                place = page.next
                // What a running worker has buried again meanwhile is left alone: this would never end.
            } while place.map { $0.diedAt <= startedAt } ?? false
            return total
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a dead letter.")
        @OptionGroup var shared: SharedOptions
        @Argument(help: "The job's id.") var job: String

        func run() async throws {
            try await shared.withPlaza(.beside) { plaza in
                let (letters, id) = (DeadLetters(queue: plaza.jobs), try JobsCommand.id(job))
                try await plaza.database.write { tx in try letters.discard(id, in: tx) }
                Output.say("Discarded.")
            }
        }
    }

    private static func id(_ text: String) throws -> ID<QueuedJob> {
        guard let id = ID<QueuedJob>(text) else { throw ValidationError("\(text) is not the id of a job.") }
        return id
    }
}

extension DeadLetters.Letter {
    fileprivate var json: JSON {
        [
            "id": .string("\(id)"), "kind": .string(kind), "payload": payload, "attempts": .integer(Int64(attempts)),
            "error": .string(error), "created_at": .string("\(createdAt)"), "died_at": .string("\(diedAt)"),
        ]
    }
}
