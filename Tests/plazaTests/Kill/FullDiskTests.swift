import Core
import Foundation
import Glibc
import PlazaTesting
import Testing

/// A file system in memory. Making one takes root, on Linux.
private enum SmallDisk {
    static let canBeMade: Bool = {
        let probe = FileManager.default.temporaryDirectory.appending(path: "plaza-mount-\(getpid())").path
        try? FileManager.default.createDirectory(atPath: probe, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: probe) }
        guard make(at: probe, "size=64k") else { return false }
        umount(probe)
        return true
    }()

    static func make(at path: String, _ options: String, _ flags: UInt = 0) -> Bool {
        mount("tmpfs", path, "tmpfs", flags, options) == 0
    }
}

extension ServerTests {
    @Suite(.enabled(if: SmallDisk.canBeMade)) struct FullDiskTests {
        @Test func aFullDiskRefusesWritesAndNothingElse() async throws {
            try await withTemporaryDirectory { directory in
                try #require(SmallDisk.make(at: directory, "size=4m"))
                defer { umount(directory) }
                try await withServer(in: directory + "/data") { server in
                    try await withWire(port: server.port, host: "127.0.0.1") { wire in
                        try await fill(&wire)
                        // Space that somebody frees is used without a restart.
                        try #require(SmallDisk.make(at: directory, "size=64m", UInt(MS_REMOUNT)))
                        let token = try await signIn(&wire)
                        let again = try await wire.call("POST", "/v1/posts", token: token, body: ["caption": "again"])
                        #expect(again.status == 201, "\(again.json.text)")
                    }
                }
                let verified = try await PlazaCommand().run("verify", "--json", "--data-dir", directory + "/data")
                #expect(verified.status == 0, "\(verified.output) \(verified.complaints)")
            }
        }

        private func fill(_ wire: inout Wire) async throws {
            let person: JSON = ["handle": "ann", "display_name": "Ann", "password": "tulips and kilns"]
            let signedUp = try await wire.callPatiently("POST", "/v1/accounts", body: person)
            let token = try #require(signedUp.json["session"]?["access_token"]?.string)
            let caption = JSON.string(String(repeating: "a long story ", count: 150))
            var published: [String] = []
            while true {
                let response = try await wire.call("POST", "/v1/posts", token: token, body: ["caption": caption])
                guard response.status == 201 else {
                    #expect(response.status == 503)
                    #expect(response.code == "storage_unavailable")
                    #expect(response.header("retry-after") != nil)
                    break
                }
                published.append(try #require(response.json["id"]?.string))
            }
            let last = try #require(published.last)
            let read = try await wire.call("GET", "/v1/posts/\(last)")
            #expect(read.json["caption"] == caption)
            let author = try await wire.call("GET", "/v1/accounts/ann")
            #expect(author.json["counts"]?["posts"] == .integer(Int64(published.count)))
            let live = try await wire.call("GET", "/livez")
            #expect(live.status == 200)
        }

        private func signIn(_ wire: inout Wire) async throws -> String {
            let login: JSON = ["login": "ann", "password": "tulips and kilns"]
            let signedIn = try await wire.callPatiently("POST", "/v1/sessions", body: login)
            return try #require(signedIn.json["session"]?["access_token"]?.string, "\(signedIn.json.text)")
        }
    }
}
