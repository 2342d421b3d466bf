import Core
import PlazaTesting
import Testing

@Suite(.timeLimit(.minutes(15))) struct CommandLineTests {
    @Test func everyCommandHasHelp() async throws {
        var waiting: [[String]] = [[]]
        var seen: [String] = []
        while let path = waiting.popLast() {
            let outcome = try await PlazaCommand().run(path + ["--help"])
            #expect(outcome.status == 0, "\(path)")
            #expect(outcome.output.contains("USAGE: plaza"), "\(path)")
            #expect(outcome.complaints.isEmpty, "\(path)")
            seen.append(path.joined(separator: " "))
            waiting += outcome.subcommands.map { path + [$0] }
        }
        for name in [
            "serve", "migrate up", "migrate status", "verify", "account create", "jobs dead", "config", "openapi",
            "asyncapi",
        ] {
            #expect(seen.contains(name))
        }
    }

    @Test func theVersionIsSaid() async throws {
        let outcome = try await PlazaCommand().run("--version")
        #expect(outcome.status == 0)
        #expect(outcome.output.split(separator: ".").count == 3)
    }

    @Test func theConfigurationIsADocument() async throws {
        let command = PlazaCommand(["PLAZA_LOG_LEVEL": "debug", "PLAZA_SECRET": "of-many-characters-0123456789-abcdef"])
        let outcome = try await command.run("config", "--json", "--data-dir", "/tmp/elsewhere")
        #expect(outcome.status == 0)
        let settings = try #require(outcome.json.array)
        #expect(settings.count >= 15)
        func setting(_ name: String) -> JSON? { settings.first { $0["name"]?.string == name } }
        #expect(setting("PLAZA_LOG_LEVEL")?["source"] == "environment")
        #expect(setting("PLAZA_DATA_DIR")?["value"] == "/tmp/elsewhere")
        #expect(setting("PLAZA_DATA_DIR")?["source"] == "flag")
        #expect(setting("PLAZA_LISTEN")?["source"] == "default")
        #expect(!outcome.output.contains("of-many-characters"), "a secret is never shown")
    }

    @Test func everySettingIsAFlagOfTheServer() async throws {
        let settings = try #require(try await PlazaCommand().run("config", "--json").json.array)
        let help = try await PlazaCommand().run("serve", "--help").output
        for setting in settings {
            let name = try #require(setting["name"]?.string)
            let flag = "--" + name.dropFirst("PLAZA_".count).lowercased().replacing("_", with: "-")
            // A secret on the command line would be in every list of processes.
            #expect(help.contains(flag) == (setting["secret"] == false), "\(flag)")
        }
    }

    @Test func theDescriptionOfTheAPIIsADocument() async throws {
        let outcome = try await PlazaCommand().run("openapi")
        #expect(outcome.status == 0)
        #expect(outcome.json["openapi"] == "3.1.0")
        #expect(outcome.json["paths"]?["/v1/posts"]?["post"] != nil)
    }

    @Test func theDescriptionOfTheSocketIsADocument() async throws {
        let outcome = try await PlazaCommand().run("asyncapi")
        #expect(outcome.status == 0)
        #expect(outcome.json["asyncapi"] == "3.0.0")
        #expect(outcome.json["channels"]?["live"]?["messages"]?["viewers.counted"] != nil)
    }

    @Test func migrationsAreListedBeforeAndAfter() async throws {
        try await withTemporaryDirectory { directory in
            let command = PlazaCommand(["PLAZA_DATA_DIR": directory + "/data"])
            for isApplied in [false, true] {
                let outcome = try await command.run("migrate", "status", "--json")
                #expect(outcome.status == 0)
                let migrations = try #require(outcome.json.array)
                #expect(migrations.count >= 11)
                let waiting = migrations.filter { $0["applied_at"] == .null }
                #expect(waiting.count == (isApplied ? 0 : migrations.count))
                #expect(try await command.run("migrate", "up").status == 0)
            }
        }
    }

    @Test func whatCannotBeSetIsSaid() async throws {
        for (name, value) in [
            ("PLAZA_LISTEN", "8080"), ("PLAZA_LISTEN", "127.0.0.1:70000"), ("PLAZA_LISTEN", ":80"),
            ("PLAZA_DATABASE_URL", "mysql://a"), ("PLAZA_ROLES", "api,cook"), ("PLAZA_ROLES", ""),
            ("PLAZA_LOG_LEVEL", "loud"), ("PLAZA_RATE_READ", "many"), ("PLAZA_RATE_READ", "-1"),
            ("PLAZA_CARD_CACHE_MB", "0"), ("PLAZA_ALLOWED_ORIGINS", "shop.example"), ("PLAZA_SECRET", "short"),
            ("PLAZA_SECRET", String(repeating: "a", count: 40)), ("PLAZA_WORKER_CONCURRENCY", "1e3"),
        ] {
            let outcome = try await PlazaCommand([name: value]).run("config")
            #expect(outcome.status == 1, "\(name)=\(value)")
            #expect(outcome.complaints.contains(name), "\(name)=\(value): \(outcome.complaints)")
            #expect(outcome.complaints.split(separator: "\n").count == 1, "\(name)=\(value): \(outcome.complaints)")
            let tellsSecret = name == "PLAZA_SECRET" && outcome.complaints.contains(value)
            #expect(!tellsSecret)
        }
    }

    @Test func whatMeansNothingIsReported() async throws {
        let outcome = try await PlazaCommand(["PLAZA_LISTN": "127.0.0.1:1"]).run("config")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("PLAZA_LISTN is set but unknown"))
        #expect(try await PlazaCommand().run("serve", "--listn", "a").status == 64)
    }

    @Test func anAccountIsCreatedFromStandardInput() async throws {
        try await withTemporaryDirectory { directory in
            let command = PlazaCommand(["PLAZA_DATA_DIR": directory])
            #expect(try await command.run("migrate", "up").status == 0)
            let made = try await command.run("account", "create", "ann", "--json", input: "tulips and kilns\n")
            #expect(made.status == 0, "\(made.complaints)")
            #expect(made.json["handle"] == "ann")
            let again = try await command.run("account", "create", "ann", input: "tulips and kilns\n")
            #expect(again.status == 1)
            #expect(again.complaints.contains("Somebody has this handle"))
            let silent = try await command.run("account", "create", "ben")
            #expect(silent.status == 64)
            #expect(silent.complaints.contains("standard input"))
        }
    }
}

extension PlazaCommand {
    fileprivate func run(_ arguments: [String]) async throws -> Outcome {
        let process = try start(arguments)
        let status = await process.ended()
        return Outcome(status: status, output: process.output, complaints: process.complaints)
    }
}

extension PlazaCommand.Outcome {
    /// Names under `SUBCOMMANDS:` in a help text.
    fileprivate var subcommands: [String] {
        guard let start = output.firstRange(of: "SUBCOMMANDS:\n") else { return [] }
        return output[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { !$0.isEmpty }
            .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
    }
}
