import Core
import Foundation
import PlazaTesting
import Storage
import StorageSQLite
import Testing

extension ServerTests {
    /// What can be in the way of a server, and that it is said in a sentence.
    @Suite struct StartingTests {
        private func refusal(
            in directory: String, listen: String = "127.0.0.1:0", _ environment: [String: String] = [:]
        ) async throws -> String {
            let outcome = try await PlazaCommand(environment).run("serve", "--data-dir", directory, "--listen", listen)
            #expect(outcome.status == 1)
            let sentence = outcome.complaints.split(separator: "\n").last { $0.hasPrefix("plaza: ") }
            return String(sentence ?? "nothing: \(outcome.complaints)")
        }

        @Test func aDirectoryIsForOneServer() async throws {
            try await withTemporaryDirectory { directory in
                try await withServer(in: directory) { server in
                    let sentence = try await refusal(in: directory)
                    #expect(sentence.contains("is in use by another plaza"))
                    let migrating = try await PlazaCommand().run("migrate", "up", "--data-dir", directory)
                    #expect(migrating.status == 1)
                    // Tools that may run beside a server do.
                    #expect(try await PlazaCommand().run("jobs", "summary", "--data-dir", directory).status == 0)
                    let response = try await withWire(port: server.port, host: "127.0.0.1") {
                        try await $0.call("GET", "/readyz")
                    }
                    #expect(response.status == 200)
                }
            }
        }

        @Test func aPortIsForOneServer() async throws {
            try await withTemporaryDirectory { directory in
                try await withServer(in: directory + "/one") { server in
                    let sentence = try await refusal(in: directory + "/two", listen: "127.0.0.1:\(server.port)")
                    #expect(sentence.contains("the port is in use"))
                }
            }
        }

        @Test func anAddressOfAnotherMachineIsRefused() async throws {
            try await withTemporaryDirectory { directory in
                let sentence = try await refusal(in: directory, listen: "192.0.2.1:0")
                #expect(sentence.contains("not one of this machine"))
            }
        }

        @Test func aDirectoryThatCannotBeWrittenIsRefused() async throws {
            try await withTemporaryDirectory { directory in
                let file = directory + "/file"
                try Data("not a directory".utf8).write(to: URL(filePath: file))
                for path in [file, file + "/data", "/proc/plaza"] {
                    #expect(try await refusal(in: path).contains("\(path) cannot be written"))
                }
            }
        }

        @Test func aFileThatIsNoDatabaseIsRefused() async throws {
            try await withTemporaryDirectory { directory in
                let noise = Data(repeating: 7, count: 8_192)
                try noise.write(to: URL(filePath: directory + "/plaza.sqlite"))
                #expect(try await refusal(in: directory).contains("not a database"))
                #expect(try Data(contentsOf: URL(filePath: directory + "/plaza.sqlite")) == noise)
            }
        }

        @Test func dataOfANewerVersionIsRefused() async throws {
            try await withTemporaryDirectory { directory in
                #expect(try await PlazaCommand().run("migrate", "up", "--data-dir", directory).status == 0)
                try await change(directory) { tx in
                    try tx.execute(
                        """
                        INSERT INTO schema_migration (name, checksum, applied_at)
                        VALUES ('zoo.001 animals', 'abc', 1)
                        """)
                }
                let sentence = try await refusal(in: directory)
                #expect(sentence.contains("written by a newer plaza (it has zoo.001 animals)"))
                let status = try await PlazaCommand().run("migrate", "status", "--data-dir", directory)
                #expect(status.status == 1)
            }
        }

        @Test func aSchemaThatIsNotOursIsRefused() async throws {
            try await withTemporaryDirectory { directory in
                #expect(try await PlazaCommand().run("migrate", "up", "--data-dir", directory).status == 0)
                try await change(directory) { tx in
                    try tx.execute("UPDATE schema_migration SET checksum = 'abc' WHERE name = 'social.002 posts'")
                }
                #expect(try await refusal(in: directory).contains("social.002 posts differs"))
            }
        }

        private func change(_ directory: String, _ body: @escaping @Sendable (WriteTransaction) throws -> Void)
            async throws
        {
            let database = try SQLiteDatabase(path: directory + "/plaza.sqlite")
            defer { database.close() }
            try await database.write(body)
        }

        @Test func anUnknownSettingIsReported() async throws {
            try await withTemporaryDirectory { directory in
                try await withServer(in: directory, ["PLAZA_LISTN": "127.0.0.1:1"]) { server in
                    #expect(server.command.complaints.contains("unknown setting"))
                    #expect(server.command.complaints.contains("PLAZA_LISTN"))
                }
            }
        }

        @Test func theFirstRunMakesWhatIsNeededAndKeepsItToItself() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory + "/data"
                try await withServer(in: data) { server in
                    #expect(server.command.output.contains("First run: the administrator is admin"))
                }
                for name in ["", "/secret", "/administrator.txt", "/plaza.sqlite"] {
                    let attributes = try FileManager.default.attributesOfItem(atPath: data + name)
                    let permissions = try #require(attributes[.posixPermissions] as? Int)
                    #expect(permissions & 0o077 == 0, "\(name)")
                }
                try await withServer(in: data) { server in
                    #expect(!server.command.output.contains("First run"))
                }
            }
        }
    }
}
