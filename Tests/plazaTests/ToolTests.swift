import Core
import Foundation
import PlazaTesting
import Storage
import StorageSQLite
import Testing

/// Tools that work on what is there, beside a server or without one.
@Suite(.timeLimit(.minutes(15))) struct ToolTests {
    private static let tools = [
        ["verify"], ["jobs", "summary"], ["jobs", "dead"], ["jobs", "retry", "--all"], ["jobs", "discard", "job_1"],
        ["account", "create", "ann"], ["account", "password", "ann"], ["events", "failed"],
        ["export", "products", "--shop", "kiln"], ["import", "products", "/dev/null", "--shop", "kiln"],
    ]

    @Test(arguments: tools) func whereThereIsNothingNothingIsMade(_ tool: [String]) async throws {
        try await withTemporaryDirectory { directory in
            let data = directory + "/data"
            let outcome = try await run(tool, in: data)
            #expect(outcome.status == 1)
            #expect(outcome.complaints == "plaza: there is no plaza in \(data): check --data-dir.\n")
            #expect(!FileManager.default.fileExists(atPath: data))
        }
    }

    @Test(arguments: tools) func anOldSchemaIsLeftAsItIs(_ tool: [String]) async throws {
        try await withTemporaryDirectory { directory in
            let database = try SQLiteDatabase(path: directory + "/plaza.sqlite")
            _ = try await Migrator([NodeClaim.migration], clock: ManualClock().wall).migrate(database)
            database.close()
            let outcome = try await run(tool, in: directory)
            #expect(outcome.status == 1)
            #expect(outcome.complaints.contains("migrations wait"))
            #expect(outcome.complaints.contains("plaza migrate up"))
            let status = try await PlazaCommand().run("migrate", "status", "--json", "--data-dir", directory)
            #expect(status.json.array?.filter { $0["applied_at"] != .null }.count == 1)
        }
    }

    @Test func whatOnlyReadsWritesNothing() async throws {
        try await withTemporaryDirectory { directory in
            try await migrate(directory)
            let before = try files(in: directory)
            for tool in [["verify"], ["jobs", "summary"], ["jobs", "dead"], ["events", "failed"]] {
                let outcome = try await run(tool, in: directory)
                #expect(outcome.status == 0, "\(outcome.complaints)")
                #expect(try files(in: directory) == before, "\(tool)")
            }
        }
    }

    @Test func everyDeadLetterIsRetried() async throws {
        try await withTemporaryDirectory { directory in
            try await migrate(directory)
            try await change(directory) { tx in
                for id in 1...250 {
                    try tx.execute(
                        """
                        INSERT INTO job
                            (id, kind, payload, state, priority, run_at, attempt, attempts_left, attempts_max,
                             lease_until, created_at, died_at)
                        VALUES (\(id), 'a', '{}', 2, 1, 1, 20, 0, 20, 0, 1, \(id))
                        """)
                }
            }
            let all = try await run(["jobs", "retry", "--all"], in: directory)
            #expect(all.output == "250 jobs are back in the queue.\n")
            let again = try await run(["jobs", "retry", "--all"], in: directory)
            #expect(again.output == "0 jobs are back in the queue.\n")
        }
    }

    @Test func eventsThatWereSetAsideAreListed() async throws {
        try await withTemporaryDirectory { directory in
            try await migrate(directory)
            try await change(directory) { tx in
                try tx.execute(
                    """
                    INSERT INTO event_failure
                        (consumer, position, event_id, type, subject, at, version, data, error, failed_at)
                    VALUES ('social.text_index', 7, 1, 'post.published', 'pst_1', 1, 1, '{}', 'poison', 2)
                    """)
            }
            let listed = try await run(["events", "failed"], in: directory)
            #expect(listed.output.contains("social.text_index"))
            #expect(listed.output.contains("poison"))
            let document = try await run(["events", "failed", "--json"], in: directory).json
            #expect(document.array?.count == 1)
            #expect(document.array?.first?["subject"] == "pst_1")
        }
    }

    @Test func anOperatorResetsAPassword() async throws {
        try await withTemporaryDirectory { directory in
            try await migrate(directory)
            let made = try await run(["account", "create", "ann"], input: "tulips and kilns\n", in: directory)
            #expect(made.status == 0, "\(made.complaints)")
            let short = try await run(["account", "password", "ann"], input: "tulips\n", in: directory)
            #expect(short.complaints == "plaza: password: 8 to 128 characters.\n")
            let nobody = try await run(["account", "password", "bo.b"], input: "kites over dunes\n", in: directory)
            #expect(nobody.complaints == "plaza: There is no such account.\n")
            let reset = try await run(["account", "password", "ann"], input: "kites over dunes\n", in: directory)
            #expect(reset.status == 0, "\(reset.complaints)")
            try await withServer(in: directory) { server in
                for (password, status) in [("tulips and kilns", 401), ("kites over dunes", 201)] {
                    let answer = try await withWire(port: server.port, host: "127.0.0.1") { wire in
                        let body: JSON = ["login": "ann", "password": .string(password)]
                        return try await wire.callPatiently("POST", "/v1/sessions", body: body)
                    }
                    #expect(answer.status == status)
                }
            }
        }
    }

    @Test func aPasswordThatIsResetBesideTheServerEndsTheSessionsItRemembers() async throws {
        try await withTemporaryDirectory { directory in
            try await migrate(directory)
            #expect(try await run(["account", "create", "ann"], in: directory).status == 0)
            try await withServer(in: directory) { server in
                try await withWire(port: server.port, host: "127.0.0.1") { wire in
                    let signedIn = try await wire.callPatiently(
                        "POST", "/v1/sessions", body: ["login": "ann", "password": "tulips and kilns"])
                    let token = try #require(signedIn.json["session"]?["access_token"]?.string)
                    #expect(try await wire.call("GET", "/v1/me", token: token).status == 200)
                    let reset = try await run(
                        ["account", "password", "ann"], input: "kites over dunes\n", in: directory)
                    #expect(reset.status == 0, "\(reset.complaints)")
                    // A second is promised; a slow machine is no fault.
                    var status = 200
                    for _ in 0..<200 where status == 200 {
                        try await Task.sleep(for: .milliseconds(50))
                        status = try await wire.call("GET", "/v1/me", token: token).status
                    }
                    #expect(status == 401)
                    let again = try await wire.callPatiently(
                        "POST", "/v1/sessions", body: ["login": "ann", "password": "kites over dunes"])
                    #expect(again.status == 201)
                }
            }
            #expect(try await run(["verify"], in: directory).status == 0)
        }
    }

    @Test func aFileThatCannotBeImportedIsRefusedBeforeAnythingIsMade() async throws {
        try await withTemporaryDirectory { directory in
            let (data, file) = (directory + "/data", directory + "/rows.csv")
            try Data("follower,leader\n1,2\n".utf8).write(to: URL(filePath: file))
            for (path, sentence) in [
                (directory + "/none.csv", "No such file or directory"), (directory, "Is a directory"),
                (file, "the column \"followee\" is missing in the header"),
            ] {
                let outcome = try await run(["import", "follows", path], in: data)
                #expect(outcome.status == 1)
                #expect(outcome.complaints.contains(sentence), "\(outcome.complaints)")
                #expect(!FileManager.default.fileExists(atPath: data))
            }
        }
    }

    private func run(
        _ arguments: [String], input: String = "tulips and kilns\n", in directory: String
    ) async throws -> PlazaCommand.Outcome {
        let process = try PlazaCommand(["PLAZA_DATA_DIR": directory]).start(arguments, input: input)
        let status = await process.ended()
        return PlazaCommand.Outcome(status: status, output: process.output, complaints: process.complaints)
    }

    private func migrate(_ directory: String) async throws {
        #expect(try await run(["migrate", "up"], in: directory).status == 0)
    }

    private func change(
        _ directory: String, _ body: @escaping @Sendable (WriteTransaction) throws -> Void
    ) async throws {
        let database = try SQLiteDatabase(path: directory + "/plaza.sqlite")
        defer { database.close() }
        try await database.write(body)
    }

    /// All but the engine's table of who reads where.
    private func files(in directory: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { !$0.hasSuffix("-shm") }
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(filePath: directory + "/" + $0))) })
    }
}
