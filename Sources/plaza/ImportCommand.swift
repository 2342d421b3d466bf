import App
import ArgumentParser
import Core
import Flows

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Bring data in from files. Stop the server first.",
        subcommands: [Follows.self, Interactions.self, ImportProducts.self])

    struct Follows: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who follows whom: CSV with the columns follower and followee.",
            discussion: """
                A person whose key is a number is called u and the number. People who are not there are created, without
                a password. Rows that cannot be taken are listed and passed over. Importing again changes nothing, and
                completes an import that was interrupted.
                """)
        @OptionGroup var shared: SharedOptions
        @Argument(help: "The file.") var file: String
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            try await Failure.explained { try Importer.checkFollows(path: file) }
            try await shared.withPlaza(.making) { plaza in
                let importer = plaza.importer
                try await ImportCommand.run("follows", json: json) {
                    try await importer.importFollows(path: file, progress: $0)
                }
            }
        }
    }

    struct Interactions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who watched what, how often: CSV with the columns user, item and weight.",
            discussion: """
                An item becomes a post of the first person in the file who has it; a weight is that many watches.
                Importing again changes nothing, and completes an import that was interrupted.
                """)
        @OptionGroup var shared: SharedOptions
        @Argument(help: "The file.") var file: String
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            try await Failure.explained { try Importer.checkInteractions(path: file) }
            try await shared.withPlaza(.making) { plaza in
                let importer = plaza.importer
                try await ImportCommand.run("interactions", json: json) {
                    try await importer.importInteractions(path: file, progress: $0)
                }
            }
        }
    }

    private static func run(
        _ label: String, json: Bool,
        _ work: (@escaping @Sendable (ImportProgress) -> Void) async throws -> ImportReport
    ) async throws {
        let line = ProgressLine(label)
        defer { line.finish() }
        let report = try await work { progress in
            switch progress.phase {
            case .reading: line.show(count: progress.count, unit: "rows", share: progress.share)
            case .fillingTimelines: line.show(count: progress.count, unit: "home feeds", share: progress.share)
            }
        }
        line.finish()
        if json { Output.json(report.json) } else { report.describe() }
    }
}

extension ImportReport {
    fileprivate func describe() {
        Output.table([
            ["rows read", "\(rowsRead)"], ["people created", "\(peopleCreated)"], ["posts created", "\(postsCreated)"],
            ["follows created", "\(followsCreated)"], ["watches created", "\(watchesCreated)"],
            ["duplicates", "\(duplicates)"], ["skipped", "\(skipped.values.reduce(0, +))"],
            ["home feeds filled", "\(timelinesFilled)"], ["rows a second", "\(Int(rowsPerSecond))"],
        ])
        for row in faults { Output.say("line \(row.line): \(row.fault.explanation)") }
    }

    fileprivate var json: JSON {
        [
            "rows": .integer(Int64(rowsRead)), "people": .integer(Int64(peopleCreated)),
            "posts": .integer(Int64(postsCreated)), "follows": .integer(Int64(followsCreated)),
            "watches": .integer(Int64(watchesCreated)), "duplicates": .integer(Int64(duplicates)),
            "skipped": .object(
                skipped.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                    .init(name: $0.key.rawValue, value: .integer(Int64($0.value)))
                }),
            "faults": .array(faults.map { ["line": .integer(Int64($0.line)), "code": .string($0.fault.rawValue)] }),
            "timelines": .integer(Int64(timelinesFilled)), "seconds": .number(seconds),
            "rows_per_second": .number(rowsPerSecond),
        ]
    }
}
