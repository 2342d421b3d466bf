import Core
import Dispatch
import EventLoops
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import PlazaTesting
import Synchronization
import Telemetry
import Testing

@testable import HTTP

@Suite struct LargeAnswerTests {
    private static func route(_ path: String, bytes: Int) -> Route {
        Route(
            .get, path, "Text", tag: "test", access: .anyone, answers: [.init(.ok, "Text")], statementsMax: 0,
            hasETag: true
        ) { _ in .object { $0.member("text", String(repeating: "clay ", count: bytes / 5)) } }
    }

    private func responder() -> APIResponder {
        APIResponder(
            routes: [Self.route("/large", bytes: 2 << 20), Self.route("/small", bytes: 20_000)],
            gate: RequestGate(
                authenticate: { _ in throw Problem.unauthenticated }, admit: { _, _, _ in .allowed }),
            configuration: APIConfiguration(), random: .seeded(7), clock: .system, registry: MetricRegistry(),
            logger: Logger(label: "plaza.test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func request(_ path: String) -> Request {
        Request(
            head: HTTPRequest(
                method: .get, scheme: "http", authority: "plaza", path: path,
                headerFields: [.acceptEncoding: "gzip"]),
            body: RequestBody(buffer: ByteBuffer()))
    }

    /// One loop has both: the second is answered while the first is packed elsewhere.
    @Test func aLargeAnswerIsPackedOffTheLoop() async throws {
        let responder = responder()
        let executor = EventLoopTaskExecutor(loop: MultiThreadedEventLoopGroup.singleton.next())
        let finished = Finished()
        responder.largeAnswers.suspend()
        let (largeRequest, smallRequest) = (request("/large"), request("/small"))
        let largeTask = Task(executorPreference: executor) {
            let answer = try await responder.respond(to: largeRequest, peer: "192.0.2.1").asResponse
            finished.add("large")
            return answer
        }
        let smallTask = Task(executorPreference: executor) {
            _ = try await responder.respond(to: smallRequest, peer: "192.0.2.1")
            finished.add("small")
        }
        try await smallTask.value
        responder.largeAnswers.resume()
        let large = try await largeTask.value
        #expect(finished.names == ["small", "large"])
        #expect(large.headers[.contentEncoding] == "gzip")
        #expect(large.headers[.eTag] != nil)
    }

    @Test func aSmallAnswerIsPackedWhereItIs() async throws {
        let responder = responder()
        responder.largeAnswers.suspend()
        defer { responder.largeAnswers.resume() }
        let small = try await responder.respond(to: request("/small"), peer: "192.0.2.1").asResponse
        #expect(small.headers[.contentEncoding] == "gzip")
    }
}

private final class Finished: Sendable {
    private let state = Mutex<[String]>([])

    var names: [String] { state.withLock { $0 } }
    func add(_ name: String) { state.withLock { $0.append(name) } }
}
