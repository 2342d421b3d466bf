import Core
import HTTPTypes
import HTTPTesting
import PlazaTesting
import Synchronization
import Testing

@testable import HTTP

/// What comes over a socket that no well-behaved client would send.
@Suite(.timeLimit(.minutes(15))) struct WireTests {
    private func withServer(
        _ routes: [Route] = [echo, hello], receiveSeconds: Int64 = 15, idleSeconds: Int64 = 75,
        _ body: @escaping @Sendable (inout Wire) async throws -> Void
    ) async throws {
        try await withAPI(
            routes, door: .live,
            configure: { configuration in
                configuration.receiveSeconds = receiveSeconds
                configuration.idleSeconds = idleSeconds
            }
        ) { api in
            try await withWire(port: api.port) { wire in try await body(&wire) }
        }
    }

    private static let head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"

    @Test func aConnectionAnswersManyRequests() async throws {
        try await withServer { wire in
            for _ in 0..<3 {
                let (said, echoed) = (
                    try await wire.call("GET", "/hello"), try await wire.call("POST", "/echo", body: ["text": "a"])
                )
                #expect(said.json["text"] == "hello")
                #expect(echoed.json["text"] == "a")
            }
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withServer { wire in
            let count = 50
            var text = ""
            for index in 0..<count {
                let body: JSON = ["text": .string("\(index)")]
                text += "\(Self.head)Content-Length: \(body.text.utf8.count)\r\n\r\n\(body.text)"
            }
            try await wire.send(text)
            for index in 0..<count {
                #expect(try await wire.response()?.json["text"] == .string("\(index)"))
            }
        }
    }

    @Test func aBodyInChunksIsOneBody() async throws {
        try await withServer { wire in
            try await wire.send(Self.head + "Transfer-Encoding: chunked\r\n\r\n")
            for piece in ["{\"te", "xt\":", "\"a\"}"] {
                try await wire.send("\(String(piece.utf8.count, radix: 16))\r\n\(piece)\r\n")
            }
            try await wire.send("0\r\n\r\n")
            #expect(try await wire.response()?.json["text"] == "a")
        }
    }

    @Test func aBodyThatSaysItIsTooLongIsRefusedUnread() async throws {
        try await withServer { wire in
            try await wire.send(Self.head + "Content-Length: 1001\r\n\r\n")
            let response = try await wire.response()
            #expect(response?.status == 413)
            #expect(response?.code == "body_too_large")
        }
    }

    @Test func aBodyThatTurnsOutTooLongIsRefused() async throws {
        try await withServer { wire in
            try await wire.send(Self.head + "Transfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<3 { try await wire.send("190\r\n\(String(repeating: "a", count: 400))\r\n") }
            let response = try await wire.response()
            #expect(response?.status == 413)
            #expect(response?.code == "body_too_large")
        }
    }

    @Test(arguments: ["", "P", "POST /echo HTTP/1.1\r\nHos", "POST /echo HTTP/1.1\r\nHost: a\r\n"])
    func aHeadThatDoesNotComeIsNotWaitedFor(_ start: String) async throws {
        try await withServer(receiveSeconds: 1, idleSeconds: start.isEmpty ? 1 : 75) { wire in
            // On a busy machine the server may have hung up before nothing was sent.
            if !start.isEmpty { try await wire.send(start) }
            let response = try await wire.response()
            if start.isEmpty {
                #expect(response == nil)
            } else {
                #expect(response?.status == 408)
                #expect(response?.code == "request_timeout")
                #expect(response?.header("connection") == "close")
                #expect(response?.header("x-request-id") == response?.json["request_id"]?.string)
            }
            #expect(try await wire.isHungUp())
        }
    }

    @Test func aHeadThatTricklesInIsNotWaitedFor() async throws {
        try await withServer(receiveSeconds: 1) { wire in
            // Each byte would put off a limit on silence.
            try await wire.send("GET /")
            let sender = wire.sender
            async let _ = sender.trickle()
            let response = try await wire.response()
            #expect(response?.status == 408)
        }
    }

    @Test func aBodyThatTricklesInIsNotWaitedFor() async throws {
        try await withServer(receiveSeconds: 1) { wire in
            try await wire.send(Self.head + "Content-Length: 900\r\n\r\n{\"text\":\"")
            let sender = wire.sender
            async let _ = sender.trickle()
            let response = try await wire.response()
            #expect(response?.status == 408)
            #expect(response?.code == "request_timeout")
        }
    }

    /// Two requests that together take longer than one may. The margin is wide: the machine may be busy.
    @Test func theNextRequestHasItsOwnTime() async throws {
        try await withServer(receiveSeconds: 30) { wire in
            for _ in 0..<2 {
                try await wire.send(Self.head + "Content-Length: 12\r\n\r\n{\"text\"")
                try await Task.sleep(for: .seconds(16))
                try await wire.send(":\"a\"}")
                #expect(try await wire.response()?.status == 200)
            }
        }
    }

    /// A handler that is slow is none of the client's fault.
    @Test func aSlowAnswerIsWaitedFor() async throws {
        let slow = Route(
            .post, "/slow", "Takes its time", tag: "test", access: .anyone,
            body: echo.body, answers: [.init(.noContent, "Done")], statementsMax: 0
        ) { _ in
            try await Task.sleep(for: .milliseconds(1_500))
            return .noContent
        }
        try await withServer([slow, hello], receiveSeconds: 1) { wire in
            let body: JSON = ["text": "a"]
            let head = Self.head.replacing("/echo", with: "/slow")
            // The head of the next request lies in wait, incomplete.
            try await wire.send("\(head)Content-Length: \(body.text.utf8.count)\r\n\r\n\(body.text)GET /he")
            let response = try await wire.response()
            #expect(response?.status == 204)
            #expect(response?.header("content-length") == nil)
            try await wire.send("llo HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await wire.response()?.json["text"] == "hello")
        }
    }

    struct Garbage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let status: Int
        let code: String

        init(_ name: String, _ bytes: [UInt8], _ status: Int = 400, _ code: String = "malformed_request") {
            (testDescription, self.bytes, self.status, self.code) = (name, bytes, status, code)
        }

        init(_ name: String, _ text: String, _ status: Int = 400, _ code: String = "malformed_request") {
            self.init(name, Array(text.utf8), status, code)
        }
    }

    static let garbage = [
        Garbage(
            "TLS hello",
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] + Array(repeating: 7, count: 64)),
        Garbage("zeros", Array(repeating: 0, count: 100)), Garbage("SSH", "SSH-2.0-OpenSSH_9.6\r\n"),
        Garbage("no version", "GET /hello\r\n\r\n"), Garbage("odd version", "GET /hello HTTP/9.9\r\n\r\n"),
        Garbage("odd method", "G@T /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
        Garbage("space in a name", "GET /hello HTTP/1.1\r\nHo st: a\r\n\r\n"),
        Garbage("two lengths", "\(head)Content-Length: 12\r\nContent-Length: 13\r\n\r\n{\"text\":\"a\"}"),
        Garbage("a length that is no number", "\(head)Content-Length: 1x\r\n\r\n{\"text\":\"a\"}"),
        Garbage("a negative length", "\(head)Content-Length: -1\r\n\r\n"),
        Garbage("an endless length", "\(head)Content-Length: 99999999999999999999\r\n\r\n"),
        Garbage("length and chunks", "\(head)Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Garbage("a chunk without a size", "\(head)Transfer-Encoding: chunked\r\n\r\nxyz\r\n"),
        Garbage(
            "a long header", "GET /hello HTTP/1.1\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431,
            "headers_too_large"),
        Garbage(
            "a long path", "GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 431,
            "headers_too_large"),
        Garbage(
            "many headers", "GET /hello HTTP/1.1\r\n" + String(repeating: "X: a\r\n", count: 200) + "\r\n", 431,
            "headers_too_large"),
    ]

    @Test(arguments: garbage) func whatIsNotHTTPIsRefusedAndHungUpOn(_ sample: Garbage) async throws {
        try await withServer(receiveSeconds: 2) { wire in
            try await wire.send(sample.bytes)
            let response = try await wire.response()
            #expect(response?.status == sample.status)
            #expect(response?.code == sample.code)
            #expect(response?.header("content-type") == "application/problem+json")
            #expect(try await wire.isHungUp())
        }
    }

    @Test func garbageBehindARequestComesAfterItsAnswer() async throws {
        try await withServer { wire in
            try await wire.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n\u{0}\u{1}\u{2} what\r\n\r\n")
            #expect(try await wire.response()?.json["text"] == "hello")
            let refusal = try await wire.response()
            #expect(refusal == nil || refusal?.status == 400)
            #expect(try await wire.isHungUp())
        }
    }

    @Test(arguments: ["{\"text\":\"a\"}", "{\"text\":\"a", ""])
    func aBodyThatStopsIsNotARequest(_ start: String) async throws {
        let calls = CallCount()
        let counted = Route(
            .post, "/echo", "Counts", tag: "test", access: .anyone, body: echo.body,
            answers: [.init(.noContent, "Done")], statementsMax: 0
        ) { _ in
            calls.add()
            return .noContent
        }
        try await withAPI([counted, hello], door: .live) { api in
            try await withWire(port: api.port) { wire in
                try await wire.send(Self.head + "Content-Length: 100\r\n\r\n" + start)
            }
            // Whatever the server made of the torn one, it made before it hangs up or answers this.
            try await withWire(port: api.port) { wire in
                let response = try await wire.call("GET", "/hello")
                #expect(response.status == 200)
            }
            #expect(calls.value == 0)
        }
    }

    @Test func thereIsNothingUnderAnswersWithoutBodies() async throws {
        try await withServer { wire in
            let head = try await wire.call("HEAD", "/hello")
            #expect(head.status == 200)
            #expect(head.header("content-length") == "16")
            let next = try await wire.call("GET", "/hello")
            #expect(next.body.count == 16)
            let lengths = next.headers.filter { $0.name == "content-length" }
            #expect(lengths.count == 1)
        }
    }

    @Test func aConnectionThatIsToCloseCloses() async throws {
        try await withServer { wire in
            let response = try await wire.call("GET", "/hello", headers: "Connection: close\r\n")
            #expect(response.status == 200)
            #expect(try await wire.isHungUp())
        }
    }
}

extension Wire.Sender {
    /// Sends a byte now and then until the server hangs up or nobody waits any more.
    fileprivate func trickle() async {
        while !Task.isCancelled, (try? await send("a")) != nil {
            try? await Task.sleep(for: .milliseconds(50))
        }
    }
}

final class CallCount: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add() { count.wrappingAdd(1, ordering: .relaxed) }
}
