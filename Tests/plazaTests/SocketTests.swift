import Core
import Foundation
import PlazaTesting
import Testing

extension ServerTests {
    /// Sockets of a server, and a tool beside it.
    @Suite struct SocketTests {
        @Test func aPasswordThatIsChangedBesideTheServerClosesItsSockets() async throws {
            try await withTemporaryDirectory { directory in
                try await withServer(in: directory) { server in
                    let token = try await signUp("ann", at: server)
                    let others = try await signUp("ben", at: server)
                    try await withSocket(others, at: server) { ben in
                        try await withSocket(token, at: server) { ann in
                            let outcome = try await PlazaCommand().run(
                                "account", "password", "ann", "--data-dir", directory, input: "kilns and tulips\n")
                            #expect(outcome.status == 0, "\(outcome.complaints)")
                            while let frame = try await ann.frame() {
                                if let code = frame.closeCode { #expect(code == 3500) }
                            }
                        }
                        try await ben.send(Wire.textFrame(#"{"id":1,"ping":{}}"#))
                        _ = try await ben.line { $0["id"] == 1 && $0["ok"] != nil }
                    }
                }
            }
        }

        private func signUp(_ handle: String, at server: PlazaServer) async throws -> String {
            let body: JSON = [
                "handle": .string(handle), "display_name": .string(handle), "password": "tulips and kilns",
            ]
            return try await withWire(port: server.port, host: "127.0.0.1") { wire in
                let answer = try await wire.callPatiently("POST", "/v1/accounts", body: body)
                return try #require(answer.json["session"]?["access_token"]?.string)
            }
        }

        private func withSocket(
            _ token: String, at server: PlazaServer, _ body: (inout Wire) async throws -> Void
        ) async throws {
            try await withWire(port: server.port, host: "127.0.0.1") { wire in
                try await wire.send(
                    "GET /v1/realtime HTTP/1.1\r\nHost: plaza\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Authorization: Bearer \(token)\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Version: 13\r\n\r\n")
                #expect(try await wire.response()?.status == 101)
                try await body(&wire)
            }
        }
    }
}
