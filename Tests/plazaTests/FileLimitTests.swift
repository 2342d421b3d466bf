import Core
import Foundation
import PlazaTesting
import Testing

extension ServerTests {
    /// A process may be told how large its files may grow (`ulimit -f`): what is beyond is refused like on a full disk.
    @Suite struct FileLimitTests {
        private static let room = 1_048_576

        @Test func aWriteBeyondTheLimitIsRefusedAndNothingElse() async throws {
            try await withTemporaryDirectory { directory in
                try await withServer(in: directory) { server in
                    try await withWire(port: server.port, host: "127.0.0.1") { wire in
                        let person: JSON = ["handle": "ann", "display_name": "Ann", "password": "tulips and kilns"]
                        let signedUp = try await wire.callPatiently("POST", "/v1/accounts", body: person)
                        let token = try #require(signedUp.json["session"]?["access_token"]?.string)
                        let log = directory + "/plaza.sqlite-wal"
                        let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0
                        try server.command.limitFiles(to: size + Self.room)
                        let published = try await fill(&wire, token)
                        #expect(published > 0)
                        let author = try await wire.call("GET", "/v1/accounts/ann")
                        #expect(author.json["counts"]?["posts"] == .integer(published))
                        // Room that somebody makes is used without a restart.
                        try server.command.limitFiles(to: 1 << 40)
                        let again = try await wire.call("POST", "/v1/posts", token: token, body: ["caption": "again"])
                        #expect(again.status == 201, "\(again.json.text)")
                    }
                }
                let verified = try await PlazaCommand().run("verify", "--json", "--data-dir", directory)
                #expect(verified.status == 0, "\(verified.output) \(verified.complaints)")
            }
        }

        /// Publishes until nothing can be stored any more.
        private func fill(_ wire: inout Wire, _ token: String) async throws -> Int64 {
            let caption = JSON.string(String(repeating: "a long story ", count: 150))
            for count in 0..<Int64(Self.room) {
                let response = try await wire.call("POST", "/v1/posts", token: token, body: ["caption": caption])
                guard response.status != 201 else { continue }
                #expect(response.status == 503)
                #expect(response.code == "storage_unavailable")
                #expect(response.header("retry-after") != nil)
                return count
            }
            return 0
        }
    }
}
