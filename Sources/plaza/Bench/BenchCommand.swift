import App
import ArgumentParser
import Core
import Foundation
import Jobs
import Logging
import Storage
import StorageSQLite

/// Figures that no client can take from outside. Hidden: it is there for `make bench`.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure what cannot be measured from outside.", shouldDisplay: false,
        subcommands: [JobsBench.self, LedgerBench.self, RealtimeBench.self])

    struct JobsBench: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "jobs", abstract: "Jobs claimed and completed a second, in a directory of its own.")
        @Option(help: "How many jobs.") var count = 100_000
        @Flag(help: "For scripts.") var json = false

        func validate() throws {
            guard (1...10_000_000).contains(count) else { throw ValidationError("--count is 1 to 10000000.") }
        }

        func run() async throws {
            try await Failure.explained {
                try await BenchCommand.withPlaza { plaza in
                    let enqueued = try await BenchCommand.seconds { try await enqueue(count, in: plaza) }
                    let completed = try await BenchCommand.seconds { try await complete(in: plaza) }
                    report(enqueued: enqueued, completed: completed)
                }
            }
        }

        private func enqueue(_ count: Int, in plaza: Plaza) async throws {
            let (queue, batchMax) = (plaza.jobs, 1_000)
            for start in stride(from: 0, to: count, by: batchMax) {
                try await plaza.database.write { tx in
                    for _ in start..<min(start + batchMax, count) { try queue.enqueue(Nothing(), in: tx) }
                }
            }
        }

        private func complete(in plaza: Plaza) async throws {
            var handlers = JobHandlers()
            handlers.on(Nothing.self) { _, _ in }
            let worker = JobWorker(
                database: plaza.database, queue: plaza.jobs, handlers: handlers, metrics: plaza.registry,
                logger: plaza.logger, concurrencyMax: plaza.configuration.workerConcurrency)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                try await worker.idle()
                group.cancelAll()
            }
        }

        private func report(enqueued: Double, completed: Double) {
            let perSecond = (enqueued: Int(Double(count) / enqueued), completed: Int(Double(count) / completed))
            if json {
                Output.json([
                    "jobs": .integer(Int64(count)), "enqueued_per_second": .integer(Int64(perSecond.enqueued)),
                    "completed_per_second": .integer(Int64(perSecond.completed)),
                ])
            } else {
                Output.say("\(count) jobs: \(perSecond.enqueued)/s enqueued, \(perSecond.completed)/s completed")
            }
        }
    }

    /// A house in a directory of its own that goes with it, or in one that stays.
    static func withPlaza(in lasting: String? = nil, _ body: (Plaza) async throws -> Void) async throws {
        let passing = FileManager.default.temporaryDirectory.path + "/plaza-bench-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: passing) }
        let configuration = try Configuration(flags: [ConfigurationKey.dataDirectory.name: lasting ?? passing])
        let plaza = try await Plaza(configuration, logger: Logging.make(level: .warning))
        try await body(plaza)
        await plaza.close()
    }

    static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let start = monotonicNanoseconds()
        try await body()
        return Double(monotonicNanoseconds() - start) / 1e9
    }
}

/// A job whose cost is the queue's alone.
private struct Nothing: ArgumentlessJob {
    static let kind = "bench.nothing"
}
