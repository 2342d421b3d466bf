import Core
import Foundation
import NIOCore
import NIOPosix
import PlazaTesting
import Testing

extension ServerTests {
    /// A process may be told how large its files may grow (`ulimit -f`): what is beyond is refused like on a full disk.
    /// And how many it may have open (`ulimit -n`), of which each connection is one: those beyond wait.
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

        @Test func connectionsBeyondTheLimitWaitForOthersToEnd() async throws {
            try await withTemporaryDirectory { directory in
                try await withServer(in: directory) { server in
                    try await withWire(port: server.port, host: "127.0.0.1") { early in
                        _ = try await early.call("GET", "/livez")
                        try server.command.limitOpenFiles(to: server.command.openFileCount + 20)
                        let crowd = try await Crowd(of: 60, at: server.port)
                        while !server.command.complaints.contains("connections cannot be accepted, and wait") {
                            try await Task.sleep(for: .milliseconds(20))
                        }
                        let served = try await early.call("GET", "/livez")
                        #expect(served.status == 200)
                        try await withWire(port: server.port, host: "127.0.0.1") { late in
                            try await late.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
                            await crowd.leave()
                            let status = try await late.response()?.status
                            #expect(status == 200)
                        }
                    }
                    // Said once, however often it was tried.
                    let said =
                        server.command.complaints.components(separatedBy: "connections cannot be accepted").count - 1
                    #expect(said == 1)
                }
            }
        }

        /// Connections that say nothing.
        private struct Crowd {
            private let channels: [any Channel]

            init(of count: Int, at port: Int) async throws {
                let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                var channels: [any Channel] = []
                for _ in 0..<count { channels.append(try await bootstrap.connect(host: "127.0.0.1", port: port).get()) }
                self.channels = channels
            }

            func leave() async {
                for channel in channels { try? await channel.close() }
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
