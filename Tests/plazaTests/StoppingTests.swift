import Core
import Foundation
import PlazaTesting
import Testing

extension ServerTests {
    @Suite struct StoppingTests {
        @Test(arguments: [SIGTERM, SIGINT]) func whatHasBegunIsFinished(_ signal: Int32) async throws {
            try await withTemporaryDirectory { directory in
                let server = try await PlazaServer(in: directory)
                let body: JSON = ["handle": "ann", "display_name": "Ann", "password": "tulips and kilns"]
                try await withWire(port: server.port, host: "127.0.0.1") { wire in
                    // Both arrive in one piece: once the first is answered, the second has begun.
                    try await wire.send(
                        "GET /livez HTTP/1.1\r\nHost: a\r\n\r\nPOST /v1/accounts HTTP/1.1\r\nHost: a\r\n"
                            + "Content-Type: application/json\r\nContent-Length: \(body.text.utf8.count)\r\n\r\n")
                    #expect(try await wire.response()?.status == 200)
                    server.command.signal(signal)
                    try await wire.send(body.text)
                    let response = try await wire.response()
                    #expect(response?.status == 201, "\(response?.json.text ?? "hung up")")
                    #expect(try await wire.isHungUp())
                }
                #expect(await server.command.ended() == 0, "\(server.command.complaints)")
                await #expect(throws: (any Error).self) {
                    try await withWire(port: server.port, host: "127.0.0.1") { _ in }
                }
                try await withServer(in: directory) { again in
                    let found = try await withWire(port: again.port, host: "127.0.0.1") {
                        try await $0.call("GET", "/v1/accounts/ann")
                    }
                    #expect(found.status == 200)
                }
            }
        }

        @Test func anIdleConnectionDoesNotHoldTheServerUp() async throws {
            try await withTemporaryDirectory { directory in
                let server = try await PlazaServer(in: directory)
                try await withWire(port: server.port, host: "127.0.0.1") { wire in
                    let response = try await wire.call("GET", "/livez")
                    #expect(response.status == 200)
                    #expect(await server.stop() == 0)
                    #expect(try await wire.isHungUp())
                }
            }
        }
    }
}
