import Core
import HTTPTypes
import HTTPTesting
import PlazaTesting
import Synchronization
import Testing

@testable import HTTP

/// What a connection owes its client beside answers.
@Suite(.timeLimit(.minutes(15))) struct ConnectionTests {
    private func withServer(
        _ routes: [Route] = [echo, hello], _ body: @escaping @Sendable (inout Wire) async throws -> Void
    ) async throws {
        try await withAPI(routes, door: .live) { api in
            try await withWire(port: api.port) { wire in try await body(&wire) }
        }
    }

    private static let head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"

    @Test func whoAsksIsToldToGoOn() async throws {
        try await withServer { wire in
            try await wire.send(Self.head + "Expect: 100-continue\r\nContent-Length: 12\r\n\r\n")
            #expect(try await wire.response()?.status == 100)
            try await wire.send("{\"text\":\"a\"}")
            #expect(try await wire.response()?.json["text"] == "a")
        }
    }

    /// The body was never asked for, and may never come: nothing behind it can be told from it.
    @Test func whoIsRefusedIsNotToldToGoOn() async throws {
        try await withServer { wire in
            try await wire.send(Self.head + "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n")
            let response = try await wire.response()
            #expect(response?.status == 413)
            #expect(response?.header("connection") == "close")
            #expect(try await wire.isHungUp())
        }
    }

    /// The parser stops at such a request, whatever is answered: what follows would be kept, and never looked at.
    @Test(arguments: [
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c", "Upgrade: websocket\r\nConnection: upgrade",
    ])
    func whoOffersToSpeakSomethingElseIsAnsweredAndHungUpOn(_ offer: String) async throws {
        try await withServer { wire in
            try await wire.send("GET /hello HTTP/1.1\r\nHost: a\r\n\(offer)\r\n\r\n")
            let response = try await wire.response()
            #expect(response?.status == 200)
            #expect(response?.header("connection") == "close")
            #expect(try await wire.isHungUp())
        }
    }

    @Test func theOldProtocolClosesUnlessAskedToStay() async throws {
        try await withServer { wire in
            try await wire.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try await wire.response()?.header("connection") == "keep-alive")
            try await wire.send("GET /hello HTTP/1.0\r\n\r\n")
            #expect(try await wire.response()?.status == 200)
            #expect(try await wire.isHungUp())
        }
    }

    /// The answer comes before the body; the rest of the body is not the next request.
    @Test func theRestOfARefusedBodyIsThrownAway() async throws {
        try await withServer { wire in
            let piece = String(repeating: "GET /hello HTTP/1.1\r\n", count: 100)
            try await wire.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nContent-Length: \(piece.utf8.count * 20)\r\n\r\n"
            )
            #expect(try await wire.response()?.status == 415)
            for _ in 0..<20 { try await wire.send(piece) }
            #expect(try await wire.call("POST", "/echo", body: ["text": "a"]).json["text"] == "a")
        }
    }

    @Test func aRefusedBodyWithoutEndIsHungUpOn() async throws {
        try await withServer { wire in
            try await wire.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nContent-Length: 1000000000\r\n\r\n")
            #expect(try await wire.response()?.status == 415)
            let piece = String(repeating: "a", count: 64 * 1_024)
            // The last of these meets a closed door.
            for _ in 0..<20 { try? await wire.send(piece) }
            #expect(try await wire.isHungUp())
        }
    }

    /// Answers wait in memory only up to a bound: who asks and does not listen is not asked on.
    @Test func whoDoesNotReadIsNotAnsweredOn() async throws {
        let calls = Atomic<Int>(0)
        let large = Route(
            .get, "/large", "Says much", tag: "test", access: .anyone, answers: [.init(.ok, "Much", .anything)],
            statementsMax: 0
        ) { _ in
            calls.wrappingAdd(1, ordering: .relaxed)
            return .json(Array("\"\(String(repeating: "a", count: 100_000))\"".utf8))
        }
        let count = 400
        try await withServer([large, hello]) { wire in
            try await wire.send(String(repeating: "GET /large HTTP/1.1\r\nHost: a\r\n\r\n", count: count))
            var seen = -1
            while seen != calls.load(ordering: .relaxed) {
                seen = calls.load(ordering: .relaxed)
                try await Task.sleep(for: .milliseconds(300))
            }
            #expect(seen < count / 2)
            for _ in 0..<count {
                let status = try await wire.response()?.status
                #expect(status == 200)
            }
        }
        #expect(calls.load(ordering: .relaxed) == count)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"), (1_767_225_599, "Wed, 31 Dec 2025 23:59:59 GMT"),
    ])
    func datesAreThoseOfTheProtocol(_ seconds: Int64, _ text: String) {
        #expect(HTTPDate.text(secondsSince1970: seconds) == text)
    }

    @Test func everyAnswerIsDatedAndGuarded() async throws {
        try await withServer { wire in
            let response = try await wire.call("GET", "/hello")
            #expect(response.header("date")?.hasSuffix(" GMT") == true)
            #expect(response.header("x-content-type-options") == "nosniff")
            #expect(response.header("x-frame-options") == "DENY")
            #expect(response.header("cache-control") == "no-store")
            #expect(response.header("server-timing")?.hasPrefix("db;desc=\"0 statements\"") == true)
        }
    }
}
